"""Parcels: hand them to a carrier, note their arrival."""

from collections.abc import Sequence

from models import Order, Shipment, ShipmentStatus, Text
from services import inventory
from services.core import audit
from services.core.clock import now
from services.core.db import fetch, marks, transaction
from services.core.errors import Invalid, NotFound
from services.core.events import emit
from services.core.machine import apply_move
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.orders.events import OrderDelivered, OrderShipped
from services.orders.loading import check_action, order_for_change, parcels, picks_of
from services.orders.progress import refresh
from services.orders.types import ShipInput
from services.orders.workflow import SHIPMENT

# What the carrier box offers; any other name may be typed.
CARRIERS = (
    "顺丰速运",
    "中通快递",
    "圆通速递",
    "韵达快递",
    "申通快递",
    "京东物流",
    "邮政 EMS",
    "DHL",
    "Royal Mail",
)


@requires(Permission.ORDERS_SHIP)
def ship_order(ship: ShipInput, *, actor: Actor) -> Order:
    """Hand an order's waiting parcels, or one of them, to a carrier: the goods leave the stock."""
    _check(ship)
    with transaction():
        order = order_for_change(ship.order_id, actor)
        check_action("ship", order, actor)
        chosen = _own(parcels(order.id, ShipmentStatus.PENDING, ship.shipment_id), actor)
        stamps = {
            "carrier": ship.carrier.strip(),
            "tracking_number": ship.tracking_number.strip(),
            "weight_g": ship.weight_g,
            "shipped_at": now(),
        }
        for shipment in chosen:
            apply_move(SHIPMENT, shipment, "ship", actor, stamps=stamps)
            _send(shipment, actor)
        _count_shipped(chosen)
        refresh(order)
        told = {
            "parcels": [shipment.number for shipment in chosen],
            "fulfilment_state": order.fulfilment_state,
        }
        told |= {"carrier": stamps["carrier"], "tracking_number": stamps["tracking_number"]}
        audit.record(actor, "order.ship", order, after=told)
        emit(OrderShipped(order.id, tuple(shipment.id for shipment in chosen)))
        return order


@requires(Permission.ORDERS_SHIP)
def deliver_order(order_id: int, shipment_id: int | None = None, *, actor: Actor) -> Order:
    """Note that an order's parcels on the way, or one of them, have arrived."""
    with transaction():
        order = order_for_change(order_id, actor)
        check_action("deliver", order, actor)
        chosen = _own(parcels(order.id, ShipmentStatus.SHIPPED, shipment_id), actor)
        for shipment in chosen:
            apply_move(SHIPMENT, shipment, "deliver", actor, stamps={"delivered_at": now()})
        refresh(order)
        told = {
            "parcels": [shipment.number for shipment in chosen],
            "fulfilment_state": order.fulfilment_state,
        }
        audit.record(actor, "order.deliver", order, after=told)
        emit(OrderDelivered(order.id, tuple(shipment.id for shipment in chosen)))
        return order


def _check(ship: ShipInput) -> None:
    fields: dict[str, Said | Text] = {}
    if not ship.carrier.strip():
        fields["carrier"] = Text("请填写承运商", "Give the carrier")
    if not ship.tracking_number.strip():
        fields["tracking_number"] = Text("请填写运单号", "Give the tracking number")
    if len(ship.carrier) > 40 or len(ship.tracking_number) > 60:
        fields["tracking_number"] = Text("承运商或运单号太长", "The carrier or tracking number is too long")
    if ship.weight_g < 0:
        fields["weight_g"] = Text("重量不能为负", "A weight cannot be negative")
    if fields:
        raise Invalid(fields=fields)


def _own(found: Sequence[Shipment], actor: Actor) -> list[Shipment]:
    """The parcels of the actor's warehouses. Raises NotFound when none is."""
    if actor.warehouse_ids:
        found = [parcel for parcel in found if parcel.warehouse_id in actor.warehouse_ids]
    if not found:
        raise NotFound(Text("没有这个包裹,或不属于您的仓库", "No such parcel, or it is not your warehouse's"))
    return list(found)


def _send(shipment: Shipment, actor: Actor) -> None:
    picks = picks_of(shipment)
    if picks:
        cause = inventory.Cause("shipment", shipment.id, shipment.number)
        inventory.commit(picks, cause=cause, actor=actor)


def _count_shipped(chosen: Sequence[Shipment]) -> None:
    ids = [shipment.id for shipment in chosen]
    fetch(
        "UPDATE order_line SET shipped_qty = shipped_qty + sent.quantity FROM ("  # noqa: S608 - marks only
        f"SELECT line_id, SUM(quantity) AS quantity FROM shipment_line WHERE shipment_id IN ({marks(len(ids))}) "
        "GROUP BY line_id) AS sent WHERE order_line.id = sent.line_id",
        ids,
    )
