"""What a cart costs: a pure function in the shape that promotions will fill.

Order of work: unit price × quantity → line discounts → order discount, spread over the lines' remaining net by the
largest remainder → shipping and charges → total. Prices include tax. A discount never makes anything negative: what does
not fit is clamped, and the trace says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.core.money import share_bps, split_minor


class Step(StrEnum):
    """What a line of the price trace tells."""

    UNIT_PRICE = "unit_price"
    MANUAL_PRICE = "manual_price"
    LINE_DISCOUNT = "line_discount"
    ORDER_DISCOUNT = "order_discount"
    CLAMPED = "clamped"
    SHIPPING = "shipping"
    CHARGE = "charge"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A reduction by an amount or by ten-thousandths, never both."""

    amount_minor: int = 0
    bps: int = 0

    @property
    def is_none(self) -> bool:
        """Whether nothing is given."""
        return not self.amount_minor and not self.bps

    def of(self, base_minor: int) -> int:
        """The reduction it asks for on a base, before clamping."""
        return self.amount_minor + share_bps(base_minor, self.bps)


NO_DISCOUNT = Discount()


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """One line to price; `list_price_minor` is the catalogue's, `unit_price_minor` the agreed one."""

    variant_id: int
    sku: str
    quantity: int
    list_price_minor: int
    unit_price_minor: int
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """Everything a price depends on."""

    lines: tuple[CartLine, ...]
    currency: str
    channel_id: int | None = None
    customer_id: int | None = None
    discount: Discount = NO_DISCOUNT
    discount_reason: str = ""
    shipping_minor: int = 0
    charges: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """Why the price is what it is, one step at a time; `line` is the position of a line or None for the order."""

    step: Step
    amount_minor: int
    line: int | None = None
    note: str = ""

    def plain(self) -> dict[str, Any]:
        """As it is stored with the order."""
        return {
            "step": self.step.value,
            "amount": self.amount_minor,
            **({} if self.line is None else {"line": self.line}),
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line with its share of every discount; gross − discount = net."""

    gross_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCart:
    """The figures of an order, and the trace that explains them."""

    lines: tuple[PricedLine, ...]
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    charges_minor: int
    tax_minor: int
    total_minor: int
    trace: tuple[TraceStep, ...]


def price_cart(cart: Cart, at: datetime) -> PricedCart:  # noqa: ARG001 - promotions depend on the moment
    """The price of a cart at a moment, with the trace of every step."""
    trace: list[TraceStep] = []
    gross = [_gross(position, line, trace) for position, line in enumerate(cart.lines)]
    own = [_line_discount(position, line, gross, trace) for position, line in enumerate(cart.lines)]
    shares = _order_discount(cart, [whole - off for whole, off in zip(gross, own, strict=True)], trace)
    lines = tuple(
        PricedLine(gross_minor=whole, discount_minor=off + share, net_minor=whole - off - share)
        for whole, off, share in zip(gross, own, shares, strict=True)
    )
    if cart.shipping_minor:
        trace.append(TraceStep(step=Step.SHIPPING, amount_minor=cart.shipping_minor))
    trace += [TraceStep(step=Step.CHARGE, amount_minor=amount, note=note) for note, amount in cart.charges]
    charges = sum(amount for _, amount in cart.charges)
    total = sum(line.net_minor for line in lines) + cart.shipping_minor + charges
    trace.append(TraceStep(step=Step.TOTAL, amount_minor=total))
    return PricedCart(
        lines=lines,
        subtotal_minor=sum(gross),
        discount_minor=sum(line.discount_minor for line in lines),
        shipping_minor=cart.shipping_minor,
        charges_minor=charges,
        tax_minor=0,
        total_minor=total,
        trace=tuple(trace),
    )


def _gross(position: int, line: CartLine, trace: list[TraceStep]) -> int:
    is_manual = line.unit_price_minor != line.list_price_minor
    step = Step.MANUAL_PRICE if is_manual else Step.UNIT_PRICE
    trace.append(TraceStep(step=step, amount_minor=line.unit_price_minor, line=position, note=line.sku))
    return line.unit_price_minor * line.quantity


def _line_discount(position: int, line: CartLine, gross: Sequence[int], trace: list[TraceStep]) -> int:
    if line.discount.is_none:
        return 0
    given = _clamped(line.discount.of(gross[position]), gross[position], trace, position)
    trace.append(TraceStep(step=Step.LINE_DISCOUNT, amount_minor=-given, line=position))
    return given


def _order_discount(cart: Cart, nets: Sequence[int], trace: list[TraceStep]) -> list[int]:
    if cart.discount.is_none:
        return [0] * len(nets)
    base = sum(nets)
    given = _clamped(cart.discount.of(base), base, trace, None)
    shares = split_minor(given, nets) if given else [0] * len(nets)
    trace.append(TraceStep(step=Step.ORDER_DISCOUNT, amount_minor=-given, note=cart.discount_reason))
    return shares


def _clamped(wanted: int, most: int, trace: list[TraceStep], position: int | None) -> int:
    given = max(0, min(wanted, most))
    if given < wanted:
        trace.append(TraceStep(step=Step.CLAMPED, amount_minor=wanted - given, line=position))
    return given
