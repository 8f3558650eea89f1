"""The demo shop 青禾生活: deterministic by a seed number and a last day; history in bulk, the newest orders by verbs."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models import TABLES, Channel, Order, Staff, Text, WarehouseChange, db
from seed import words
from seed.goods import plant_goods
from seed.history import Historian
from seed.people import plant_customers, plant_places, plant_staff
from seed.recent import Clerks
from seed.seasons import is_festival, moments, orders_by_day
from seed.shelves import Shelves
from seed.size import SeedSize
from seed.stories import Storyteller
from services import identity
from services.core import clock
from services.core.db import is_sqlite, transaction
from services.core.errors import Conflict
from services.core.options import store_option

__all__ = ["ZONE", "SeedSize", "Stage", "last_day", "plant"]

ZONE = ZoneInfo("Asia/Shanghai")
DAYS_A_MONTH = 30.44
LAST_HOUR = 10
STARVED_SHARE = 0.05
STARVED_DAYS = 12


class Stage(NamedTuple):
    """What the seed is at, and how far (of `total`)."""

    text: Text
    done: int
    total: int


Tell = Callable[[Stage], None]


def plant(
    size: SeedSize, until: date, seed: int = 7, *, bcrypt_cost: int = 12, tell: Tell = lambda stage: None
) -> None:
    """Build the shop as it stands at ten o'clock on the day `until`. Raises Conflict when the shop is not empty."""
    if Staff.select().exists() or Order.select().exists() or Channel.select().exists():
        raise Conflict(Text("演示店只能建在空的数据目录里", "The demo shop needs an empty data folder"))
    end = datetime(until.year, until.month, until.day, LAST_HOUR, tzinfo=ZONE).astimezone(clock.UTC)
    first = until - timedelta(days=int(size.months * DAYS_A_MONTH))
    start = clock.day_start(first, ZONE)
    rng = Random(f"{seed}/{until}")  # noqa: S311 - a demo, not a secret
    with clock.freeze(start):
        identity.ensure_presets()
        _name_the_shop()
        plant_staff(bcrypt_cost)
        warehouses, channels = plant_places()
        tell(Stage(Text("商品与图片", "Goods and pictures"), 0, size.orders))
        items = plant_goods(size, rng)
        tell(Stage(Text("客户", "Customers"), 0, size.orders))
        buyers = plant_customers(size, rng, start, warehouses)
    shelves = Shelves(rng)
    for place, (code, *_, share) in enumerate(words.WAREHOUSES):
        chosen = [
            item.variant_id for number, item in enumerate(items) if place == 0 or (number * 37) % 100 < share
        ]
        shelves.open(chosen, warehouses[code], start)
    teller = Storyteller(items, buyers, channels, rng)
    with clock.freeze(end):
        later, begins_at = _history(size, first, until, end, shelves, channels, teller, items, rng, tell)
        _advance_sequences()
        Clerks(channels, end, rng).live(
            later,
            begins_at,
            lambda done: tell(Stage(Text("最近的订单", "Recent orders"), size.orders, size.orders)),
        )
        _count_purchases()
        _settle()


def last_day() -> date:
    """The newest day whose ten o'clock has passed: the default end of the history."""
    return clock.business_day(clock.now() - timedelta(hours=LAST_HOUR), ZONE)


def _history(
    size: SeedSize,
    first: date,
    until: date,
    end: datetime,
    shelves: Shelves,
    channels: list,
    teller: Storyteller,
    items: list,
    rng: Random,
    tell: Tell,
) -> tuple[list, datetime]:
    """Write all but the newest orders; returns those, and the moment at which they begin."""
    historian = Historian(shelves, channels, end, ZONE)
    starving = frozenset(item.variant_id for item in items if rng.random() < STARVED_SHARE)
    bulk = size.orders - size.recent
    later: list = []
    begins_at, told = end, 0
    for day, count in orders_by_day(size.orders, first, until):
        opens_at = clock.day_start(day, ZONE)
        progress = (day - first).days / max(1, (until - first).days)
        hours = LAST_HOUR if day == until else 24
        stories = [
            teller.tell(opens_at + timedelta(seconds=second), progress, is_festival(day))
            for second in moments(count, hours, rng)
        ]
        now_bulk = stories[: max(0, bulk - told)]
        rest = stories[len(now_bulk) :]
        if rest and not later:
            begins_at = opens_at
        later += rest
        starved = starving if (until - day).days < STARVED_DAYS else frozenset()
        historian.write_day(now_bulk, opens_at, starved)
        told += len(now_bulk)
        tell(Stage(Text("历史订单", "Order history"), told, size.orders))
    historian.finish()
    return later, begins_at


def _name_the_shop() -> None:
    with transaction():
        for key, value in (
            ("shop.name", words.SHOP_NAME),
            ("shop.currency", "CNY"),
            ("shop.timezone", "Asia/Shanghai"),
            ("shop.is_demo", True),
        ):
            store_option(key, value)


def _count_purchases() -> None:
    """Customers' counters, from the orders just written."""
    mine = "FROM sales_order o WHERE o.customer_id = customer.id AND o.status <> 'draft'"
    living = f"{mine} AND o.status <> 'cancelled'"
    with transaction():
        db.execute_sql(
            f"UPDATE customer SET order_count = (SELECT COUNT(*) {living}), "  # noqa: S608
            f"spent_minor = (SELECT COALESCE(SUM(o.total_minor - o.refunded_minor), 0) {living}), "
            f"first_order_at = (SELECT MIN(o.placed_at) {mine}), last_order_at = (SELECT MAX(o.placed_at) {mine})"
        )


def _advance_sequences() -> None:
    """PostgreSQL: ids given by hand do not move a table's sequence."""
    if is_sqlite():
        return
    with transaction():
        for model in TABLES:
            table = model._meta.table_name
            last = f"COALESCE(MAX(id), 0) + 1, false) FROM {table}"
            db.execute_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last}")


def _settle() -> None:
    """Forget the change log (the warehouse is built whole at its first start) and refresh the planner's statistics."""
    with transaction():
        WarehouseChange.delete().execute()
    db.execute_sql("ANALYZE")
