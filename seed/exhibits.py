"""Orders that no chance would make: two parcels, a refund that waits for a second person, a compensation, quotes."""

from collections.abc import Callable
from typing import Any

from models import (
    Order,
    PaymentMethod,
    Product,
    ProductStatus,
    Shipment,
    ShipmentStatus,
    StockLevel,
    Variant,
    Warehouse,
)
from seed import words
from seed.people import Buyer
from seed.stories import SECOND_PERSON_FROM
from services import inventory, orders
from services.core.permissions import SYSTEM, Actor
from services.orders import (
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

QUOTES, SPLITS = 3, 3
ORDERS = 2 + QUOTES + SPLITS
COMPENSATION_MINOR = 1_000


class Exhibits:
    """Acts at shares of the last days, on variants that no other order of these days wants."""

    def __init__(
        self,
        people: dict[str, Actor],
        channel_id: int,
        method: PaymentMethod,
        buyers: list[Buyer],
        wanted: frozenset[int],
    ) -> None:
        self._people, self._channel_id, self._method = people, channel_id, method
        self._buyers, self._wanted = buyers, wanted
        self._orders: dict[str, Order] = {}

    def acts(self) -> list[tuple[float, Callable[[], Any]]]:
        """(share of the time, act), in order."""
        acts: list[tuple[float, Callable[[], Any]]] = [
            *self._journey("big", 0.02, self._place_big),
            *self._journey("scratched", 0.04, self._place_scratched),
            (0.70, self._compensate),
            (0.80, self._return_big),
            (0.62, self._adjust),
        ]
        for number in range(SPLITS):
            name, share = f"split {number}", 0.40 + 0.07 * number
            acts += [
                (share, lambda name=name, number=number: self._place_split(name, number)),
                (share + 0.01, lambda name=name: self._pay(name)),
                (share + 0.04, lambda name=name: self._confirm(name)),
                (share + 0.16, lambda name=name: self._ship(name, only_first=True)),
            ]
        acts += [
            (0.86 + 0.03 * number, lambda number=number: self._quote(number)) for number in range(QUOTES)
        ]
        return acts

    def _journey(
        self, name: str, share: float, place: Callable[[], None]
    ) -> list[tuple[float, Callable[[], Any]]]:
        return [
            (share, place),
            (share + 0.01, lambda: self._pay(name)),
            (share + 0.03, lambda: self._confirm(name)),
            (share + 0.10, lambda: self._ship(name)),
            (share + 0.45, lambda: self._deliver(name)),
        ]

    # ── placing ──────────────────────────────────────────────────────────────────────────────────────────────

    def _place(self, name: str, variant_id: int, units: int, buyer: Buyer, warehouse_id: int | None) -> None:
        self._orders[name] = orders.place_order(
            self._wanted_order(variant_id, units, buyer, warehouse_id), actor=SYSTEM
        )

    def _wanted_order(
        self, variant_id: int, units: int, buyer: Buyer, warehouse_id: int | None
    ) -> PlaceOrder:
        return PlaceOrder(
            channel_id=self._channel_id,
            customer_id=buyer.customer_id,
            lines=(OrderLineInput(variant_id=variant_id, quantity=units),),
            ship_to=ShipTo(
                name=buyer.name,
                phone=buyer.phone,
                province_code=buyer.province,
                city_code=buyer.city,
                district_code=buyer.district,
                street=buyer.street,
            ),
            warehouse_id=warehouse_id,
        )

    def _place_big(self) -> None:
        """An order of which a part above the refund limit will come back."""
        variant = self._free_variants().order_by(Variant.price_minor.desc(), Variant.id).first()
        units = SECOND_PERSON_FROM // variant.price_minor + 2
        buyer = self._buyers[0]
        self._receive(variant.id, buyer.warehouse_id, units)
        self._place("big", variant.id, units, buyer, buyer.warehouse_id)

    def _place_scratched(self) -> None:
        variant = self._free_variants().order_by(Variant.id).first()
        buyer = self._buyers[1]
        self._receive(variant.id, buyer.warehouse_id, 2)
        self._place("scratched", variant.id, 2, buyer, buyer.warehouse_id)

    def _place_split(self, name: str, number: int) -> None:
        """More units than any single warehouse has, so that the order leaves in two parcels."""
        buyer = self._buyers[2 + number]
        variant = self._free_variants().order_by(Variant.cost_minor, Variant.id).offset(number).first()
        for warehouse in Warehouse.select().order_by(Warehouse.id).limit(2):
            self._receive(variant.id, warehouse.id, 3)
        most = max(
            level.on_hand - level.reserved
            for level in StockLevel.select().where(StockLevel.variant == variant.id)
        )
        self._place(name, variant.id, most + 1, buyer, None)

    def _free_variants(self) -> Any:
        active = Variant.select().join(Product).where(Product.status == ProductStatus.ACTIVE)
        return active.where(Variant.id.not_in(sorted(self._wanted)))

    def _receive(self, variant_id: int, warehouse_id: int, units: int) -> None:
        receipt = inventory.StockReceipt(
            variant_id=variant_id, warehouse_id=warehouse_id, quantity=units, reason=words.RECEIVED
        )
        inventory.receive_stock(receipt, actor=self._people["warehouse"])

    # ── what follows ─────────────────────────────────────────────────────────────────────────────────────────

    def _pay(self, name: str) -> None:
        order = self._orders[name]
        paid = PaymentInput(order_id=order.id, method=self._method, amount_minor=order.total_minor)
        orders.record_payment(paid, actor=SYSTEM)

    def _confirm(self, name: str) -> None:
        orders.confirm_order(self._orders[name].id, actor=self._people["operations"])

    def _ship(self, name: str, *, only_first: bool = False) -> None:
        order = self._orders[name]
        first = (
            Shipment.select()
            .where(Shipment.order == order.id, Shipment.status == ShipmentStatus.PENDING)
            .order_by(Shipment.id)
            .first()
        )
        carrier, code = words.CARRIERS[0]
        ship = ShipInput(
            order_id=order.id,
            carrier=carrier,
            tracking_number=f"{code}{order.id:012d}",
            shipment_id=first.id if only_first else None,
        )
        orders.ship_order(ship, actor=self._people["warehouse"])

    def _deliver(self, name: str) -> None:
        orders.deliver_order(self._orders[name].id, actor=self._people["warehouse"])

    def _return_big(self) -> None:
        """All but one unit comes back; the refund is above the limit and waits for a second person."""
        order = self._orders["big"]
        line = orders.detail(order.number, SYSTEM).lines[0]
        units = line.quantity - 1
        back = orders.record_return(
            ReturnInput(
                order_id=order.id,
                lines=(ReturnLineInput(line_id=line.id, quantity=units),),
                reason=words.RETURN_REASONS[0],
            ),
            actor=self._people["warehouse"],
        )
        asked = RefundInput(
            order_id=order.id,
            method=self._method,
            reason=words.RETURN_REASONS[0],
            lines=(RefundLineInput(line_id=line.id, quantity=units),),
            return_id=back.id,
        )
        orders.record_refund(asked, actor=self._people["agent"])

    def _compensate(self) -> None:
        order = self._orders["scratched"]
        line = orders.detail(order.number, SYSTEM).lines[0]
        amount = min(COMPENSATION_MINOR, line.net_minor)
        given = RefundInput(
            order_id=order.id,
            method=self._method,
            reason=words.COMPENSATED,
            lines=(RefundLineInput(line_id=line.id, quantity=0, amount_minor=amount),),
        )
        orders.record_refund(given, actor=self._people["agent"])

    def _adjust(self) -> None:
        """Somebody counted a shelf and found one more."""
        level = (
            StockLevel.select()
            .where(StockLevel.on_hand > StockLevel.reserved, StockLevel.variant.not_in(sorted(self._wanted)))
            .order_by(StockLevel.id)
            .first()
        )
        if level is not None:
            change = inventory.StockAdjustment(
                variant_id=level.variant_id, warehouse_id=level.warehouse_id, delta=1, reason=words.COUNTED
            )
            inventory.adjust_stock(change, actor=self._people["warehouse"])

    def _quote(self, number: int) -> None:
        variant = self._free_variants().order_by(Variant.id).offset(number).first()
        buyer = self._buyers[2 + SPLITS + number]
        orders.save_draft(
            self._wanted_order(variant.id, 10 * (number + 1), buyer, None), actor=self._people["operations"]
        )
