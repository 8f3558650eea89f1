"""Holds: reasons why an order must not move on, at most one open a cause."""

from models import HoldCause, Order, OrderHold, Staff, Text
from services.core import audit
from services.core.clock import now
from services.core.db import fetch, insert_row, transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.events import emit
from services.core.machine import refused
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.orders.events import OrderHeld, OrderReleased
from services.orders.loading import check_action, order_for_change
from services.orders.types import HoldInput


@requires(Permission.ORDERS_HOLD)
def hold_order(hold: HoldInput, *, actor: Actor) -> OrderHold:
    """Keep an order from moving on, with a cause and an owner."""
    if hold.cause is HoldCause.MANUAL and not hold.detail.strip():
        raise Invalid(fields={"detail": Text("请写明挂起原因", "Say why the order is held")})
    with transaction():
        order = order_for_change(hold.order_id, actor)
        check_action("hold", order, actor)
        if hold.owner_id is not None and not Staff.select().where(Staff.id == hold.owner_id).exists():
            raise NotFound(Text("没有这名员工", "There is no such person"))
        opened = open_hold(order, hold.cause, hold.detail.strip(), actor, owner_id=hold.owner_id)
        if opened is None:
            text = Text("这张订单已因「{cause}」挂起", "The order is already held for “{cause}”")
            raise Conflict(Said(text, cause=hold.cause))
        return opened


@requires(Permission.ORDERS_HOLD)
def release_hold(hold_id: int, *, actor: Actor) -> OrderHold:
    """Let an order move on again."""
    with transaction():
        hold = OrderHold.get_or_none(OrderHold.id == hold_id)
        if hold is None:
            raise NotFound()
        order = order_for_change(hold.order_id, actor)
        if hold.released_at is not None:
            text = Text("这个异常已由 {who} 解除", "{who} released this hold already")
            raise refused([Said(text, who=hold.released_by)])
        close_hold(order, hold, actor)
        return OrderHold.get_by_id(hold_id)


def open_hold(
    order: Order, cause: HoldCause, detail: str, actor: Actor, *, owner_id: int | None = None
) -> OrderHold | None:
    """Open a hold; None when one of that cause is open already."""
    is_open = (
        OrderHold.select()
        .where(OrderHold.order == order.id, OrderHold.cause == cause, OrderHold.released_at.is_null())
        .exists()
    )
    if is_open:
        return None
    hold_id = insert_row(
        OrderHold, order_id=order.id, cause=cause, detail=detail[:200], owner_id=owner_id, opened_at=now()
    )
    _count(order, 1)
    audit.record(actor, "order.hold", order, after={"cause": cause, "detail": detail})
    emit(OrderHeld(order.id, hold_id, cause.value))
    return OrderHold.get_by_id(hold_id)


def close_hold(order: Order, hold: OrderHold, actor: Actor) -> None:
    """Close an open hold."""
    OrderHold.update({OrderHold.released_at: now(), OrderHold.released_by: actor.name}).where(
        OrderHold.id == hold.id, OrderHold.released_at.is_null()
    ).execute()
    _count(order, -1)
    audit.record(actor, "order.release_hold", order, before={"cause": hold.cause, "detail": hold.detail})
    emit(OrderReleased(order.id, hold.id, hold.cause.value))


def close_all_holds(order: Order, actor: Actor) -> None:
    """Close what is still open on an order that ends."""
    for hold in OrderHold.select().where(OrderHold.order == order.id, OrderHold.released_at.is_null()):
        close_hold(order, hold, actor)


def _count(order: Order, step: int) -> None:
    sql = (
        "UPDATE sales_order SET open_holds = open_holds + ?, version = version + 1, updated_at = ? "
        "WHERE id = ? RETURNING open_holds, version"
    )
    stored = fetch(sql, (step, Order.updated_at.db_value(now()), order.id))
    order.open_holds, order.version = stored[0]
