"""Reading orders: what an actor may see, the conditions behind the views, search, and one order with all its parts."""

from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from models import (
    Channel,
    Customer,
    FulfilmentState,
    Order,
    OrderCharge,
    OrderHold,
    OrderLine,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    RefundLine,
    RefundStatus,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    Warehouse,
)
from services.core.crypto import phone_index, phone_tail_index
from services.core.errors import NotFound
from services.core.permissions import Actor
from services.core.search import matches_or

TO_SHIP = (FulfilmentState.UNFULFILLED, FulfilmentState.PARTIAL)
GONE = (
    FulfilmentState.FULFILLED,
    FulfilmentState.DELIVERED,
    FulfilmentState.PARTIALLY_RETURNED,
    FulfilmentState.RETURNED,
)
OWING = (PaymentState.UNPAID, PaymentState.PARTIALLY_PAID)
LIVING = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────


def visible(actor: Actor) -> Any:
    """The orders of the channels this actor may see."""
    found = Order.select()
    return found.where(Order.channel.in_(sorted(actor.channel_ids))) if actor.channel_ids else found


def orders(actor: Actor) -> Any:
    """Orders with channel and (where there is one) customer joined."""
    return visible(actor).join(Channel).switch(Order).join(Customer, JOIN.LEFT_OUTER)


def order(number: str, actor: Actor) -> Order:
    """One order by its number. Raises NotFound."""
    found = visible(actor).where(Order.number == number).first()
    if found is None:
        raise NotFound()
    return found


def order_by_id(order_id: int, actor: Actor) -> Order:
    """One order by its id. Raises NotFound."""
    found = visible(actor).where(Order.id == order_id).first()
    if found is None:
        raise NotFound()
    return found


def orders_of(customer_id: int, actor: Actor) -> Any:
    """A customer's orders, newest first."""
    return (
        orders(actor).where(Order.customer == customer_id).order_by(Order.placed_at.desc(), Order.id.desc())
    )


# ── conditions of the views (decision 29: they may overlap) ──────────────────────────────────────────────────


def is_to_confirm() -> Any:
    """待确认: placed."""
    return Order.status == OrderStatus.PLACED


def is_to_pay() -> Any:
    """待付款: unpaid or partly paid, and alive."""
    return Order.status.in_(LIVING) & Order.payment_state.in_(OWING)


def is_to_ship() -> Any:
    """待发货: confirmed and not fully shipped."""
    return (Order.status == OrderStatus.CONFIRMED) & Order.fulfilment_state.in_(TO_SHIP)


def is_shipped() -> Any:
    """已发货: fully shipped and not completed."""
    return (Order.status == OrderStatus.CONFIRMED) & Order.fulfilment_state.in_(GONE)


def is_held() -> Any:
    """异常: an open hold."""
    return Order.id.in_(OrderHold.select(OrderHold.order).where(OrderHold.released_at.is_null()))


def has_refund_to_approve() -> Any:
    """待复核: a refund above the limit waits for a second person."""
    return Order.id.in_(Refund.select(Refund.order).where(Refund.status == RefundStatus.REQUESTED))


def is_draft() -> Any:
    """草稿: not placed yet."""
    return Order.status == OrderStatus.DRAFT


# ── search ───────────────────────────────────────────────────────────────────────────────────────────────────


def found_by(term: str) -> Any:
    """Number, external number or name; a phone number or its last four digits; a tracking number."""
    others: list[Any] = []
    digits = "".join(letter for letter in term if letter.isdigit())
    if len(digits) == 4 and digits == term.removeprefix("尾号").strip():
        others.append(Order.ship_phone_tail_bidx == phone_tail_index(digits))
    elif len(digits) >= 7 and len(digits) >= len(term) - 5:
        others.append(Order.ship_phone_bidx == phone_index(term))
    if len(term) >= 6:
        others.append(Order.id.in_(Shipment.select(Shipment.order).where(Shipment.tracking_number == term)))
    return matches_or(Order, term, *others)


# ── one order with everything on it ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetail:
    """An order with all its parts; what belongs to a parcel, return or refund is keyed by its id."""

    order: Order
    channel: Channel
    customer: Customer | None
    lines: list[OrderLine]
    charges: list[OrderCharge]
    holds: list[OrderHold]
    payments: list[Payment]
    shipments: list[Shipment]
    shipment_lines: dict[int, list[ShipmentLine]]
    returns: list[Return]
    return_lines: dict[int, list[ReturnLine]]
    refunds: list[Refund]
    refund_lines: dict[int, list[RefundLine]]


def detail(number: str, actor: Actor) -> OrderDetail:
    """One order with its lines, parcels, money and holds, in a fixed number of queries. Raises NotFound."""
    order = orders(actor).select(Order, Channel, Customer).where(Order.number == number).first()
    if order is None:
        raise NotFound()
    return OrderDetail(
        order=order,
        channel=order.channel,
        customer=order.customer if order.customer_id else None,
        lines=_parts(OrderLine, order, OrderLine.position),
        charges=_parts(OrderCharge, order),
        holds=_parts(OrderHold, order),
        payments=_parts(Payment, order),
        shipments=_with_warehouse(Shipment, order),
        shipment_lines=_lines_of(ShipmentLine, ShipmentLine.shipment, Shipment, order),
        returns=_with_warehouse(Return, order),
        return_lines=_lines_of(ReturnLine, ReturnLine.back, Return, order),
        refunds=_parts(Refund, order),
        refund_lines=_lines_of(RefundLine, RefundLine.refund, Refund, order),
    )


def _parts(model: Any, order: Order, *keys: Any) -> list[Any]:
    return list(model.select().where(model.order == order.id).order_by(*keys, model.id))


def _with_warehouse(model: Any, order: Order) -> list[Any]:
    found = model.select(model, Warehouse).join(Warehouse, JOIN.LEFT_OUTER)
    return list(found.where(model.order == order.id).order_by(model.id))


def _lines_of(model: Any, reference: Any, document: Any, order: Order) -> dict[int, list[Any]]:
    """Parts of the order's documents, by document."""
    found = model.select().join(document, on=(reference == document.id)).where(document.order == order.id)
    by_document: dict[int, list[Any]] = {}
    for line in found.order_by(model.id):
        by_document.setdefault(getattr(line, reference.object_id_name), []).append(line)
    return by_document


# ── channels ─────────────────────────────────────────────────────────────────────────────────────────────────


def visible_channels(actor: Actor) -> Any:
    """The channels this actor may see."""
    found = Channel.select()
    return found.where(Channel.id.in_(sorted(actor.channel_ids))) if actor.channel_ids else found


def channels(actor: Actor, *, with_archived: bool = False) -> Any:
    """Channels in order of their code."""
    found = visible_channels(actor).order_by(Channel.code)
    return found if with_archived else found.where(Channel.archived_at.is_null())


def channel(channel_id: int, actor: Actor) -> Channel:
    """One channel. Raises NotFound."""
    found = visible_channels(actor).where(Channel.id == channel_id).first()
    if found is None:
        raise NotFound()
    return found
