"""Taking hold of an order inside a transaction, and the facts its guards look at."""

from collections.abc import Sequence
from typing import Any

from models import Order, Shipment, ShipmentStatus
from services import inventory
from services.core.db import fetch, is_sqlite
from services.core.errors import NotFound
from services.core.machine import refused
from services.core.options import get_option
from services.core.permissions import Actor
from services.core.text import Said
from services.orders import queries, workflow
from services.orders.workflow import OrderFacts, why_not_act

FACTS = """
SELECT COALESCE(SUM(l.quantity), 0), COALESCE(SUM(l.shipped_qty), 0), COALESCE(SUM(l.returned_qty), 0),
  COALESCE(SUM(CASE WHEN l.variant_id IS NULL THEN 0 ELSE l.quantity - l.shipped_qty END), 0),
  COALESCE(SUM(CASE WHEN l.refunded_qty > l.returned_qty THEN l.refunded_qty - l.returned_qty ELSE 0 END), 0),
  (SELECT COALESCE(SUM(sl.quantity), 0) FROM shipment s JOIN shipment_line sl ON sl.shipment_id = s.id
    WHERE s.order_id = ? AND s.status = 'pending'),
  (SELECT COALESCE(SUM(sl.quantity), 0) FROM shipment s JOIN shipment_line sl ON sl.shipment_id = s.id
    WHERE s.order_id = ? AND s.status = 'shipped'),
  (SELECT COALESCE(SUM(sl.quantity), 0) FROM shipment s JOIN shipment_line sl ON sl.shipment_id = s.id
    WHERE s.order_id = ? AND s.status = 'delivered'),
  (SELECT COALESCE(SUM(amount_minor), 0) FROM payment WHERE order_id = ?),
  (SELECT COALESCE(SUM(amount_minor), 0) FROM refund WHERE order_id = ? AND status = 'paid'),
  (SELECT COALESCE(SUM(amount_minor), 0) FROM refund WHERE order_id = ? AND status = 'requested')
FROM order_line l WHERE l.order_id = ?
"""


def order_for_change(order_id: int, actor: Actor) -> Order:
    """The order, locked where the engine locks rows. Raises NotFound."""
    found = queries.visible(actor).where(Order.id == order_id)
    order = (found if is_sqlite() else found.for_update()).first()
    if order is None:
        raise NotFound()
    return order


def figures_of(order_id: int) -> tuple[int, ...]:
    """The sums behind an order's states, from its lines, parcels, payments and refunds."""
    return tuple(int(figure) for figure in fetch(FACTS, (order_id,) * 7)[0])


def facts_of(order: Order) -> OrderFacts:
    """What the guards need to know about an order."""
    figures = figures_of(order.id)
    ordered, shipped, returned, waiting, unreturned, reserved, on_the_way, delivered = figures[:8]
    paid, refunded, requested = figures[8:]
    return OrderFacts(
        status=order.status,
        payment_state=order.payment_state,
        fulfilment_state=order.fulfilment_state,
        currency=order.currency,
        total_minor=order.total_minor,
        paid_minor=paid,
        refunded_minor=refunded,
        requested_minor=requested,
        open_holds=order.open_holds,
        ordered=ordered,
        waiting=waiting,
        reserved=reserved,
        shipped=shipped,
        on_the_way=on_the_way,
        delivered=delivered,
        returned=returned,
        refunded_unreturned=unreturned,
        may_ship_unpaid=get_option("orders.ship_unpaid"),
    )


def check_action(name: str, order: Order, actor: Actor) -> OrderFacts:
    """Raise MoveRefused with every reason against an action; returns the facts."""
    facts = facts_of(order)
    reasons = why_not_act(name, facts, actor)
    if reasons:
        raise refused(reasons)
    return facts


def why_not(order: Order, *, actor: Actor) -> dict[str, list[Said]]:
    """For every move and action of an order the reasons against it now; what greyed buttons show."""
    return workflow.why_not(facts_of(order), actor)


def why_not_each(ids: Sequence[int], name: str, *, actor: Actor) -> dict[int, Said]:
    """Of several orders those that refuse a move or action, with their first reason; previews of bulk work."""
    refusing = {}
    for order in queries.visible(actor).where(Order.id.in_(list(ids))):
        reasons = why_not(order, actor=actor)[name]
        if reasons:
            refusing[order.id] = reasons[0]
    return refusing


def parcels(order_id: int, status: ShipmentStatus, shipment_id: int | None = None) -> list[Any]:
    """The order's parcels in one state, or the one asked for."""
    found = Shipment.select().where(Shipment.order == order_id, Shipment.status == status)
    if shipment_id is not None:
        found = found.where(Shipment.id == shipment_id)
    return list(found.order_by(Shipment.id))


def picks_of(shipment: Shipment) -> list[inventory.Pick]:
    """What a parcel holds, as stock sees it."""
    sql = (
        "SELECT l.variant_id, sl.quantity FROM shipment_line sl JOIN order_line l ON l.id = sl.line_id "
        "WHERE sl.shipment_id = ? AND l.variant_id IS NOT NULL ORDER BY sl.id"
    )
    return [
        inventory.Pick(variant_id, shipment.warehouse_id, quantity)
        for variant_id, quantity in fetch(sql, (shipment.id,))
    ]
