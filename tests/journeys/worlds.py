"""What is in a shop before a journey begins. Each world is a function on an opened, migrated, otherwise empty shop.

Run in a process of its own (`python -m tests.journeys.worlds staffed`, DATA_DIR in the environment), because the
journeys' process never opens a database.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from models import (
    Channel,
    Collection,
    Customer,
    ImportRun,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    Return,
    Staff,
    StockLevel,
    Variant,
)
from seed import SeedSize, last_day, plant
from services import identity, orders
from services.core import clock, import_runs, startup
from services.core.db import transaction
from services.core.options import store_option
from services.core.permissions import ROLE_PRESETS, SYSTEM
from services.core.settings import Settings, load_settings
from tests import factories

HOSTILE = "<img src=x onerror=window.P=1>{{7*7}}"
ADDRESSES = "addresses.json"
PASSWORD = "correct horse 电池 staple"


def empty(settings: Settings) -> None:
    """Nobody and nothing: the first visit is the set-up."""


def staffed(settings: Settings) -> None:
    """One person for each preset role, whose login is the role's code."""
    for role in ROLE_PRESETS:
        person = identity.NewStaff(
            login=role, name=role.title(), password=PASSWORD, roles=(role,), must_change_password=False
        )
        identity.add_staff(person, settings.bcrypt_cost, SYSTEM)


def british(settings: Settings) -> None:
    """Everybody, and nothing else; the books are kept in pounds, as the slice of a real shop's invoices needs it."""
    staffed(settings)
    with transaction():
        store_option("shop.currency", "GBP")
        store_option("shop.timezone", "Europe/London")


def trading(settings: Settings) -> None:
    """Everybody, and three weeks of orders in two channels and four provinces, some of them refunded or cancelled."""
    staffed(settings)
    channels = [factories.make_channel("tmall"), factories.make_channel("wechat")]
    place = factories.make_warehouse("HZ")
    variants = [
        factories.make_variant(price_minor=price, cost_minor=price // 3) for price in (1990, 5900, 12800)
    ]
    today = clock.now()
    with clock.freeze(today - timedelta(days=30)):
        for variant in variants:
            factories.give_stock(variant, place, 60)
    for number in range(18):
        with clock.freeze(today - timedelta(days=20 - number, minutes=7 * number)):
            _trade(number, channels[number % 2], variants)


def _trade(number: int, channel: Channel, variants: list[Variant]) -> None:
    wanted = ((variants[number % 3], 1 + number % 2), (variants[(number + 1) % 3], 1))
    ship_to = orders.ShipTo(
        name="李雷", phone="13800138000", province_code=("33", "44", "11", "51")[number % 4]
    )
    given = {"ship_to": ship_to, "shipping_minor": 800 if number % 5 == 0 else 0}
    if number >= 14:
        factories.place(channel, *wanted, **given)
        return
    order = factories.deliver_paid(channel, *wanted, **given)
    if number % 6 == 0:
        line = OrderLine.get(OrderLine.order == order.id)
        refund = orders.RefundInput(
            order_id=order.id,
            method=PaymentMethod.ALIPAY,
            reason="少件",
            lines=(orders.RefundLineInput(line_id=line.id, quantity=0, amount_minor=700),),
        )
        orders.record_refund(refund, actor=SYSTEM)


def planted(settings: Settings) -> None:
    """A small demo shop in which some names and notes are markup; ADDRESSES names every page with things to show."""
    size = SeedSize(orders=120, products=48, variants=120, customers=40, recent=12, months=2)
    plant(size, last_day(), bcrypt_cost=settings.bcrypt_cost)
    table = settings.data_dir / "hostile.csv"
    table.write_text(f"SKU,品名,售价\nEVIL-1,{HOSTILE},9.90\n,{HOSTILE},{HOSTILE}\n", encoding="utf-8")
    run = import_runs.run_import_file("products", table)
    buyer = factories.make_customer(name=HOSTILE, note=HOSTILE)
    variant = factories.make_variant(name=f"杯{HOSTILE}", description=HOSTILE)
    place = factories.make_warehouse("EVIL", name=HOSTILE)
    level = factories.give_stock(variant, place, 9)
    order = factories.place(
        Channel.get(), (variant, 1), customer_id=buyer.id, note=HOSTILE, buyer_note=HOSTILE,
        ship_to=orders.ShipTo(name=HOSTILE, phone="13800138000", province_code="33", street=HOSTILE),
    )  # fmt: skip
    _write_addresses(settings.data_dir, run, buyer, variant, level, order)


def _write_addresses(
    folder: Path, run: ImportRun, buyer: Customer, variant: Variant, level: StockLevel, order: Order
) -> None:
    """Every address a person can open, from the registry of pages; a page with a parameter needs an entry here."""
    from ui_pages.registry import discover

    returned = Order.get_by_id(Return.select(Return.order).limit(1).scalar())
    filled = {
        "/orders/{number}": (order.number, returned.number),
        "/products/{code}": (
            Product.get_by_id(variant.product_id).code,
            Product.get(Product.cover.is_null(False)).code,
        ),
        "/customers/{number}": (buyer.number, Customer.get(Customer.order_count > 1).number),
        "/inventory/{level}": (level.id,),
        "/collections/{code}": (Collection.get().code,),
        "/imports/{number}": (run.number,),
        "/staff/{login}": (Staff.get().login,),
        "/insights/rows": ("?metric=orders",),
    }
    found: list[str] = []
    for page in discover():
        head, _, _ = page.path.partition("{")
        found += [f"{head}{value}" for value in filled.get(page.path, ("",))]
    (folder / ADDRESSES).write_text(json.dumps(found), encoding="utf-8")


def main(name: str) -> None:
    """Build a world in the data folder of the environment."""
    settings = load_settings()
    startup.open_data(settings)
    identity.ensure_presets()
    globals()[name](settings)
    startup.mark_started()
    startup.close_data()


if __name__ == "__main__":
    main(sys.argv[1])
