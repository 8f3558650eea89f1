"""What callers hand to the order verbs."""

from dataclasses import dataclass
from datetime import datetime

from models import ChargeKind, HoldCause, OrderSource, PaymentMethod, ReturnDisposition
from services.core.text import Said
from services.orders.rules.pricing import NO_DISCOUNT, Discount


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineInput:
    """A quantity of one variant; a price of one's own needs the right to discount."""

    variant_id: int
    quantity: int
    unit_price_minor: int | None = None
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipTo:
    """Where the parcels go."""

    name: str
    phone: str = ""
    country: str = "CN"
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeInput:
    """An amount that is no product and no shipping: a fee, an adjustment."""

    kind: ChargeKind
    amount_minor: int
    description: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """An order to be taken; `warehouse_id` asks for one warehouse, else sourcing decides."""

    channel_id: int
    lines: tuple[OrderLineInput, ...]
    ship_to: ShipTo
    customer_id: int | None = None
    shipping_minor: int = 0
    charges: tuple[ChargeInput, ...] = ()
    discount: Discount = NO_DISCOUNT
    discount_reason: str = ""
    note: str = ""
    buyer_note: str = ""
    external_number: str = ""
    warehouse_id: int | None = None
    source: OrderSource = OrderSource.MANUAL
    currency: str = ""
    rate_ppm: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInput:
    """Money that came in; a notification names its source and event id, so that it counts once."""

    order_id: int
    method: PaymentMethod
    amount_minor: int
    reference: str = ""
    source: str = ""
    event_id: str | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipInput:
    """Parcels handed to a carrier: one, or all that wait."""

    order_id: int
    carrier: str
    tracking_number: str
    shipment_id: int | None = None
    weight_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """An order to be cancelled; what was paid goes back by `refund_method` in the same step."""

    order_id: int
    reason: str
    refund_method: PaymentMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldInput:
    """A reason why an order must not move on."""

    order_id: int
    cause: HoldCause = HoldCause.MANUAL
    detail: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLineInput:
    """A counted quantity of one line that came back, and what becomes of it."""

    line_id: int
    quantity: int
    disposition: ReturnDisposition = ReturnDisposition.RESTOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInput:
    """Goods that came back; without a warehouse they go where they came from."""

    order_id: int
    lines: tuple[ReturnLineInput, ...]
    reason: str = ""
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLineInput:
    """Units of a line to refund; quantity 0 with an amount is a compensation."""

    line_id: int
    quantity: int
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInput:
    """Money to give back, by line, shipping and other (fees, what was paid too much)."""

    order_id: int
    method: PaymentMethod
    reason: str
    lines: tuple[RefundLineInput, ...] = ()
    shipping_minor: int = 0
    other_minor: int = 0
    return_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """A channel to be opened."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChange:
    """What may change about a channel; None leaves a thing as it is."""

    name_zh: str | None = None
    name_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """One line of the money panel: what it cost, what went back, what still may."""

    label: Said
    line_id: int | None
    net_minor: int
    refunded_minor: int
    requested_minor: int
    refundable_minor: int
    refundable_quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyPanel:
    """An order's money to the cent, with the sentence that explains it."""

    currency: str
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    charges_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    refunded_minor: int
    requested_minor: int
    due_minor: int
    refundable_minor: int
    rows: tuple[MoneyRow, ...]
    explained: tuple[Said, ...]
