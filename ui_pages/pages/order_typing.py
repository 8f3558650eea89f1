"""What is typed into an order, as it becomes input: numbers, amounts, percentages."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from models import Text, Variant
from services import inventory, orders
from services.core.errors import Invalid
from services.core.money import to_minor
from services.core.text import Said

NOT_READABLE = Text("「{typed}」不是金额", "“{typed}” is not an amount")


@dataclass(slots=True)
class Row:
    """A line being typed."""

    variant: Variant
    places: tuple[inventory.Available, ...]
    quantity: str = "1"
    price: str = ""
    off: str = ""


def line_of(row: Row, currency: str) -> orders.OrderLineInput:
    """A typed line as input; the list price is no price of one's own. Raises Invalid."""
    price = minor_of(row.price, currency) if row.price.strip() else None
    return orders.OrderLineInput(
        variant_id=row.variant.id,
        quantity=whole_of(row.quantity),
        unit_price_minor=None if price == row.variant.price_minor else price,
        discount=discount_of(row.off, currency),
    )


def discount_of(typed: str, currency: str) -> orders.Discount:
    """An amount, or with % a percentage. Raises Invalid."""
    text = typed.strip().replace("％", "%")
    if text.endswith("%"):
        return orders.Discount(bps=bps_of(text[:-1]))
    return orders.Discount(amount_minor=minor_of(text, currency)) if text else orders.Discount()


def minor_of(typed: str, currency: str) -> int:
    """An amount in minor units; nothing typed is 0. Raises Invalid."""
    try:
        return to_minor(typed.strip() or "0", currency)
    except ValueError:
        raise Invalid(Said(NOT_READABLE, typed=typed)) from None


def bps_of(typed: str) -> int:
    """5 → 500: a percentage as ten-thousandths. Raises Invalid."""
    try:
        return int(Decimal(typed.strip() or "0") * 100)
    except InvalidOperation:
        raise Invalid(Said(NOT_READABLE, typed=f"{typed}%")) from None


def whole_of(typed: str) -> int:
    """A whole number; anything else is 0, which the order refuses."""
    text = typed.strip()
    return int(text) if text.isdecimal() else 0
