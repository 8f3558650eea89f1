"""Money that goes back: under every ceiling, and above the limit only with a second person.

A refund within the limit is paid at once. Above `orders.refund_limit_minor` it is only asked for: it counts against the
ceilings, and another person with the right to refund approves (pays) or rejects it.
"""

from collections.abc import Mapping

from models import Order, PaymentMethod, Refund, RefundLine, RefundStatus, Return, ReturnStatus, Text
from services.core import audit
from services.core.clock import now
from services.core.db import bulk_insert, fetch, insert_row, transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.events import emit
from services.core.machine import apply_move, refused
from services.core.money import convert_minor
from services.core.numbers import next_number
from services.core.options import get_option
from services.core.permissions import Actor, Permission, check_permission, requires
from services.core.text import Money, Said
from services.orders import queries
from services.orders.accounts import money_of
from services.orders.events import OrderRefunded, RefundRequested
from services.orders.loading import check_action, order_for_change
from services.orders.progress import refresh
from services.orders.rules.refunding import RefundPlan, Wanted, everything, plan_refund
from services.orders.rules.states import spent_minor
from services.orders.types import RefundInput
from services.orders.workflow import REFUND

WHY = Text("请填写退款原因", "Say why the money goes back")
SECOND = Text(
    "退款须由另一人复核:您是申请人", "A second person approves a refund; you are the one who asked for it"
)


@requires(Permission.ORDERS_REFUND)
def record_refund(given: RefundInput, *, actor: Actor) -> Refund:
    """Give money back; above the limit the refund waits for a second person."""
    if not given.reason.strip():
        raise Invalid(fields={"reason": WHY})
    if len({line.line_id for line in given.lines}) < len(given.lines):
        raise Invalid(fields={"lines": Text("同一行只填一次", "Give each line once")})
    with transaction():
        order = order_for_change(given.order_id, actor)
        check_action("refund", order, actor)
        plan = _plan(order, given)
        _insist(plan)
        needs_second = is_above_limit(order, plan.total_minor)
        status = RefundStatus.REQUESTED if needs_second else RefundStatus.PAID
        refund = _write(order, plan, given, status, actor)
        if needs_second:
            audit.record(actor, "order.refund_request", order, after=_told(refund), reason=given.reason)
            emit(RefundRequested(order.id, refund.id, refund.amount_minor))
        else:
            _pay(order, refund, actor, given.reason)
        return refund


def preview_refund(given: RefundInput, *, actor: Actor) -> RefundPlan:
    """What a refund would give back, or why it does not fit; nothing is written."""
    return _plan(queries.order_by_id(given.order_id, actor), given)


def is_above_limit(order: Order, amount_minor: int) -> bool:
    """Whether a refund of this amount needs a second person."""
    return convert_minor(amount_minor, order.rate_ppm) > int(get_option("orders.refund_limit_minor"))


@requires(Permission.ORDERS_REFUND)
def approve_refund(refund_id: int, *, actor: Actor) -> Refund:
    """Pay a refund that another person asked for, if it still fits under every ceiling."""
    with transaction():
        refund, order = _waiting(refund_id, actor)
        if refund.requester_key == actor.key:
            raise refused([Said(SECOND)])
        _insist(_plan_again(order, refund))
        stamps = {"approved_by": actor.name, "refunded_at": now()}
        apply_move(REFUND, refund, "approve", actor, stamps=stamps)
        _pay(order, refund, actor, refund.reason)
        return refund


@requires(Permission.ORDERS_REFUND)
def reject_refund(refund_id: int, reason: str, *, actor: Actor) -> Refund:
    """Turn down a refund that waits for a second person; who asked for it may take it back."""
    if not reason.strip():
        raise Invalid(fields={"reason": Text("请填写驳回原因", "Say why the refund is turned down")})
    with transaction():
        refund, order = _waiting(refund_id, actor)
        apply_move(REFUND, refund, "reject", actor, reason=reason.strip())
        refresh(order)
        audit.record(actor, "order.refund_reject", order, before=_told(refund), reason=reason)
        emit(RefundRequested(order.id, refund.id, 0))
        return refund


def refund_everything(order: Order, method: PaymentMethod, reason: str, actor: Actor) -> Refund | None:
    """Give back all that is left of an order's money, as a part of cancelling it; None when nothing is left."""
    money = money_of(order)
    if not money.refundable_minor:
        return None
    check_permission(actor, Permission.ORDERS_REFUND)
    if is_above_limit(order, money.refundable_minor):
        text = Text(
            "退款 {money} 超过复核额度:请先申请退款,由另一人复核后再取消",
            "A refund of {money} needs a second person: request it first, and cancel once it is approved",
        )
        raise Conflict(Said(text, money=Money(money.refundable_minor, order.currency)))
    plan = plan_refund(money, everything(money))
    _insist(plan)
    given = RefundInput(order_id=order.id, method=method, reason=reason)
    refund = _write(order, plan, given, RefundStatus.PAID, actor)
    _pay(order, refund, actor, reason)
    return refund


def _plan(order: Order, given: RefundInput) -> RefundPlan:
    wanted = Wanted(
        lines={line.line_id: (line.quantity, line.amount_minor) for line in given.lines},
        shipping_minor=given.shipping_minor,
        other_minor=given.other_minor,
    )
    return plan_refund(money_of(order), wanted, _counted(order, given.return_id))


def _counted(order: Order, return_id: int | None, but_refund_id: int = 0) -> Mapping[int, int] | None:
    """Per line the units of a return that no refund covers yet."""
    if return_id is None:
        return None
    back = Return.get_or_none(Return.id == return_id, Return.order == order.id)
    if back is None or back.status is not ReturnStatus.RECEIVED:
        raise NotFound(Text("没有这张退货单,或已撤销", "There is no such return, or it was undone"))
    sql = (
        "SELECT line_id, SUM(n) FROM (SELECT line_id, quantity AS n FROM return_line WHERE back_id = ? UNION ALL "
        "SELECT rl.line_id, -rl.quantity FROM refund_line rl JOIN refund r ON r.id = rl.refund_id "
        "WHERE r.back_id = ? AND r.status <> 'cancelled' AND r.id <> ?) AS counted GROUP BY line_id"
    )
    return {line_id: int(count) for line_id, count in fetch(sql, (return_id, return_id, but_refund_id))}


def _insist(plan: RefundPlan) -> None:
    if plan.refused:
        raise Invalid(plan.refused[0], fields={"amount_minor": plan.refused[0]})


def _write(order: Order, plan: RefundPlan, given: RefundInput, status: RefundStatus, actor: Actor) -> Refund:
    refund_id = insert_row(
        Refund,
        order_id=order.id,
        back_id=given.return_id,
        number=next_number("RF"),
        status=status,
        method=given.method,
        amount_minor=plan.total_minor,
        shipping_minor=plan.shipping_minor,
        reason=given.reason.strip()[:200],
        requester_key=actor.key,
        refunded_at=now(),
    )
    rows = [
        {"refund_id": refund_id, "line_id": line_id, "quantity": quantity, "amount_minor": amount}
        for line_id, quantity, amount in plan.lines
    ]
    bulk_insert(RefundLine, rows, ids=False)
    return Refund.get_by_id(refund_id)


def _pay(order: Order, refund: Refund, actor: Actor, reason: str) -> None:
    """Count a refund as paid: on its lines, on the order, for the customer."""
    was = spent_minor(order.total_minor, order.refunded_minor, order.cancelled_at is not None)
    fetch(
        "UPDATE order_line SET refunded_qty = refunded_qty + back.quantity, "
        "refunded_minor = refunded_minor + back.amount_minor FROM ("
        "SELECT line_id, quantity, amount_minor FROM refund_line WHERE refund_id = ?) AS back "
        "WHERE order_line.id = back.line_id",
        (refund.id,),
    )
    refresh(order)
    spent = spent_minor(order.total_minor, order.refunded_minor, order.cancelled_at is not None)
    audit.record(actor, "order.refund", order, after=_told(refund), reason=reason)
    delta = convert_minor(spent - was, order.rate_ppm)
    emit(OrderRefunded(order.id, refund.id, refund.amount_minor, order.customer_id, delta, now().isoformat()))


def _waiting(refund_id: int, actor: Actor) -> tuple[Refund, Order]:
    refund = Refund.get_or_none(Refund.id == refund_id)
    if refund is None:
        raise NotFound()
    return refund, order_for_change(refund.order_id, actor)


def _plan_again(order: Order, refund: Refund) -> RefundPlan:
    money = money_of(order, but_refund_id=refund.id)
    lines = {
        line_id: (quantity, amount)
        for line_id, quantity, amount in fetch(
            "SELECT line_id, quantity, amount_minor FROM refund_line WHERE refund_id = ?", (refund.id,)
        )
    }
    other = refund.amount_minor - refund.shipping_minor - sum(amount for _, amount in lines.values())
    wanted = Wanted(lines=lines, shipping_minor=refund.shipping_minor, other_minor=other)
    return plan_refund(money, wanted, _counted(order, refund.back_id, refund.id))


def _told(refund: Refund) -> dict[str, object]:
    return {
        "document": refund.number,
        "amount_minor": refund.amount_minor,
        "method": refund.method,
        "refund_status": refund.status,
    }
