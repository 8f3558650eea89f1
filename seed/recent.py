"""The last orders go through the façades, each verb at its moment, as people would have done it."""

import heapq
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from models import HoldCause, Order, OrderSource, PaymentMethod, ReturnDisposition, StockLevel
from seed.stories import Story
from services import inventory, orders
from services.core import clock
from services.core.options import get_option
from services.core.permissions import SYSTEM
from services.orders import (
    CancelOrder,
    Discount,
    HoldInput,
    OrderLineInput,
    PaymentInput,
    PlaceOrder,
    RefundInput,
    RefundLineInput,
    ReturnInput,
    ReturnLineInput,
    ShipInput,
    ShipTo,
)

SPARE = 15


class Clerks:
    """Carries out stories by the verbs that people use."""

    def __init__(self, channels: list[tuple[int, int, PaymentMethod]], end: datetime, rng: Random) -> None:
        self._channels, self._end, self._rng = channels, end, rng
        self._due: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._count = 0
        self._limit = get_option("orders.refund_limit_minor")

    def live(self, stories: list[Story], begins_at: datetime, tell: Callable[[int], None]) -> None:
        """Stock up, then let everything happen in the order of time up to the end."""
        with clock.freeze(begins_at):
            self._stock_up(stories)
        for story in stories:
            self._at(story.placed_at, lambda story=story: self._place(story))
        done = 0
        while self._due and self._due[0][0] <= self._end:
            at, _, act = heapq.heappop(self._due)
            with clock.freeze(at):
                act()
            done += 1
            if done % 50 == 0:
                tell(done)

    def _at(self, at: datetime | None, act: Callable[[], Any]) -> None:
        if at is not None:
            self._count += 1
            heapq.heappush(self._due, (at, self._count, act))

    def _stock_up(self, stories: list[Story]) -> None:
        demand: dict[tuple[int, int], int] = defaultdict(int)
        for story in stories:
            for line in story.lines:
                demand[line.item.variant_id, story.buyer.warehouse_id] += line.quantity
        levels = {
            (level.variant_id, level.warehouse_id): level.on_hand - level.reserved
            for level in StockLevel.select()
        }
        for (variant_id, warehouse_id), wanted in sorted(demand.items()):
            missing = wanted - levels.get((variant_id, warehouse_id), 0)
            if missing > 0:
                receipt = inventory.StockReceipt(
                    variant_id=variant_id,
                    warehouse_id=warehouse_id,
                    quantity=missing + self._rng.randrange(SPARE),
                    reason="采购到货",
                )
                inventory.receive_stock(receipt, actor=SYSTEM)

    def _place(self, story: Story) -> None:
        buyer = story.buyer
        lines = tuple(
            OrderLineInput(
                variant_id=line.item.variant_id,
                quantity=line.quantity,
                discount=Discount(amount_minor=line.discount_minor),
            )
            for line in story.lines
        )
        wanted = PlaceOrder(
            channel_id=self._channels[story.channel][0],
            customer_id=buyer.customer_id,
            lines=lines,
            ship_to=ShipTo(
                name=buyer.name,
                phone=buyer.phone,
                province_code=buyer.province,
                city_code=buyer.city,
                district_code=buyer.district,
                street=buyer.street,
            ),
            shipping_minor=story.shipping_minor,
            discount_reason="活动优惠",
            buyer_note=story.buyer_note,
            warehouse_id=buyer.warehouse_id,
            source=OrderSource.DEMO,
        )
        if self._rng.random() < 0.01:
            orders.save_draft(wanted, actor=SYSTEM)
            return
        order = orders.place_order(wanted, actor=SYSTEM)
        self._follow(order, story)

    def _follow(self, order: Order, story: Story) -> None:
        method = self._channels[story.channel][2]
        self._at(story.paid_at, lambda: self._pay(order, story, method))
        if story.cancelled_at:
            if story.paid_at and story.total_minor > self._limit:
                return
            back = method if story.paid_at else None
            cancel = CancelOrder(order_id=order.id, reason=story.reason, refund_method=back)
            self._at(story.cancelled_at, lambda: orders.cancel_order(cancel, actor=SYSTEM))
            return
        if self._rng.random() < 0.03:
            hold = HoldInput(
                order_id=order.id, cause=HoldCause.BUYER_NOTE, detail=story.buyer_note or "买家要求改地址"
            )
            self._at(story.placed_at + timedelta(minutes=1), lambda: orders.hold_order(hold, actor=SYSTEM))
            return
        self._at(story.confirmed_at, lambda: orders.confirm_order(order.id, actor=SYSTEM))
        ship = ShipInput(
            order_id=order.id, carrier=story.carrier[0], tracking_number=story.carrier[1] + story.tracking
        )
        self._at(story.shipped_at, lambda: orders.ship_order(ship, actor=SYSTEM))
        self._at(story.delivered_at, lambda: orders.deliver_order(order.id, actor=SYSTEM))
        self._at(story.returned_at, lambda: self._take_back(order, story, method))
        self._at(story.completed_at, lambda: orders.complete_order(order.id, actor=SYSTEM))

    def _pay(self, order: Order, story: Story, method: PaymentMethod) -> None:
        paid = PaymentInput(
            order_id=order.id, method=method, amount_minor=story.total_minor, reference=story.tracking
        )
        orders.record_payment(paid, actor=SYSTEM)

    def _take_back(self, order: Order, story: Story, method: PaymentMethod) -> None:
        found = orders.detail(order.number, SYSTEM)
        disposition = ReturnDisposition.SCRAP if story.is_scrapped else ReturnDisposition.RESTOCK
        counted = [(line.id, units) for line, units in zip(found.lines, story.returned, strict=True) if units]
        back = orders.record_return(
            ReturnInput(
                order_id=order.id,
                lines=tuple(
                    ReturnLineInput(line_id=line_id, quantity=units, disposition=disposition)
                    for line_id, units in counted
                ),
                reason=story.reason,
            ),
            actor=SYSTEM,
        )
        refund = RefundInput(
            order_id=order.id,
            method=method,
            reason=story.reason,
            lines=tuple(RefundLineInput(line_id=line_id, quantity=units) for line_id, units in counted),
            return_id=back.id,
        )
        orders.record_refund(refund, actor=SYSTEM)
