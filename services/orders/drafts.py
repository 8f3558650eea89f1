"""Orders that are not placed yet: priced and kept, but promising no stock."""

from models import Order, OrderCharge, OrderLine, OrderStatus
from services.core import audit
from services.core.clock import now
from services.core.db import transaction
from services.core.editing import changed_elsewhere
from services.core.errors import Conflict
from services.core.events import emit, touch
from services.core.machine import apply_move, refused
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text
from services.orders.carts import cart_of, check_input, check_parties, load_goods
from services.orders.loading import facts_of, order_for_change
from services.orders.placing import Line, header_values, placed, promise_stock, write_order, write_parts
from services.orders.rules.pricing import price_cart
from services.orders.types import PlaceOrder
from services.orders.workflow import ORDER

NOT_A_DRAFT = Text("这张订单已经下单,不能再按草稿修改", "The order has been placed; it is no draft any more")


@requires(Permission.ORDERS_PLACE)
def save_draft(new: PlaceOrder, *, actor: Actor) -> Order:
    """Keep an order without placing it: priced, but promising no stock."""
    check_input(new, actor)
    with transaction():
        written = write_order(new, OrderStatus.DRAFT, actor)
        audit.record(actor, "order.draft", written.order, after={"total_minor": written.order.total_minor})
        touch("order", written.order.id)
        return written.order


@requires(Permission.ORDERS_PLACE)
def change_draft(order_id: int, version: int, new: PlaceOrder, *, actor: Actor) -> Order:
    """Replace what a draft says, at today's prices."""
    check_input(new, actor)
    with transaction():
        order = order_for_change(order_id, actor)
        if order.status is not OrderStatus.DRAFT:
            raise refused([Said(NOT_A_DRAFT)])
        if order.version != version:
            raise Conflict(changed_elsewhere(order))
        if new.external_number.strip() != order.external_number:
            check_parties(new, actor)
        goods = load_goods(new.lines)
        priced = price_cart(cart_of(new, goods), now())
        before = {"total_minor": order.total_minor}
        OrderLine.delete().where(OrderLine.order == order_id).execute()
        OrderCharge.delete().where(OrderCharge.order == order_id).execute()
        values = {getattr(Order, key): value for key, value in header_values(new, priced).items()}
        values |= {Order.version: Order.version + 1, Order.updated_at: now()}
        Order.update(values).where(Order.id == order_id).execute()
        write_parts(order_id, new, goods, priced)
        changed = Order.get_by_id(order_id)
        audit.record(actor, "order.draft", changed, before=before, after={"total_minor": priced.total_minor})
        touch("order", order_id)
        return changed


@requires(Permission.ORDERS_PLACE)
def place_draft(order_id: int, *, actor: Actor) -> Order:
    """Place a draft at the prices it was saved with: its stock is reserved now."""
    with transaction():
        order = order_for_change(order_id, actor)
        at = now()
        apply_move(ORDER, order, "place", actor, facts_of(order), stamps={"placed_at": at})
        rows = OrderLine.select().where(OrderLine.order == order_id).order_by(OrderLine.position)
        lines = [Line(line.id, line.variant_id, line.quantity) for line in rows]
        promise_stock(order, lines, None, actor)
        emit(placed(order))
        return order
