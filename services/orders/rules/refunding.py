"""How much of an order may go back: ceilings per line, for shipping, for the rest and for the whole order.

A line is refunded unit by unit from its stored net: the last unit takes the rounding rest. A unit may be refunded when it
was never shipped or has come back; anything else is a compensation (an amount without a quantity). Refunds asked for but
not yet paid count like paid ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.core.money import unit_shares
from services.core.text import Money, Said, Text

NOTHING = Text("请至少填写一项退款", "Enter at least one amount to refund")
NEGATIVE = Text("退款数量和金额不能为负", "Quantities and amounts to refund cannot be negative")
STRANGER = Text("有一行不属于这张订单", "A line does not belong to this order")
UNITS = Text(
    "「{name}」最多还能按件退 {most} 件:先登记退货,或数量填 0 按金额补偿",
    "“{name}”: at most {most} more units can be refunded. Record the return first, or compensate with quantity 0",
)
COUNTED = Text(
    "「{name}」在这张退货单里清点到的可退 {most} 件",
    "“{name}”: that return counted {most} units that can still be refunded",
)
LINE = Text("「{name}」最多还能退 {most}", "“{name}”: at most {most} can still be refunded")
SHIPPING = Text("运费最多还能退 {most}", "At most {most} of the shipping can still be refunded")
OTHER = Text(
    "其他费用与多付款最多还能退 {most}", "At most {most} of fees and overpayment can still be refunded"
)
ORDER = Text(
    "这张订单已收 {paid}、已退或待退 {granted},最多还能退 {most}",
    "This order has taken {paid} and given back {granted}; at most {most} can still be refunded",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMoney:
    """A line as its refunds see it; granted = asked for or paid."""

    line_id: int
    name: str
    quantity: int
    shipped: int
    returned: int
    net_minor: int
    granted_quantity: int = 0
    granted_minor: int = 0

    @property
    def refundable_quantity(self) -> int:
        """Units that were never shipped or came back, and are not refunded yet."""
        return max(0, self.quantity - self.shipped + self.returned - self.granted_quantity)

    @property
    def refundable_minor(self) -> int:
        """What is left of the line's net."""
        return max(0, self.net_minor - self.granted_minor)

    def worth_of(self, units: int) -> int:
        """The net of the next `units`; with the last unit goes whatever is left."""
        if self.granted_quantity + units >= self.quantity:
            return self.refundable_minor
        shares = unit_shares(self.net_minor, self.quantity)
        worth = sum(shares[self.granted_quantity : self.granted_quantity + units])
        return min(worth, self.refundable_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """An order as its refunds see it."""

    currency: str
    total_minor: int
    paid_minor: int
    shipping_minor: int
    charges_minor: int
    granted_minor: int
    granted_shipping_minor: int
    lines: tuple[LineMoney, ...]

    @property
    def refundable_minor(self) -> int:
        """What is left of what was paid."""
        return max(0, self.paid_minor - self.granted_minor)

    @property
    def refundable_shipping_minor(self) -> int:
        """What is left of the shipping."""
        return max(0, self.shipping_minor - self.granted_shipping_minor)

    @property
    def other_minor(self) -> int:
        """Fees, and what was paid too much."""
        return max(0, self.charges_minor) + max(0, self.paid_minor - self.total_minor)

    @property
    def granted_other_minor(self) -> int:
        """What went back that is neither a line nor shipping."""
        return self.granted_minor - self.granted_shipping_minor - sum(x.granted_minor for x in self.lines)

    @property
    def refundable_other_minor(self) -> int:
        """What is left of the fees and of what was paid too much."""
        return max(0, self.other_minor - self.granted_other_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A refund somebody asks for: per line (units, amount or None for the units' worth)."""

    lines: Mapping[int, tuple[int, int | None]]
    shipping_minor: int = 0
    other_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPlan:
    """A refund that fits under every ceiling, or the reasons why none does."""

    lines: tuple[tuple[int, int, int], ...] = ()
    shipping_minor: int = 0
    total_minor: int = 0
    refused: tuple[Said, ...] = ()


def plan_refund(money: OrderMoney, wanted: Wanted, counted: Mapping[int, int] | None = None) -> RefundPlan:
    """Check a refund against every ceiling; `counted` are the units of a return that it may cover, per line."""
    known = {line.line_id: line for line in money.lines}
    amounts = [amount for _, amount in wanted.lines.values() if amount is not None]
    units = [quantity for quantity, _ in wanted.lines.values()]
    if min((*amounts, *units, wanted.shipping_minor, wanted.other_minor)) < 0:
        return RefundPlan(refused=(Said(NEGATIVE),))
    if set(wanted.lines) - set(known):
        return RefundPlan(refused=(Said(STRANGER),))
    lines, reasons = [], []
    for line_id, (quantity, amount) in sorted(wanted.lines.items()):
        line = known[line_id]
        worth = line.worth_of(quantity) if amount is None else amount
        reasons += _line_reasons(line, quantity, worth, money.currency, counted)
        if quantity or worth:
            lines.append((line_id, quantity, worth))
    total = sum(worth for _, _, worth in lines) + wanted.shipping_minor + wanted.other_minor
    reasons += _order_reasons(money, wanted, total)
    if reasons:
        return RefundPlan(refused=tuple(reasons))
    return RefundPlan(lines=tuple(lines), shipping_minor=wanted.shipping_minor, total_minor=total)


def everything(money: OrderMoney) -> Wanted:
    """All that was paid and not yet given back, for an order of which nothing was shipped."""
    left = money.refundable_minor
    other = min(left, money.refundable_other_minor)
    shipping = min(left - other, money.refundable_shipping_minor)
    left -= other + shipping
    lines: dict[int, tuple[int, int | None]] = {}
    for line in money.lines:
        amount = min(left, line.refundable_minor)
        left -= amount
        if amount:
            whole = amount == line.refundable_minor
            lines[line.line_id] = (line.refundable_quantity if whole else 0, amount)
    return Wanted(lines=lines, shipping_minor=shipping, other_minor=other + left)


def _line_reasons(
    line: LineMoney, quantity: int, amount: int, currency: str, counted: Mapping[int, int] | None
) -> list[Said]:
    reasons = []
    if quantity > line.refundable_quantity:
        reasons.append(Said(UNITS, name=line.name, most=line.refundable_quantity))
    if counted is not None and quantity > counted.get(line.line_id, 0):
        reasons.append(Said(COUNTED, name=line.name, most=counted.get(line.line_id, 0)))
    if amount > line.refundable_minor:
        reasons.append(Said(LINE, name=line.name, most=Money(line.refundable_minor, currency)))
    return reasons


def _order_reasons(money: OrderMoney, wanted: Wanted, total: int) -> Sequence[Said]:
    reasons = []
    if total <= 0:
        return [Said(NOTHING)]
    if wanted.shipping_minor > money.refundable_shipping_minor:
        reasons.append(Said(SHIPPING, most=Money(money.refundable_shipping_minor, money.currency)))
    if wanted.other_minor > money.refundable_other_minor:
        reasons.append(Said(OTHER, most=Money(money.refundable_other_minor, money.currency)))
    if total > money.refundable_minor:
        paid, granted = Money(money.paid_minor, money.currency), Money(money.granted_minor, money.currency)
        reasons.append(
            Said(ORDER, paid=paid, granted=granted, most=Money(money.refundable_minor, money.currency))
        )
    return reasons
