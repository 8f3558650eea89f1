"""Eighteen months of orders in bulk: each story becomes rows, day by day, in bounded memory."""

from collections import Counter, defaultdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from models import (
    Audit,
    MovementKind,
    NumberSequence,
    Order,
    OrderCharge,
    OrderHold,
    OrderLine,
    OrderStatus,
    Payment,
    PaymentMethod,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    StockLevel,
    StockMovement,
)
from seed.people import Buyer
from seed.pricing import trace_of
from seed.scribe import Sheet, instant
from seed.seasons import ZONE_SHIFT
from seed.shelves import Shelves
from seed.stories import Parcel, Story
from services.core import audit
from services.core.crypto import keyring, phone_index, phone_tail_index
from services.core.db import bulk_insert, transaction
from services.core.permissions import SYSTEM, Actor
from services.orders import fulfilment_state, payment_state

ROWS_A_TRANSACTION = 20_000
ORDER = (
    "number source channel_id customer_id status payment_state fulfilment_state open_holds ship_name ship_phone "
    "ship_phone_bidx ship_phone_tail_bidx ship_province_code ship_city_code ship_district_code ship_street buyer_note "
    "currency item_count subtotal_minor discount_minor shipping_minor total_minor paid_minor refunded_minor placed_at "
    "confirmed_at paid_at shipped_at delivered_at completed_at cancelled_at created_at updated_at price_trace"
)
LINE = (
    "order_id position variant_id sku name quantity shipped_qty returned_qty refunded_qty refunded_minor "
    "unit_price_minor unit_cost_minor discount_minor net_minor"
)
SHIPMENT = "order_id number warehouse_id status carrier tracking_number weight_g shipped_at delivered_at"
REFUND = "order_id back_id number status method amount_minor shipping_minor reason requester_key approved_by refunded_at"


class Historian:
    """Turns stories into rows and hands them to the database a few days at a time."""

    def __init__(
        self,
        shelves: Shelves,
        channels: list[tuple[int, int, PaymentMethod]],
        people: dict[str, Actor],
        end: datetime,
        *,
        explains: bool,
    ) -> None:
        self._shelves, self._channels, self._people, self._end = shelves, channels, people, end
        self._orders = Sheet(Order, ORDER)
        self._lines = Sheet(OrderLine, LINE)
        self._charges = Sheet(OrderCharge, "order_id kind amount_minor")
        self._holds = Sheet(OrderHold, "order_id cause detail owner_id opened_at released_at released_by")
        self._payments = Sheet(Payment, "order_id number method amount_minor reference received_at")
        self._shipments = Sheet(Shipment, SHIPMENT)
        self._packed = Sheet(ShipmentLine, "shipment_id line_id quantity")
        self._returns = Sheet(Return, "order_id number status warehouse_id reason received_at")
        self._came_back = Sheet(ReturnLine, "back_id line_id quantity disposition")
        self._refunds = Sheet(Refund, REFUND)
        self._refunded = Sheet(RefundLine, "refund_id line_id quantity amount_minor")
        self._explains = explains
        self._series: Counter[str] = Counter()
        self._sealed = lru_cache(maxsize=20_000)(_sealed)
        self._told: list[tuple[str, int, dict[str, Any]]] = []

    @property
    def _sheets(self) -> tuple[Sheet, ...]:
        return (
            self._orders, self._lines, self._charges, self._holds, self._payments, self._shipments, self._packed,
            self._returns, self._came_back, self._refunds, self._refunded, self._shelves.sheet,
        )  # fmt: skip

    @staticmethod
    def tables() -> tuple[Any, ...]:
        """The models whose rows a historian writes in bulk."""
        return (
            Order, OrderLine, OrderCharge, OrderHold, Payment, Shipment, ShipmentLine, Return, ReturnLine, Refund,
            RefundLine, StockMovement, Audit,
        )  # fmt: skip

    def write_day(self, stories: list[Story], opens_at: datetime, starved: frozenset[int]) -> None:
        """Supply the day, write its orders, and let its stock movements happen."""
        self._shelves.advance(opens_at)
        if (opens_at + ZONE_SHIFT).day == 1:
            self._shelves.look_through(opens_at)
        demand: dict[tuple[int, int], int] = defaultdict(int)
        for story in stories:
            for parcel in story.parcels:
                for place in parcel.places:
                    line = story.lines[place]
                    demand[line.item.variant_id, parcel.warehouse_id] += line.quantity
        self._shelves.supply(demand, opens_at, starved)
        for story in stories:
            self._order(story)
        if stories:
            self._shelves.advance(stories[-1].placed_at)
        if sum(len(sheet) for sheet in self._sheets) > ROWS_A_TRANSACTION:
            self.flush()

    def finish(self, until: datetime) -> None:
        """Let the rest happen up to `until`, write everything, the levels and the number series."""
        self._shelves.advance(until)
        self.flush()
        with transaction():
            bulk_insert(StockLevel, self._shelves.level_rows(), ids=False)
            series = [{"prefix": name, "last": last} for name, last in sorted(self._series.items())]
            bulk_insert(NumberSequence, series, ids=False)

    def flush(self) -> None:
        """Write the rows gathered so far in one transaction."""
        with transaction():
            for sheet in self._sheets:
                sheet.write()
            audit.record_many(SYSTEM, "create", self._told)
        self._told = []

    # ── one order ────────────────────────────────────────────────────────────────────────────────────────────

    def _happened(self, at: datetime | None) -> bool:
        return at is not None and at <= self._end

    def _stamp(self, at: datetime | None) -> int | None:
        return instant(at) if at is not None and at <= self._end else None

    def _number(self, prefix: str, at: datetime) -> str:
        local = at + ZONE_SHIFT
        series = _series(prefix, local.year, local.month, local.day)
        self._series[series] += 1
        return f"{series}-{self._series[series]:04d}"

    def _order(self, story: Story) -> None:
        number = self._number("SO", story.placed_at)
        order_id = self._header(story, number)
        self._told.append(("order", order_id, {"number": number, "total_minor": story.total_minor}))
        line_ids = [self._line(order_id, place, story) for place in range(len(story.lines))]
        if story.shipping_minor:
            self._charges.add(order_id, "shipping", story.shipping_minor)
        self._hold(order_id, story)
        method = self._channels[story.channel][2].value
        for at, amount in story.payments:
            if self._happened(at):
                self._payments.add(
                    order_id, self._number("PM", at), method, amount, story.reference, instant(at)
                )
        for position, parcel in enumerate(story.parcels, 1):
            self._parcel(story, parcel, order_id, f"{number}-{position}", number, line_ids)
        if self._happened(story.cancelled_at) and story.payments:
            self._undo(order_id, story, method, line_ids)
        if self._happened(story.returned_at):
            self._take_back(order_id, story, method, line_ids)

    def _header(self, story: Story, number: str) -> int:
        buyer, happened, stamp = story.buyer, self._happened, self._stamp
        sealed = self._sealed(buyer)
        total = story.total_minor
        units = sum(line.quantity for line in story.lines)
        paid = sum(amount for at, amount in story.payments if happened(at))
        refunded = self._refunded_minor(story, paid)
        shipped, delivered = self._units_moved(story)
        back = sum(story.returned) if happened(story.returned_at) else 0
        last_paid = story.payments[-1][0] if story.payments else None
        shipped_at = max((p.shipped_at for p in story.parcels if p.shipped_at), default=None)
        delivered_at = max((p.delivered_at for p in story.parcels if p.delivered_at), default=None)
        moments = [
            instant(story.placed_at),
            *map(
                stamp,
                (last_paid, story.confirmed_at, shipped_at, delivered_at, story.completed_at),
            ),
            *map(stamp, (story.cancelled_at, story.returned_at, story.refunded_at)),
        ]
        return self._orders.add(
            number,
            "demo",
            self._channels[story.channel][0],
            buyer.customer_id,
            _status(*(happened(at) for at in (story.cancelled_at, story.completed_at, story.confirmed_at))),
            payment_state(total, paid, refunded).value,
            fulfilment_state(units, shipped, delivered, back).value,
            1 if self._is_held(story) else 0,
            buyer.name,
            *sealed[:3],
            buyer.province,
            buyer.city,
            buyer.district,
            sealed[3],
            story.buyer_note,
            "CNY",
            units,
            sum(line.item.price_minor * line.quantity for line in story.lines),
            story.discount_minor,
            story.shipping_minor,
            total,
            paid,
            refunded,
            moments[0],
            moments[2],
            moments[1],
            moments[3],
            moments[4],
            moments[5],
            moments[6],
            moments[0],
            max(moment for moment in moments if moment),
            trace_of(story) if self._explains else None,
        )

    def _refunded_minor(self, story: Story, paid: int) -> int:
        if self._happened(story.cancelled_at):
            return paid
        return story.refund_minor if self._happened(story.refunded_at) else 0

    def _units_moved(self, story: Story) -> tuple[int, int]:
        shipped = delivered = 0
        for parcel in story.parcels:
            if self._happened(parcel.shipped_at):
                units = sum(story.lines[place].quantity for place in parcel.places)
                shipped += units
                delivered += units if self._happened(parcel.delivered_at) else 0
        return shipped, delivered

    def _is_held(self, story: Story) -> bool:
        hold = story.hold
        return hold is not None and self._happened(hold.opened_at) and not self._happened(hold.released_at)

    def _hold(self, order_id: int, story: Story) -> None:
        hold, agent = story.hold, self._people["agent"]
        if hold is not None and self._happened(hold.opened_at):
            released = self._stamp(hold.released_at)
            self._holds.add(
                order_id, hold.cause.value, hold.detail, agent.staff_id, instant(hold.opened_at), released,
                agent.name if released else "",
            )  # fmt: skip

    def _line(self, order_id: int, place: int, story: Story) -> int:
        line, quantity = story.lines[place], story.lines[place].quantity
        sent = next(parcel.shipped_at for parcel in story.parcels if place in parcel.places)
        back = story.returned[place] if self._happened(story.returned_at) else 0
        undone = self._happened(story.cancelled_at) and bool(story.payments)
        settled = back if self._happened(story.refunded_at) else 0
        item = line.item
        return self._lines.add(
            order_id,
            place,
            item.variant_id,
            item.sku,
            item.name,
            quantity,
            quantity if self._happened(sent) else 0,
            back,
            quantity if undone else settled,
            line.net_minor if undone else line.share_minor(settled) if settled else 0,
            item.price_minor,
            item.cost_minor,
            line.discount_minor,
            line.net_minor,
        )

    def _parcel(
        self, story: Story, parcel: Parcel, order_id: int, name: str, number: str, line_ids: list[int]
    ) -> None:
        is_shipped, is_delivered = self._happened(parcel.shipped_at), self._happened(parcel.delivered_at)
        status = "delivered" if is_delivered else "shipped" if is_shipped else "pending"
        lines = [story.lines[place] for place in parcel.places]
        shipment_id = self._shipments.add(
            order_id,
            name,
            parcel.warehouse_id,
            "cancelled" if self._happened(story.cancelled_at) else status,
            parcel.carrier[0] if is_shipped else "",
            parcel.carrier[1] + parcel.tracking if is_shipped else "",
            sum(line.item.weight_g * line.quantity for line in lines),
            self._stamp(parcel.shipped_at),
            self._stamp(parcel.delivered_at),
        )
        placed, sold = ("order", order_id, number, ""), ("shipment", shipment_id, name, "")
        for place, line in zip(parcel.places, lines, strict=True):
            self._packed.add(shipment_id, line_ids[place], line.quantity)
            key, units = (line.item.variant_id, parcel.warehouse_id), line.quantity
            self._shelves.plan(story.placed_at, MovementKind.RESERVE, key, 0, units, placed)
            if story.cancelled_at:
                self._shelves.plan(story.cancelled_at, MovementKind.RELEASE, key, 0, -units, placed)
            elif parcel.shipped_at:
                self._shelves.plan(parcel.shipped_at, MovementKind.SALE, key, -units, -units, sold)

    # ── what goes back ───────────────────────────────────────────────────────────────────────────────────────

    def _undo(self, order_id: int, story: Story, method: str, line_ids: list[int]) -> None:
        at, agent = story.cancelled_at, self._people["agent"]
        refund_id = self._refunds.add(
            order_id, None, self._number("RF", at), "paid", method, story.total_minor, story.shipping_minor,
            story.reason, agent.key, "", instant(at),
        )  # fmt: skip
        for line_id, line in zip(line_ids, story.lines, strict=True):
            self._refunded.add(refund_id, line_id, line.quantity, line.net_minor)

    def _take_back(self, order_id: int, story: Story, method: str, line_ids: list[int]) -> None:
        at, number = story.returned_at, self._number("RT", story.returned_at)
        places = [place for place, units in enumerate(story.returned) if units]
        return_id = self._returns.add(
            order_id, number, "received", story.warehouse_of(places[0]), story.reason, instant(at)
        )
        refund_id = self._refund(order_id, story, method, return_id)
        for place in places:
            line, units = story.lines[place], story.returned[place]
            self._came_back.add(
                return_id, line_ids[place], units, "scrap" if story.is_scrapped else "restock"
            )
            self._refunded.add(refund_id, line_ids[place], units, line.share_minor(units))
            if not story.is_scrapped:
                key = (line.item.variant_id, story.warehouse_of(place))
                cause = ("return", return_id, number, story.reason)
                self._shelves.plan(at, MovementKind.RETURN, key, units, 0, cause)

    def _refund(self, order_id: int, story: Story, method: str, return_id: int) -> int:
        """Within the limit it is paid with the return; above, when a second person has agreed."""
        is_paid, asked = self._happened(story.refunded_at), story.returned_at
        second = story.refunded_at != story.returned_at
        return self._refunds.add(
            order_id,
            return_id,
            self._number("RF", asked),
            "paid" if is_paid else "requested",
            method,
            story.refund_minor,
            0,
            story.reason,
            self._people["agent"].key,
            self._people["operations"].name if second and is_paid else "",
            instant(story.refunded_at if is_paid else asked),
        )


def _status(is_cancelled: bool, is_completed: bool, is_confirmed: bool) -> str:
    if is_cancelled:
        return OrderStatus.CANCELLED.value
    if is_completed:
        return OrderStatus.COMPLETED.value
    return OrderStatus.CONFIRMED.value if is_confirmed else OrderStatus.PLACED.value


@lru_cache(maxsize=2_000)
def _series(prefix: str, year: int, month: int, day: int) -> str:
    return f"{prefix}-{year:04d}{month:02d}{day:02d}"


def _sealed(buyer: Buyer) -> tuple[bytes, str | None, str | None, bytes]:
    """Phone with its indexes, and street: sealed once a buyer, as equal rows tell no more than equal indexes do."""
    phone, street = (
        keyring().seal(buyer.phone, Order.ship_phone.place),
        keyring().seal(buyer.street, Order.ship_street.place),
    )
    return phone, phone_index(buyer.phone), phone_tail_index(buyer.phone), street
