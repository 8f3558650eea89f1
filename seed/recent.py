"""The last orders go through the façades, each verb at its moment, as people would have done it."""

import heapq
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from models import Order, PaymentMethod, ReturnDisposition, StockLevel
from seed import words
from seed.exhibits import ORDERS, Exhibits
from seed.fates import fated
from seed.shelves import Shelves
from seed.stories import Story
from services import inventory, orders
from services.core import clock
from services.core.db import transaction
from services.core.permissions import SYSTEM, Actor
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
ACTS_A_TRANSACTION = 25


class Clerks:
    """Carries out stories by the verbs that people use."""

    def __init__(
        self,
        channels: list[tuple[int, int, PaymentMethod]],
        people: dict[str, Actor],
        shelves: Shelves,
        end: datetime,
        rng: Random,
    ) -> None:
        self._channels, self._people, self._shelves = channels, people, shelves
        self._end, self._rng = end, rng
        self._due: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._count = 0

    def live(self, stories: list[Story], begins_at: datetime, tell: Callable[[], None]) -> None:
        """Stock up, then let everything happen in the order of time up to the end; exhibits stand in for the first."""
        replaced = stories[:ORDERS] if len(stories) >= ORDERS * 2 else []
        stories = stories[len(replaced) :]
        with clock.freeze(begins_at):
            demand = self._stock_up(stories)
        for number, story in enumerate(stories):
            chosen = fated(story, number, len(stories))
            self._at(chosen.placed_at, lambda story=chosen: self._place(story))
        if replaced:
            channel_id, _, method = self._channels[1]
            buyers = [story.buyer for story in replaced]
            exhibits = Exhibits(self._people, channel_id, method, buyers, frozenset(v for v, _ in demand))
            for share, act in exhibits.acts():
                self._at(begins_at + (self._end - begins_at) * share, act)
        while self._due and self._due[0][0] <= self._end:
            self._some_acts()
            tell()
        with transaction():
            self._shelves.settle(self._end)

    def _some_acts(self) -> None:
        """A few acts in one transaction: each is a command of its own, but a demo need not survive each alone."""
        with transaction():
            for _ in range(ACTS_A_TRANSACTION):
                if not self._due or self._due[0][0] > self._end:
                    return
                at, _, act = heapq.heappop(self._due)
                self._shelves.settle(at)
                with clock.freeze(at):
                    act()

    def _at(self, at: datetime | None, act: Callable[[], Any]) -> None:
        if at is not None:
            self._count += 1
            heapq.heappush(self._due, (at, self._count, act))

    def _stock_up(self, stories: list[Story]) -> dict[tuple[int, int], int]:
        """Receive what the stories need beyond what is there; returns what they need."""
        demand: dict[tuple[int, int], int] = defaultdict(int)
        for story in stories:
            for line in story.lines:
                demand[line.item.variant_id, story.buyer.warehouse_id] += line.quantity
        levels = {
            (level.variant_id, level.warehouse_id): level.on_hand - level.reserved
            for level in StockLevel.select()
        }
        with transaction():
            for (variant_id, warehouse_id), wanted in sorted(demand.items()):
                missing = wanted - levels.get((variant_id, warehouse_id), 0)
                if missing > 0:
                    receipt = inventory.StockReceipt(
                        variant_id=variant_id,
                        warehouse_id=warehouse_id,
                        quantity=missing + self._rng.randrange(SPARE),
                        reason=words.RECEIVED,
                    )
                    inventory.receive_stock(receipt, actor=self._people["warehouse"])
        return demand

    def _place(self, story: Story) -> None:
        buyer = story.buyer
        wanted = PlaceOrder(
            channel_id=self._channels[story.channel][0],
            customer_id=buyer.customer_id,
            lines=tuple(
                OrderLineInput(variant_id=line.item.variant_id, quantity=line.quantity)
                for line in story.lines
            ),
            ship_to=ShipTo(
                name=buyer.name,
                phone=buyer.phone,
                province_code=buyer.province,
                city_code=buyer.city,
                district_code=buyer.district,
                street=buyer.street,
            ),
            shipping_minor=story.shipping_minor,
            discount=Discount(amount_minor=story.discount_minor),
            discount_reason=story.discount_reason,
            buyer_note=story.buyer_note,
            warehouse_id=buyer.warehouse_id,
        )
        order = orders.place_order(wanted, actor=SYSTEM)
        self._follow(order, story)

    def _follow(self, order: Order, story: Story) -> None:
        method = self._channels[story.channel][2]
        people = self._people
        for at, amount in story.payments:
            self._at(at, lambda amount=amount: self._pay(order, story, method, amount))
        if story.hold:
            hold = HoldInput(
                order_id=order.id,
                cause=story.hold.cause,
                detail=story.hold.detail,
                owner_id=people["agent"].staff_id,
            )
            self._at(story.hold.opened_at, lambda: self._hold(hold, story))
        if story.cancelled_at:
            back = method if story.payments else None
            cancel = CancelOrder(order_id=order.id, reason=story.reason, refund_method=back)
            self._at(story.cancelled_at, lambda: orders.cancel_order(cancel, actor=people["agent"]))
            return
        self._at(story.confirmed_at, lambda: orders.confirm_order(order.id, actor=people["operations"]))
        parcel = story.parcels[0]
        ship = ShipInput(
            order_id=order.id,
            carrier=parcel.carrier[0],
            tracking_number=parcel.carrier[1] + parcel.tracking,
            weight_g=sum(line.item.weight_g * line.quantity for line in story.lines),
        )
        self._at(parcel.shipped_at, lambda: orders.ship_order(ship, actor=people["warehouse"]))
        self._at(parcel.delivered_at, lambda: orders.deliver_order(order.id, actor=people["warehouse"]))
        self._at(story.returned_at, lambda: self._take_back(order, story, method))
        self._at(story.completed_at, lambda: orders.complete_order(order.id, actor=SYSTEM))

    def _pay(self, order: Order, story: Story, method: PaymentMethod, amount: int) -> None:
        paid = PaymentInput(order_id=order.id, method=method, amount_minor=amount, reference=story.reference)
        orders.record_payment(paid, actor=SYSTEM)

    def _hold(self, hold: HoldInput, story: Story) -> None:
        opened = orders.hold_order(hold, actor=self._people["agent"])
        until = story.hold.released_at if story.hold else None
        self._at(until, lambda: orders.release_hold(opened.id, actor=self._people["agent"]))

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
            actor=self._people["warehouse"],
        )
        asked = RefundInput(
            order_id=order.id,
            method=method,
            reason=story.reason,
            lines=tuple(RefundLineInput(line_id=line_id, quantity=units) for line_id, units in counted),
            return_id=back.id,
        )
        refund = orders.record_refund(asked, actor=self._people["agent"])
        if story.refunded_at and story.returned_at and story.refunded_at > story.returned_at:
            self._at(
                story.refunded_at + timedelta(seconds=1),
                lambda: orders.approve_refund(refund.id, actor=self._people["operations"]),
            )
