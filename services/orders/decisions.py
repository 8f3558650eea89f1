"""What people decide about an order: confirm, complete, cancel, note."""

from models import Order, OrderStatus, PaymentMethod, ShipmentStatus, Text
from services import inventory
from services.core.clock import now
from services.core.db import transaction
from services.core.editing import save_changes
from services.core.errors import Invalid
from services.core.events import emit
from services.core.machine import apply_move
from services.core.money import convert_minor
from services.core.permissions import Actor, Permission, requires
from services.orders.events import OrderCancelled, OrderCompleted, OrderConfirmed
from services.orders.holds import close_all_holds
from services.orders.loading import facts_of, order_for_change, parcels, picks_of
from services.orders.refunds import refund_everything
from services.orders.rules.states import spent_minor
from services.orders.types import CancelOrder
from services.orders.workflow import ORDER, SHIPMENT

WHY = Text("请填写取消原因", "Say why the order is cancelled")


@requires(Permission.ORDERS_CONFIRM)
def confirm_order(order_id: int, *, actor: Actor) -> Order:
    """Agree to deliver an order."""
    with transaction():
        order = order_for_change(order_id, actor)
        apply_move(ORDER, order, "confirm", actor, facts_of(order), stamps={"confirmed_at": now()})
        emit(OrderConfirmed(order.id))
        return order


@requires(Permission.ORDERS_EDIT)
def complete_order(order_id: int, *, actor: Actor) -> Order:
    """Close an order that is paid and has arrived."""
    with transaction():
        order = order_for_change(order_id, actor)
        apply_move(ORDER, order, "complete", actor, facts_of(order), stamps={"completed_at": now()})
        emit(OrderCompleted(order.id, order.customer_id))
        return order


@requires(Permission.ORDERS_CANCEL)
def cancel_order(cancel: CancelOrder, *, actor: Actor) -> Order:
    """Call an order off: its stock is free in the same warehouses again, and what was paid goes back if asked."""
    if not cancel.reason.strip():
        raise Invalid(fields={"reason": WHY})
    with transaction():
        order = order_for_change(cancel.order_id, actor)
        spent = spent_minor(order.total_minor, order.refunded_minor, order.status is OrderStatus.CANCELLED)
        if cancel.refund_method is not None:
            _give_back(order, cancel.refund_method, cancel.reason, actor)
            spent = spent_minor(order.total_minor, order.refunded_minor, is_cancelled=False)
        was_draft = order.status is OrderStatus.DRAFT
        apply_move(
            ORDER,
            order,
            "cancel",
            actor,
            facts_of(order),
            stamps={"cancelled_at": now()},
            reason=cancel.reason.strip(),
        )
        _release_parcels(order, actor)
        close_all_holds(order, actor)
        lost = 0 if was_draft else -convert_minor(spent, order.rate_ppm)
        customer_id = None if was_draft else order.customer_id
        emit(OrderCancelled(order.id, customer_id, lost, now().isoformat()))
        return order


@requires(Permission.ORDERS_EDIT)
def edit_note(order_id: int, version: int, note: str, *, actor: Actor) -> Order:
    """Change the note on an order."""
    if len(note) > 2000:
        raise Invalid(fields={"note": Text("备注最多 2000 字", "A note has at most 2,000 characters")})
    with transaction():
        order_for_change(order_id, actor)
        return save_changes(Order, order_id, version, {"note": note.strip()}, actor, action="order.note")


def _give_back(order: Order, method: PaymentMethod, reason: str, actor: Actor) -> None:
    if facts_of(order).shipped == 0:
        refund_everything(order, method, reason, actor)


def _release_parcels(order: Order, actor: Actor) -> None:
    picks = []
    for shipment in parcels(order.id, ShipmentStatus.PENDING):
        apply_move(SHIPMENT, shipment, "cancel", actor)
        picks += picks_of(shipment)
    if picks:
        inventory.release(picks, cause=inventory.Cause("order", order.id, order.number), actor=actor)
