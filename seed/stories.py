"""What becomes of an order: when it is paid, confirmed, shipped, delivered, returned; drawn before it is written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from seed import words
from seed.goods import Item
from seed.people import Buyer
from services.core.money import split_minor, unit_shares

FREE_SHIPPING_FROM, SHIPPING = 9_900, 800
STORE = 0


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of an order."""

    item: Item
    quantity: int
    discount_minor: int

    @property
    def net_minor(self) -> int:
        """What the line costs."""
        return self.item.price_minor * self.quantity - self.discount_minor

    def share_minor(self, units: int) -> int:
        """What so many of its units cost; the last units take the rounding rest."""
        return sum(unit_shares(self.net_minor, self.quantity)[:units])


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An order's whole life; what lies after the end of the history has not happened yet."""

    placed_at: datetime
    buyer: Buyer
    channel: int
    lines: tuple[Bought, ...]
    shipping_minor: int
    cancelled_at: datetime | None
    paid_at: datetime | None
    confirmed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    completed_at: datetime | None
    returned_at: datetime | None
    returned: tuple[int, ...]
    is_scrapped: bool
    carrier: tuple[str, str]
    tracking: str
    reason: str
    buyer_note: str

    @property
    def total_minor(self) -> int:
        """What the buyer pays."""
        return sum(line.net_minor for line in self.lines) + self.shipping_minor

    @property
    def refund_minor(self) -> int:
        """What goes back for the returned units."""
        return sum(line.share_minor(units) for line, units in zip(self.lines, self.returned, strict=True))


class Storyteller:
    """Draws stories; the goods bought follow popularity and the day their product came out."""

    def __init__(
        self, items: list[Item], buyers: list[Buyer], channels: list[tuple[int, int, object]], rng: Random
    ) -> None:
        self._rng = rng
        self._items, self._buyers = items, buyers
        self._weights = _cumulated([item.popularity for item in items])
        self._channel_weights = [weight for _, weight, _ in channels]

    def tell(self, placed_at: datetime, progress: float, is_festival: bool) -> Story:
        """One order at `placed_at`; `progress` (0…1) is how much of the history has passed."""
        rng = self._rng
        channel = rng.choices(range(len(self._channel_weights)), self._channel_weights)[0]
        buyer = self._buyers[
            min(
                int(len(self._buyers) * rng.random() ** 1.8 * (0.25 + 0.75 * progress)), len(self._buyers) - 1
            )
        ]
        lines = self._lines(progress, is_festival)
        net = sum(line.net_minor for line in lines)
        shipping = 0 if channel == STORE or net >= FREE_SHIPPING_FROM else SHIPPING
        return Story(
            placed_at=placed_at,
            buyer=buyer,
            channel=channel,
            lines=lines,
            shipping_minor=shipping,
            carrier=rng.choice(words.CARRIERS),
            tracking=f"{rng.randrange(10**12):012d}",
            is_scrapped=rng.random() < 0.15,
            reason=rng.choice(words.RETURN_REASONS),
            buyer_note=rng.choice(words.BUYER_NOTES) if rng.random() < 0.08 else "",
            **self._times(placed_at, channel, lines),
        )

    def _lines(self, progress: float, is_festival: bool) -> tuple[Bought, ...]:
        rng = self._rng
        wanted: dict[int, int] = {}
        for _ in range(rng.choices((1, 2, 3, 4), (52, 27, 14, 7))[0]):
            index = rng.choices(range(len(self._items)), cum_weights=self._weights)[0]
            if self._items[index].since <= progress:
                wanted[index] = wanted.get(index, 0) + rng.choices((1, 2, 3), (82, 14, 4))[0]
        wanted = wanted or {0: 1}
        goods = [(self._items[index], quantity) for index, quantity in wanted.items()]
        gross = [item.price_minor * quantity for item, quantity in goods]
        discounts = split_minor(self._discount(sum(gross), is_festival), gross)
        return tuple(Bought(item, n, less) for (item, n), less in zip(goods, discounts, strict=True))

    def _discount(self, gross: int, is_festival: bool) -> int:
        if is_festival:
            return gross * 15 // 100
        if gross >= 19_900 and self._rng.random() < 0.4:
            return 2_000
        return 0

    def _times(self, placed: datetime, channel: int, lines: tuple[Bought, ...]) -> dict:
        rng = self._rng
        nothing = dict.fromkeys(
            (
                "cancelled_at",
                "paid_at",
                "confirmed_at",
                "shipped_at",
                "delivered_at",
                "completed_at",
                "returned_at",
            )
        )
        none = tuple(0 for _ in lines)
        chance = rng.random()
        if chance < 0.045:
            return {
                **nothing,
                "returned": none,
                "cancelled_at": placed + timedelta(minutes=rng.randrange(30, 1_400)),
            }
        paid = placed + timedelta(seconds=rng.randrange(5, 1_500))
        confirmed = paid + timedelta(minutes=rng.randrange(5, 240))
        if chance < 0.06:
            cancelled = paid + timedelta(minutes=rng.randrange(3, 5))
            return {**nothing, "returned": none, "paid_at": paid, "cancelled_at": cancelled}
        shipped = confirmed + timedelta(minutes=rng.randrange(90, 2_400))
        delivered = shipped + timedelta(minutes=rng.randrange(1_200, 6_000))
        if channel == STORE:
            confirmed = paid + timedelta(seconds=30)
            shipped = confirmed + timedelta(minutes=4)
            delivered = shipped + timedelta(minutes=1)
        times = {
            **nothing,
            "paid_at": paid,
            "confirmed_at": confirmed,
            "shipped_at": shipped,
            "delivered_at": delivered,
            "completed_at": delivered + timedelta(days=7),
            "returned": none,
        }
        if rng.random() < 0.055:
            times["returned_at"] = delivered + timedelta(minutes=rng.randrange(600, 8_000))
            times["returned"] = self._returned(lines)
        return times

    def _returned(self, lines: tuple[Bought, ...]) -> tuple[int, ...]:
        if self._rng.random() < 0.55:
            return tuple(line.quantity for line in lines)
        chosen = self._rng.randrange(len(lines))
        return tuple(1 if place == chosen else 0 for place in range(len(lines)))


def _cumulated(weights: list[int]) -> list[int]:
    total, sums = 0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums
