"""Taking an order: price, reservation, parcels, ledger, audit and event in one transaction of few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import ChargeKind, Order, OrderCharge, OrderLine, OrderStatus, Shipment, ShipmentLine
from services import inventory
from services.core import audit
from services.core.clock import now
from services.core.crypto import phone_index, phone_tail_index
from services.core.db import bulk_insert, insert_row, transaction
from services.core.events import emit
from services.core.money import convert_minor
from services.core.numbers import next_number
from services.core.options import base_currency
from services.core.permissions import Actor, Permission, requires
from services.orders.carts import Goods, cart_of, check_input, check_parties, load_goods
from services.orders.events import OrderPlaced
from services.orders.rules.packing import pack
from services.orders.rules.pricing import PricedCart, price_cart
from services.orders.rules.states import payment_state
from services.orders.types import PlaceOrder


@requires(Permission.ORDERS_PLACE)
def place_order(new: PlaceOrder, *, actor: Actor) -> Order:
    """Take an order: price it, reserve its stock and plan its parcels."""
    check_input(new, actor)
    with transaction():
        written = write_order(new, OrderStatus.PLACED, actor)
        promise_stock(written.order, written.lines, new.warehouse_id, actor)
        audit.record(actor, "order.place", written.order, after=_summary(written.order))
        emit(placed(written.order))
        return written.order


@dataclass(frozen=True, slots=True)
class Line:
    """A line as stock sees it."""

    id: int
    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Written:
    """An order just written, with its lines."""

    order: Order
    lines: list[Line]


def write_order(new: PlaceOrder, status: OrderStatus, actor: Actor) -> Written:
    """Price an order and write it with its lines and charges; promises no stock yet."""
    check_parties(new, actor)
    goods = load_goods(new.lines)
    at = now()
    priced = price_cart(cart_of(new, goods), at)
    order = _insert_order(new, priced, status, at)
    return Written(order, write_parts(order.id, new, goods, priced))


def write_parts(order_id: int, new: PlaceOrder, goods: dict[int, Goods], priced: PricedCart) -> list[Line]:
    """Write the lines and charges of an order; returns the lines."""
    ids = bulk_insert(OrderLine, _line_rows(order_id, new, goods, priced))
    charges = _charge_rows(order_id, new)
    if charges:
        bulk_insert(OrderCharge, charges, ids=False)
    return [
        Line(line_id, line.variant_id, line.quantity) for line_id, line in zip(ids, new.lines, strict=True)
    ]


def promise_stock(order: Order, lines: Sequence[Line], wanted_id: int | None, actor: Actor) -> None:
    """Choose the warehouses, reserve, and plan one parcel a warehouse. Raises OutOfStock."""
    needs = [inventory.Need(line.variant_id, line.quantity) for line in lines]
    sourcing = inventory.source(needs, wanted_id=wanted_id)
    picks = [(pick.variant_id, pick.warehouse_id, pick.quantity) for pick in sourcing.picks]
    parcels = pack([(line.variant_id, line.quantity) for line in lines], picks)
    shipment_ids = bulk_insert(
        Shipment,
        [
            {
                "order_id": order.id,
                "number": f"{order.number}-{position}",
                "warehouse_id": parcel.warehouse_id,
            }
            for position, parcel in enumerate(parcels, 1)
        ],
    )
    contents = [
        {"shipment_id": shipment_id, "line_id": lines[position].id, "quantity": quantity}
        for shipment_id, parcel in zip(shipment_ids, parcels, strict=True)
        for position, quantity in parcel.contents
    ]
    bulk_insert(ShipmentLine, contents, ids=False)
    cause = inventory.Cause("order", order.id, order.number)
    inventory.reserve(sourcing.picks, cause=cause, actor=actor)


def placed(order: Order) -> OrderPlaced:
    """The event of an order that was taken."""
    spent = convert_minor(order.total_minor, order.rate_ppm)
    return OrderPlaced(order.id, order.customer_id, spent, order.placed_at.isoformat())


def header_values(new: PlaceOrder, priced: PricedCart) -> dict[str, Any]:
    """The columns of an order that come from its input and its price."""
    phone = new.ship_to.phone.strip() or None
    return {
        "external_number": new.external_number.strip(),
        "source": new.source,
        "channel_id": new.channel_id,
        "customer_id": new.customer_id,
        "ship_name": new.ship_to.name.strip(),
        "ship_phone": phone,
        "ship_phone_bidx": phone_index(phone),
        "ship_phone_tail_bidx": phone_tail_index(phone),
        "ship_country": new.ship_to.country,
        "ship_province_code": new.ship_to.province_code,
        "ship_city_code": new.ship_to.city_code,
        "ship_district_code": new.ship_to.district_code,
        "ship_street": new.ship_to.street.strip() or None,
        "note": new.note,
        "buyer_note": new.buyer_note,
        "currency": new.currency or base_currency(),
        "rate_ppm": new.rate_ppm,
        "item_count": sum(line.quantity for line in new.lines),
        "subtotal_minor": priced.subtotal_minor,
        "discount_minor": priced.discount_minor,
        "shipping_minor": priced.shipping_minor,
        "charges_minor": priced.charges_minor,
        "tax_minor": priced.tax_minor,
        "total_minor": priced.total_minor,
        "payment_state": payment_state(priced.total_minor, 0, 0),
        "price_trace": [step.plain() for step in priced.trace],
    }


def _insert_order(new: PlaceOrder, priced: PricedCart, status: OrderStatus, at: datetime) -> Order:
    values = {
        "number": next_number("SO", at),
        "status": status,
        "placed_at": at,
        "created_at": at,
        "updated_at": at,
        **header_values(new, priced),
    }
    return Order(id=insert_row(Order, **values), **values)


def _line_rows(
    order_id: int, new: PlaceOrder, goods: dict[int, Goods], priced: PricedCart
) -> list[dict[str, Any]]:
    rows = []
    for position, (line, price) in enumerate(zip(new.lines, priced.lines, strict=True)):
        item = goods[line.variant_id]
        unit = item.price_minor if line.unit_price_minor is None else line.unit_price_minor
        rows.append(
            {
                "order_id": order_id,
                "position": position,
                "variant_id": line.variant_id,
                "sku": item.sku,
                "name": item.name,
                "quantity": line.quantity,
                "unit_price_minor": unit,
                "unit_cost_minor": item.cost_minor,
                "discount_minor": price.discount_minor,
                "net_minor": price.net_minor,
                "tax_minor": price.tax_minor,
            }
        )
    return rows


def _charge_rows(order_id: int, new: PlaceOrder) -> list[dict[str, Any]]:
    rows = [
        {
            "order_id": order_id,
            "kind": charge.kind,
            "code": charge.code,
            "description": charge.description,
            "amount_minor": charge.amount_minor,
        }
        for charge in new.charges
    ]
    if new.shipping_minor:
        shipping = {"kind": ChargeKind.SHIPPING, "code": "", "description": ""}
        rows.insert(0, {"order_id": order_id, **shipping, "amount_minor": new.shipping_minor})
    return rows


def _summary(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "item_count": order.item_count,
        "total_minor": order.total_minor,
        "discount_minor": order.discount_minor,
        "currency": order.currency,
    }
