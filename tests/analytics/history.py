"""A small shop with a random history, written straight into its tables: what the warehouse has to follow."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import models as m
from services.core.db import bulk_insert, insert_row, transaction

START = datetime(2026, 8, 1, 15, 40, tzinfo=UTC)  # 23:40 in Shanghai: days turn within minutes
SECRETS = (
    "欧阳锋秘",
    "Zephyrine Quill",
    "13912344321",
    "zephyrine@example.test",
    "莲花路二百零七号",
    "请勿按门铃",
)
PROVINCES = ("33", "44", "11", "")
RATES = (("CNY", 1_000_000), ("USD", 7_123_457), ("GBP", 9_051_111))


class History:
    """Makes a shop and lets things happen in it, the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.number = 0
        self.orders: list[int] = []
        with transaction():
            self.channels = bulk_insert(
                m.Channel,
                [{"code": f"ch{n}", "name_zh": f"渠道{n}", "name_en": f"Channel {n}"} for n in range(3)],
            )
            self.warehouses = bulk_insert(
                m.Warehouse, [{"code": f"W{n}", "name": f"仓{n}"} for n in range(2)]
            )
            self.categories = self._categories()
            self.products = bulk_insert(
                m.Product,
                [
                    {
                        "code": f"P{n}",
                        "name": f"商品{n}",
                        "name_en": f"Product {n}",
                        "category_id": self.pick(self.categories),
                    }
                    for n in range(8)
                ],
            )
            self.variants = bulk_insert(
                m.Variant,
                [
                    {
                        "product_id": self.pick(self.products),
                        "sku": f"SKU-{n}",
                        "price_minor": 1000 + n,
                        "cost_minor": 400 + 7 * n,
                    }
                    for n in range(14)
                ],
            )
            self.customers = bulk_insert(
                m.Customer,
                [
                    {
                        "number": f"C{n}",
                        "name": SECRETS[n % 2],
                        "phone": SECRETS[2],
                        "email": SECRETS[3],
                        "province_code": self.pick(PROVINCES),
                        "note": SECRETS[5],
                    }
                    for n in range(10)
                ],
            )

    def pick(self, items: Any) -> Any:
        return items[self.rng.randrange(len(items))]

    def _categories(self) -> list[int]:
        root = insert_row(m.Category, code="root", name_zh="家居", name_en="Home", path="/")
        m.Category.update(path=f"/{root}/").where(m.Category.id == root).execute()
        made = [root]
        for n in range(3):
            child = insert_row(
                m.Category, code=f"c{n}", name_zh=f"类{n}", name_en=f"Kind {n}", parent_id=root
            )
            m.Category.update(path=f"/{root}/{child}/").where(m.Category.id == child).execute()
            made.append(child)
        return made

    def moment(self) -> datetime:
        return START + timedelta(minutes=self.rng.randrange(0, 100 * 24 * 60))

    def _next(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}-{self.number:05d}"

    # ── things that happen ────────────────────────────────────────────────────

    def step(self) -> None:
        """One random thing, in a transaction of its own."""
        doings = (
            [self.place] * 6
            + [self.decide] * 5
            + [self.refund] * 3
            + [
                self.edit_line,
                self.credit,
                self.move_stock,
                self.move_stock,
                self.move_date,
                self.change_channel,
            ]
            + [
                self.change_customer,
                self.delete_line,
                self.delete_order,
                self.reclassify,
                self.recost,
                self.rename,
            ]
            + [self.send, self.send, self.undo_refund]
        )
        with transaction():
            self.pick(doings)()

    def place(self) -> int:
        currency, rate = self.pick(RATES)
        lines = [
            (self.pick(self.variants), self.rng.randint(1, 4), self.rng.randint(100, 9999))
            for _ in range(self.rng.randint(0, 4))
        ]
        shipping = self.pick((0, 0, 800, 1234))
        goods = sum(quantity * price for _, quantity, price in lines)
        discount = min(goods, self.pick((0, 0, 99)))
        order_id = insert_row(
            m.Order,
            number=self._next("SO"),
            channel_id=self.pick(self.channels),
            customer_id=self.pick([*self.customers, None]),
            status=self.pick(["placed", "placed", "confirmed", "completed", "draft"]),
            payment_state=self.pick(list(m.PaymentState)),
            fulfilment_state=self.pick(list(m.FulfilmentState)),
            ship_name=SECRETS[0],
            ship_phone=SECRETS[2],
            ship_street=SECRETS[4],
            ship_province_code=self.pick(PROVINCES),
            note=SECRETS[5],
            currency=currency,
            rate_ppm=rate,
            item_count=sum(quantity for _, quantity, _ in lines),
            subtotal_minor=goods,
            discount_minor=discount,
            shipping_minor=shipping,
            total_minor=goods - discount + shipping,
            placed_at=self.moment(),
        )
        for position, (variant, quantity, price) in enumerate(lines):
            off = discount if position == 0 else 0
            insert_row(
                m.OrderLine,
                order_id=order_id,
                position=position,
                variant_id=variant if self.rng.random() < 0.9 else None,
                sku="x",
                name="x",
                quantity=quantity,
                unit_price_minor=price,
                unit_cost_minor=price // 3,
                discount_minor=off,
                net_minor=quantity * price - off,
            )
        self.orders.append(order_id)
        return order_id

    def decide(self) -> None:
        self._update_order(status=self.pick(["placed", "confirmed", "completed", "cancelled"]))

    def move_date(self) -> None:
        self._update_order(placed_at=self.moment())

    def change_channel(self) -> None:
        self._update_order(channel=self.pick(self.channels))

    def change_customer(self) -> None:
        self._update_order(customer=self.pick([*self.customers, None]))

    def _update_order(self, **values: Any) -> None:
        if self.orders:
            m.Order.update(**values).where(m.Order.id == self.pick(self.orders)).execute()

    def _line(self) -> Any:
        if not self.orders:
            return None
        return m.OrderLine.select().where(m.OrderLine.order == self.pick(self.orders)).first()

    def edit_line(self) -> None:
        if line := self._line():
            m.OrderLine.update(net_minor=m.OrderLine.net_minor + 37).where(
                m.OrderLine.id == line.id
            ).execute()

    def delete_line(self) -> None:
        line = self._line()
        if line and not m.RefundLine.select().where(m.RefundLine.line == line.id).exists():
            if not m.ShipmentLine.select().where(m.ShipmentLine.line == line.id).exists():
                m.OrderLine.delete().where(m.OrderLine.id == line.id).execute()

    def delete_order(self) -> None:
        if not self.orders:
            return
        order = self.pick(self.orders)
        mine = m.Refund.select(m.Refund.id).where(m.Refund.order == order)
        m.RefundLine.delete().where(m.RefundLine.refund.in_(mine)).execute()
        m.Refund.delete().where(m.Refund.order == order).execute()
        m.Shipment.delete().where(m.Shipment.order == order).execute()
        m.Order.delete().where(m.Order.id == order).execute()
        self.orders.remove(order)

    def refund(self) -> None:
        if not self.orders:
            return
        order = self.pick(self.orders)
        amount = self.rng.randint(50, 900)
        refund_id = insert_row(
            m.Refund,
            order_id=order,
            number=self._next("RF"),
            method="alipay",
            amount_minor=amount,
            reason=SECRETS[5],
            refunded_at=self.moment(),
        )
        line = m.OrderLine.select().where(m.OrderLine.order == order).first()
        if line:
            insert_row(
                m.RefundLine,
                refund_id=refund_id,
                line_id=line.id,
                quantity=1,
                amount_minor=self.rng.randint(0, amount),
            )

    def undo_refund(self) -> None:
        newest = m.Refund.select(m.Refund.id).order_by(m.Refund.id.desc()).limit(1)
        m.Refund.update(status="cancelled").where(m.Refund.id.in_(newest)).execute()

    def credit(self) -> None:
        currency, rate = self.pick(RATES)
        note = insert_row(
            m.CreditNote,
            number=self._next("CN"),
            channel_id=self.pick(self.channels),
            customer_id=self.pick([*self.customers, None]),
            country="United Kingdom",
            currency=currency,
            rate_ppm=rate,
            amount_minor=1234,
            reason=SECRETS[5],
            issued_at=self.moment(),
        )
        insert_row(
            m.CreditNoteLine,
            note_id=note,
            variant_id=self.pick(self.variants),
            sku="x",
            name="x",
            quantity=2,
            amount_minor=1200,
        )

    def move_stock(self) -> None:
        delta = self.rng.randint(-3, 9)
        insert_row(
            m.StockMovement,
            variant_id=self.pick(self.variants),
            warehouse_id=self.pick(self.warehouses),
            kind="receipt",
            on_hand_delta=delta,
            on_hand_after=0,
            reserved_after=0,
            cause_kind="test",
            reason=SECRETS[5],
            actor_name=SECRETS[0],
            at=self.moment(),
        )

    def send(self) -> None:
        if self.orders:
            insert_row(
                m.Shipment,
                order_id=self.pick(self.orders),
                number=self._next("SH"),
                warehouse_id=self.pick([*self.warehouses, None]),
                status=self.pick(["pending", "shipped", "cancelled"]),
            )

    def reclassify(self) -> None:
        m.Product.update(category=self.pick(self.categories)).where(
            m.Product.id == self.pick(self.products)
        ).execute()

    def recost(self) -> None:
        m.Variant.update(cost_minor=self.rng.randint(1, 999)).where(
            m.Variant.id == self.pick(self.variants)
        ).execute()

    def rename(self) -> None:
        m.Channel.update(name_zh=self._next("渠道")).where(m.Channel.id == self.pick(self.channels)).execute()
        m.Customer.update(first_order_at=self.moment()).where(
            m.Customer.id == self.pick(self.customers)
        ).execute()


def grow(history: History, steps: int) -> None:
    """Let `steps` things happen."""
    for _ in range(steps):
        history.step()
