"""Eighteen months of orders in bulk: each story becomes rows, day by day, in bounded memory."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models import (
    ChargeKind,
    MovementKind,
    NumberSequence,
    Order,
    OrderCharge,
    OrderLine,
    OrderSource,
    OrderStatus,
    Payment,
    PaymentMethod,
    Refund,
    RefundLine,
    RefundStatus,
    Return,
    ReturnDisposition,
    ReturnLine,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
    StockLevel,
    StockMovement,
)
from seed.shelves import Shelves
from seed.stories import Story
from services.core import audit
from services.core.clock import business_day
from services.core.crypto import phone_index, phone_tail_index
from services.core.db import bulk_insert, chunks, transaction
from services.core.permissions import SYSTEM
from services.orders import fulfilment_state, payment_state

WRITTEN: tuple[Any, ...] = (
    Order, OrderLine, OrderCharge, Payment, Shipment, ShipmentLine, Return, ReturnLine, Refund, RefundLine,
)  # fmt: skip
BATCH = 1_000


class Historian:
    """Turns stories into rows and hands them to the database a day at a time."""

    def __init__(
        self, shelves: Shelves, channels: list[tuple[int, int, PaymentMethod]], end: datetime, zone: ZoneInfo
    ) -> None:
        self._shelves, self._channels, self._end, self._zone = shelves, channels, end, zone
        self._ids: Counter[Any] = Counter()
        self._rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        self._series: Counter[str] = Counter()
        self._told: list[tuple[int, str, int]] = []

    def write_day(self, stories: list[Story], opens_at: datetime, starved: frozenset[int]) -> None:
        """Supply the day, write its orders, and let its stock movements happen."""
        demand: dict[tuple[int, int], int] = defaultdict(int)
        for story in stories:
            for line in story.lines:
                demand[line.item.variant_id, story.buyer.warehouse_id] += line.quantity
        self._shelves.supply(demand, opens_at, starved)
        for story in stories:
            self._order(story)
        closes_at = min(self._end, stories[-1].placed_at) if stories else opens_at
        self._shelves.advance(closes_at)
        if sum(len(rows) for rows in self._rows.values()) > BATCH * 8:
            self.flush()

    def finish(self) -> None:
        """Let the rest happen up to the end, write everything, the levels and the number series."""
        self._shelves.advance(self._end)
        self.flush()
        with transaction():
            bulk_insert(StockLevel, self._shelves.level_rows(), ids=False)
            bulk_insert(
                NumberSequence,
                [{"prefix": series, "last": last} for series, last in sorted(self._series.items())],
                ids=False,
            )

    def flush(self) -> None:
        """Write the rows gathered so far in one transaction."""
        movements = self._shelves.take_rows()
        with transaction():
            for model in WRITTEN:
                for part in chunks(self._rows[model], BATCH):
                    bulk_insert(model, part, ids=False)
            for part in chunks(movements, BATCH):
                bulk_insert(StockMovement, part, ids=False)
            audit.record_many(
                SYSTEM,
                "order.seed",
                [
                    ("order", order_id, {"number": number, "total_minor": total})
                    for order_id, number, total in self._told
                ],
            )
        self._rows.clear()
        self._told.clear()

    # ── one order ────────────────────────────────────────────────────────────────────────────────────────────

    def _happened(self, at: datetime | None) -> datetime | None:
        return at if at is not None and at <= self._end else None

    def _number(self, prefix: str, at: datetime) -> str:
        series = f"{prefix}-{business_day(at, self._zone):%Y%m%d}"
        self._series[series] += 1
        return f"{series}-{self._series[series]:04d}"

    def _add(self, model: Any, **values: Any) -> int:
        self._ids[model] += 1
        self._rows[model].append({"id": self._ids[model], **values})
        return self._ids[model]

    def _order(self, story: Story) -> None:
        order_id = self._ids[Order] + 1
        number = self._number("SO", story.placed_at)
        self._header(story, number)
        self._told.append((order_id, number, story.total_minor))
        line_ids = [self._line(order_id, place, story) for place in range(len(story.lines))]
        if story.shipping_minor:
            self._add(
                OrderCharge, order_id=order_id, kind=ChargeKind.SHIPPING, amount_minor=story.shipping_minor
            )
        paid_at = self._happened(story.paid_at)
        if paid_at:
            self._add(
                Payment,
                order_id=order_id,
                number=self._number("PM", paid_at),
                method=self._channels[story.channel][2],
                amount_minor=story.total_minor,
                reference=story.tracking,
                received_at=paid_at,
            )
        self._parcel(story, order_id, number, line_ids)
        self._move_stock(story, order_id, number)
        self._give_back(story, order_id, line_ids)

    def _header(self, story: Story, number: str) -> None:
        buyer, happened = story.buyer, self._happened
        total = story.total_minor
        gross = sum(line.item.price_minor * line.quantity for line in story.lines)
        units = sum(line.quantity for line in story.lines)
        cancelled, completed = happened(story.cancelled_at), happened(story.completed_at)
        confirmed, returned_at = happened(story.confirmed_at), happened(story.returned_at)
        shipped, delivered = happened(story.shipped_at), happened(story.delivered_at)
        paid = total if happened(story.paid_at) else 0
        back = sum(story.returned) if returned_at else 0
        refunded = story.refund_minor if returned_at else (paid if cancelled else 0)
        moments = [story.placed_at, cancelled, completed, confirmed, returned_at, shipped, delivered]
        self._add(
            Order,
            number=number,
            source=OrderSource.DEMO,
            channel_id=self._channels[story.channel][0],
            customer_id=buyer.customer_id,
            status=_status(cancelled, completed, confirmed),
            payment_state=payment_state(total, paid, refunded),
            fulfilment_state=fulfilment_state(
                units, units if shipped else 0, units if delivered else 0, back
            ),
            ship_name=buyer.name,
            ship_phone=buyer.phone,
            ship_phone_bidx=phone_index(buyer.phone),
            ship_phone_tail_bidx=phone_tail_index(buyer.phone),
            ship_province_code=buyer.province,
            ship_city_code=buyer.city,
            ship_district_code=buyer.district,
            ship_street=buyer.street,
            buyer_note=story.buyer_note,
            currency="CNY",
            item_count=units,
            subtotal_minor=gross,
            discount_minor=sum(line.discount_minor for line in story.lines),
            shipping_minor=story.shipping_minor,
            total_minor=total,
            paid_minor=paid,
            refunded_minor=refunded,
            placed_at=story.placed_at,
            confirmed_at=confirmed,
            paid_at=happened(story.paid_at),
            shipped_at=shipped,
            delivered_at=delivered,
            completed_at=completed,
            cancelled_at=cancelled,
            created_at=story.placed_at,
            updated_at=max(at for at in moments if at),
        )

    def _line(self, order_id: int, place: int, story: Story) -> int:
        line = story.lines[place]
        back = story.returned[place] if self._happened(story.returned_at) else 0
        undone = bool(self._happened(story.cancelled_at) and self._happened(story.paid_at))
        return self._add(
            OrderLine,
            order_id=order_id,
            position=place,
            variant_id=line.item.variant_id,
            sku=line.item.sku,
            name=line.item.name,
            quantity=line.quantity,
            shipped_qty=line.quantity if self._happened(story.shipped_at) else 0,
            returned_qty=back,
            refunded_qty=line.quantity if undone else back,
            refunded_minor=line.net_minor if undone else line.share_minor(back),
            unit_price_minor=line.item.price_minor,
            unit_cost_minor=line.item.cost_minor,
            discount_minor=line.discount_minor,
            net_minor=line.net_minor,
        )

    def _parcel(self, story: Story, order_id: int, number: str, line_ids: list[int]) -> None:
        shipped, delivered = self._happened(story.shipped_at), self._happened(story.delivered_at)
        status = ShipmentStatus.PENDING
        if self._happened(story.cancelled_at):
            status = ShipmentStatus.CANCELLED
        elif shipped:
            status = ShipmentStatus.DELIVERED if delivered else ShipmentStatus.SHIPPED
        shipment_id = self._add(
            Shipment,
            order_id=order_id,
            number=f"{number}-1",
            warehouse_id=story.buyer.warehouse_id,
            status=status,
            carrier=story.carrier[0] if shipped else "",
            tracking_number=story.carrier[1] + story.tracking if shipped else "",
            weight_g=sum(line.item.weight_g * line.quantity for line in story.lines),
            shipped_at=shipped,
            delivered_at=delivered,
        )
        for line_id, line in zip(line_ids, story.lines, strict=True):
            self._add(ShipmentLine, shipment_id=shipment_id, line_id=line_id, quantity=line.quantity)

    def _move_stock(self, story: Story, order_id: int, number: str) -> None:
        cause = ("order", order_id, number)
        for line in story.lines:
            key, units = (line.item.variant_id, story.buyer.warehouse_id), line.quantity
            self._shelves.plan(story.placed_at, MovementKind.RESERVE, key, 0, units, cause)
            if story.cancelled_at:
                self._shelves.plan(story.cancelled_at, MovementKind.RELEASE, key, 0, -units, cause)
            elif story.shipped_at:
                self._shelves.plan(story.shipped_at, MovementKind.SALE, key, -units, -units, cause)

    def _give_back(self, story: Story, order_id: int, line_ids: list[int]) -> None:
        method = self._channels[story.channel][2]
        cancelled, returned_at = self._happened(story.cancelled_at), self._happened(story.returned_at)
        if cancelled and self._happened(story.paid_at):
            refund_id = self._refund(
                order_id, method, story.total_minor, story.shipping_minor, story.reason, cancelled
            )
            for line_id, line in zip(line_ids, story.lines, strict=True):
                self._refund_line(refund_id, line_id, line.quantity, line.net_minor)
        if not returned_at:
            return
        disposition = ReturnDisposition.SCRAP if story.is_scrapped else ReturnDisposition.RESTOCK
        number = self._number("RT", returned_at)
        return_id = self._add(
            Return,
            order_id=order_id,
            number=number,
            warehouse_id=story.buyer.warehouse_id,
            reason=story.reason,
            received_at=returned_at,
        )
        refund_id = self._refund(
            order_id, method, story.refund_minor, 0, story.reason, returned_at, return_id
        )
        for line_id, line, units in zip(line_ids, story.lines, story.returned, strict=True):
            if units:
                self._add(
                    ReturnLine, back_id=return_id, line_id=line_id, quantity=units, disposition=disposition
                )
                self._refund_line(refund_id, line_id, units, line.share_minor(units))
                if not story.is_scrapped:
                    key = (line.item.variant_id, story.buyer.warehouse_id)
                    self._shelves.plan(
                        returned_at, MovementKind.RETURN, key, units, 0, ("return", return_id, number)
                    )

    def _refund(
        self,
        order_id: int,
        method: PaymentMethod,
        amount: int,
        shipping: int,
        reason: str,
        at: datetime,
        return_id: int | None = None,
    ) -> int:
        return self._add(
            Refund,
            order_id=order_id,
            back_id=return_id,
            number=self._number("RF", at),
            status=RefundStatus.PAID,
            method=method,
            amount_minor=amount,
            shipping_minor=shipping,
            reason=reason,
            refunded_at=at,
        )

    def _refund_line(self, refund_id: int, line_id: int, units: int, amount: int) -> None:
        self._add(RefundLine, refund_id=refund_id, line_id=line_id, quantity=units, amount_minor=amount)


def _status(
    cancelled: datetime | None, completed: datetime | None, confirmed: datetime | None
) -> OrderStatus:
    if cancelled:
        return OrderStatus.CANCELLED
    if completed:
        return OrderStatus.COMPLETED
    return OrderStatus.CONFIRMED if confirmed else OrderStatus.PLACED
