"""What happens to orders. Money in `spent_delta_minor` is in the base currency, for the customer's counters."""

from dataclasses import dataclass
from typing import ClassVar

from services.core.events import Event


@dataclass(frozen=True)
class OrderEvent(Event):
    """Base of the order events: open pages of that order refresh."""

    topic: ClassVar[str] = "order"
    order_id: int


@dataclass(frozen=True)
class OrderPlaced(OrderEvent):
    """An order was taken."""

    customer_id: int | None
    spent_delta_minor: int
    at: str


@dataclass(frozen=True)
class OrderConfirmed(OrderEvent):
    """An order was confirmed."""


@dataclass(frozen=True)
class OrderPaid(OrderEvent):
    """Money came in for an order."""

    payment_id: int
    amount_minor: int


@dataclass(frozen=True)
class OrderShipped(OrderEvent):
    """Parcels of an order left the house."""

    shipment_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrderDelivered(OrderEvent):
    """Parcels of an order arrived."""

    shipment_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrderCompleted(OrderEvent):
    """An order is done."""

    customer_id: int | None


@dataclass(frozen=True)
class OrderCancelled(OrderEvent):
    """An order was cancelled; its stock is free again."""

    customer_id: int | None
    spent_delta_minor: int
    at: str


@dataclass(frozen=True)
class OrderHeld(OrderEvent):
    """A hold was opened."""

    hold_id: int
    cause: str


@dataclass(frozen=True)
class OrderReleased(OrderEvent):
    """A hold was released."""

    hold_id: int
    cause: str


@dataclass(frozen=True)
class OrderReturned(OrderEvent):
    """Goods came back."""

    return_id: int


@dataclass(frozen=True)
class RefundRequested(OrderEvent):
    """A refund above the limit waits for a second person."""

    refund_id: int
    amount_minor: int


@dataclass(frozen=True)
class OrderRefunded(OrderEvent):
    """Money went back."""

    refund_id: int
    amount_minor: int
    customer_id: int | None
    spent_delta_minor: int
    at: str
