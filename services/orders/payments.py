"""Money that comes in: several payments an order; the same notification counts once."""

from models import HoldCause, Order, OrderStatus, Payment, PaymentMethod, Text
from services.core import audit
from services.core.clock import now
from services.core.db import insert_row, transaction
from services.core.errors import Conflict, Invalid
from services.core.events import emit
from services.core.numbers import next_number
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.orders.events import OrderPaid
from services.orders.holds import open_hold
from services.orders.loading import check_action, order_for_change
from services.orders.progress import refresh
from services.orders.types import PaymentInput

MOST = 10**12
AFTER_CANCEL = "取消后付款 / paid after cancellation"


@requires(Permission.ORDERS_PAY)
def record_payment(paid: PaymentInput, *, actor: Actor) -> Payment:
    """Enter money that came in for an order; a notification already entered gives its first payment again."""
    _check(paid)
    with transaction():
        known = _known(paid)
        if known is not None:
            return known
        order = order_for_change(paid.order_id, actor)
        check_action("pay", order, actor)
        payment = Payment.get_by_id(
            insert_row(
                Payment,
                order_id=order.id,
                number=next_number("PM"),
                method=paid.method,
                amount_minor=paid.amount_minor,
                reference=paid.reference.strip()[:80],
                source=paid.source,
                event_id=paid.event_id,
                received_at=paid.received_at or now(),
            )
        )
        refresh(order)
        audit.record(actor, "order.pay", order, after=_told(payment, order))
        emit(OrderPaid(order.id, payment.id, payment.amount_minor))
        if order.status is OrderStatus.CANCELLED:
            open_hold(order, HoldCause.PAYMENT, AFTER_CANCEL, actor)
        return payment


def _check(paid: PaymentInput) -> None:
    fields: dict[str, Said | Text] = {}
    if not 0 < paid.amount_minor < MOST:
        fields["amount_minor"] = Text("金额应大于 0", "The amount must be above 0")
    if paid.event_id is not None and not (paid.source.strip() and paid.event_id.strip()):
        fields["source"] = Text("通知要有来源和编号", "A notification has a source and an id")
    if paid.received_at is not None and paid.received_at > now():
        fields["received_at"] = Text("到账时间不能在将来", "The time must not lie ahead")
    if fields:
        raise Invalid(fields=fields)


def _known(paid: PaymentInput) -> Payment | None:
    if paid.event_id is None:
        return None
    known = Payment.get_or_none(Payment.source == paid.source, Payment.event_id == paid.event_id)
    if known is None:
        return None
    if (known.order_id, known.amount_minor) != (paid.order_id, paid.amount_minor):
        text = Text(
            "通知 {event} 已登记为 {number},内容不同:请核对",
            "Notification {event} was entered as {number} with other content: compare them",
        )
        raise Conflict(Said(text, event=paid.event_id, number=known.number))
    return known


def _told(payment: Payment, order: Order) -> dict[str, object]:
    return {
        "document": payment.number,
        "method": PaymentMethod(payment.method),
        "amount_minor": payment.amount_minor,
        "payment_state": order.payment_state,
    }
