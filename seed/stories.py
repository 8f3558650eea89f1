"""What becomes of an order: when it is paid, held, shipped, delivered, returned; drawn before it is written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from models import HoldCause
from seed import words
from seed.goods import Item
from seed.people import Buyer
from seed.seasons import festival_name
from services.core.money import split_minor, unit_shares

FREE_SHIPPING_FROM, SHIPPING = 9_900, 800
SECOND_PERSON_FROM = 100_000
STORE = 0
HOURS_UNPAID = (1, 20)


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of an order, with its share of the discount."""

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


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one warehouse sends: the places of its lines in the order, and its way to the buyer."""

    warehouse_id: int
    places: tuple[int, ...]
    carrier: tuple[str, str]
    tracking: str
    shipped_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason why an order waited, and until when."""

    cause: HoldCause
    detail: str
    opened_at: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An order's whole life; what lies after the end of the history has not happened yet."""

    placed_at: datetime
    buyer: Buyer
    channel: int
    lines: tuple[Bought, ...]
    discount_reason: str
    shipping_minor: int
    payments: tuple[tuple[datetime, int], ...]
    parcels: tuple[Parcel, ...]
    hold: Hold | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    completed_at: datetime | None
    returned_at: datetime | None
    refunded_at: datetime | None
    returned: tuple[int, ...]
    is_scrapped: bool
    reason: str
    buyer_note: str
    reference: str

    @property
    def discount_minor(self) -> int:
        """What the buyer saves."""
        return sum(line.discount_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What the buyer pays."""
        return sum(line.net_minor for line in self.lines) + self.shipping_minor

    @property
    def refund_minor(self) -> int:
        """What goes back for the returned units."""
        return sum(line.share_minor(units) for line, units in zip(self.lines, self.returned, strict=True))

    def warehouse_of(self, place: int) -> int:
        """The warehouse that sends a line."""
        return next(parcel.warehouse_id for parcel in self.parcels if place in parcel.places)


class Storyteller:
    """Draws stories; the goods bought follow popularity and the day their product came out."""

    def __init__(
        self,
        items: list[Item],
        buyers: list[Buyer],
        channels: list[tuple[int, int, object]],
        warehouses: list[int],
        rng: Random,
    ) -> None:
        self._rng = rng
        self._items, self._buyers, self._warehouses = items, buyers, warehouses
        self._weights = _cumulated([item.popularity for item in items])
        self._channels = range(len(channels))
        self._channel_weights = _cumulated([weight for _, weight, _ in channels])

    def tell(self, placed_at: datetime, progress: float) -> Story:
        """One order at `placed_at`; `progress` (0…1) is how much of the history has passed."""
        rng = self._rng
        channel = rng.choices(self._channels, cum_weights=self._channel_weights)[0]
        known = len(self._buyers) * (0.25 + 0.75 * progress)
        buyer = self._buyers[min(int(known * rng.random() ** 1.8), len(self._buyers) - 1)]
        lines, why = self._lines(placed_at, progress)
        net = sum(line.net_minor for line in lines)
        shipping = 0 if channel == STORE or net >= FREE_SHIPPING_FROM else SHIPPING
        return Story(
            placed_at=placed_at,
            buyer=buyer,
            channel=channel,
            lines=lines,
            discount_reason=why,
            shipping_minor=shipping,
            is_scrapped=rng.random() < 0.15,
            buyer_note=rng.choice(words.BUYER_NOTES) if rng.random() < 0.08 else "",
            reference=f"{rng.randrange(10**12):012d}",
            **self._life(placed_at, channel, buyer, lines, net + shipping),
        )

    # ── what is bought ───────────────────────────────────────────────────────────────────────────────────────

    def _lines(self, placed_at: datetime, progress: float) -> tuple[tuple[Bought, ...], str]:
        rng = self._rng
        wanted: dict[int, int] = {}
        for index in rng.choices(
            range(len(self._items)),
            cum_weights=self._weights,
            k=rng.choices((1, 2, 3, 4), (52, 27, 14, 7))[0],
        ):
            if self._items[index].since <= progress:
                wanted[index] = wanted.get(index, 0) + rng.choices((1, 2, 3), (82, 14, 4))[0]
        wanted = wanted or {0: 1}
        goods = [(self._items[index], quantity) for index, quantity in wanted.items()]
        gross = [item.price_minor * quantity for item, quantity in goods]
        less, why = self._discount(sum(gross), placed_at)
        shares = split_minor(less, gross)
        return tuple(Bought(item, n, share) for (item, n), share in zip(goods, shares, strict=True)), why

    def _discount(self, gross: int, placed_at: datetime) -> tuple[int, str]:
        festival = festival_name(placed_at)
        if festival:
            return gross * 15 // 100, festival
        if gross >= 19_900 and self._rng.random() < 0.4:
            return 2_000, words.COUPON
        return 0, ""

    # ── what becomes of it ───────────────────────────────────────────────────────────────────────────────────

    def _life(
        self, placed: datetime, channel: int, buyer: Buyer, lines: tuple[Bought, ...], total: int
    ) -> dict[str, object]:
        rng = self._rng
        chance = rng.random()
        if chance < 0.04:
            cancelled = placed + timedelta(minutes=rng.randrange(30, 1_400))
            return self._short(buyer, lines, cancelled, ())
        paid = self._paid(placed)
        if chance < 0.055 and total <= SECOND_PERSON_FROM:
            return self._short(buyer, lines, paid + timedelta(minutes=rng.randrange(3, 5)), ((paid, total),))
        if channel == STORE:
            paid = placed + timedelta(seconds=rng.randrange(20, 90))
        payments = self._payments(paid, channel, total)
        hold = self._hold(placed) if channel != STORE and rng.random() < 0.025 else None
        ready = max(payments[-1][0], hold.released_at if hold and hold.released_at else placed)
        confirmed = ready + (
            timedelta(seconds=30) if channel == STORE else timedelta(minutes=rng.randrange(5, 240))
        )
        parcels = self._parcels(confirmed, channel, buyer, lines)
        delivered = max(parcel.delivered_at for parcel in parcels if parcel.delivered_at)
        return {
            "payments": payments,
            "parcels": parcels,
            "hold": hold,
            "confirmed_at": confirmed,
            "cancelled_at": None,
            "completed_at": delivered + timedelta(days=7),
            **self._change_of_mind(delivered, lines),
        }

    def _short(
        self,
        buyer: Buyer,
        lines: tuple[Bought, ...],
        cancelled: datetime,
        payments: tuple[tuple[datetime, int], ...],
    ) -> dict[str, object]:
        """An order that is cancelled before anybody confirms it."""
        nothing = dict.fromkeys(("hold", "confirmed_at", "completed_at", "returned_at", "refunded_at"))
        parcel = Parcel(buyer.warehouse_id, tuple(range(len(lines))), words.CARRIERS[0], "", None, None)
        return {
            **nothing,
            "payments": payments,
            "parcels": (parcel,),
            "cancelled_at": cancelled,
            "returned": (0,) * len(lines),
            "reason": self._rng.choice(words.CANCEL_REASONS),
        }

    def _paid(self, placed: datetime) -> datetime:
        rng = self._rng
        if rng.random() < 0.06:
            return placed + timedelta(minutes=rng.randrange(HOURS_UNPAID[0] * 60, HOURS_UNPAID[1] * 60))
        return placed + timedelta(seconds=rng.randrange(5, 1_500))

    def _payments(self, paid: datetime, channel: int, total: int) -> tuple[tuple[datetime, int], ...]:
        """One payment; now and then a deposit and the rest."""
        if channel == STORE or total < 30_000 or self._rng.random() > 0.06:
            return ((paid, total),)
        first = total * 3 // 10
        return ((paid, first), (paid + timedelta(hours=self._rng.randrange(6, 60)), total - first))

    def _hold(self, placed: datetime) -> Hold:
        cause, detail = self._rng.choice(words.HOLDS)
        opened = placed + timedelta(minutes=1)
        return Hold(cause, detail, opened, opened + timedelta(minutes=self._rng.randrange(30, 1_800)))

    def _parcels(
        self, confirmed: datetime, channel: int, buyer: Buyer, lines: tuple[Bought, ...]
    ) -> tuple[Parcel, ...]:
        """One parcel from the nearest warehouse; now and then the last line comes from another one."""
        rng = self._rng
        if channel == STORE:
            sent = confirmed + timedelta(minutes=4)
            counter = Parcel(
                buyer.warehouse_id,
                tuple(range(len(lines))),
                words.COUNTER,
                f"{rng.randrange(10**6):06d}",
                sent,
                sent + timedelta(minutes=1),
            )
            return (counter,)
        first = self._parcel(
            confirmed + timedelta(minutes=rng.randrange(90, 2_400)), buyer.warehouse_id, range(len(lines))
        )
        if len(lines) < 2 or rng.random() > 0.08:
            return (first,)
        other = rng.choice([place for place in self._warehouses if place != buyer.warehouse_id])
        later = confirmed + timedelta(hours=rng.randrange(30, 130))
        whole = Parcel(
            first.warehouse_id,
            first.places[:-1],
            first.carrier,
            first.tracking,
            first.shipped_at,
            first.delivered_at,
        )
        return whole, self._parcel(later, other, range(len(lines) - 1, len(lines)))

    def _parcel(self, shipped: datetime, warehouse_id: int, places: range) -> Parcel:
        rng = self._rng
        delivered = shipped + timedelta(minutes=rng.randrange(1_200, 6_000))
        carrier = rng.choice(words.CARRIERS)
        return Parcel(
            warehouse_id, tuple(places), carrier, f"{rng.randrange(10**12):012d}", shipped, delivered
        )

    def _change_of_mind(self, delivered: datetime, lines: tuple[Bought, ...]) -> dict[str, object]:
        """What comes back within the seven days, and when its money goes back."""
        rng = self._rng
        if rng.random() >= 0.055:
            return {"returned_at": None, "refunded_at": None, "returned": (0,) * len(lines), "reason": ""}
        back = delivered + timedelta(minutes=rng.randrange(600, 8_000))
        if rng.random() < 0.55:
            returned = tuple(line.quantity for line in lines)
        else:
            chosen = rng.randrange(len(lines))
            returned = tuple(1 if place == chosen else 0 for place in range(len(lines)))
        amount = sum(line.share_minor(units) for line, units in zip(lines, returned, strict=True))
        waits = rng.randrange(120, 1_800) if amount > SECOND_PERSON_FROM else 0
        return {
            "returned_at": back,
            "refunded_at": back + timedelta(minutes=waits),
            "returned": returned,
            "reason": rng.choice(words.RETURN_REASONS),
        }


def _cumulated(weights: list[int]) -> list[int]:
    total, sums = 0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums
