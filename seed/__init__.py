"""The demo shop 青禾生活: deterministic by a seed number and a last day; history in bulk, the newest orders by verbs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models import (
    TABLES,
    Channel,
    EventStatus,
    OptionValue,
    Order,
    OutboxEvent,
    PaymentMethod,
    Staff,
    Text,
    WarehouseChange,
    db,
)
from seed import words
from seed.goods import Item, plant_goods
from seed.history import Historian
from seed.people import plant_customers, plant_places, plant_staff
from seed.quick import bare
from seed.recent import Clerks
from seed.seasons import moments, orders_by_day
from seed.shelves import Shelves
from seed.size import SeedSize
from seed.stories import Story, Storyteller
from services import identity
from services.core import clock
from services.core.db import is_sqlite, transaction
from services.core.errors import Conflict
from services.core.options import store_option
from services.core.permissions import Actor

__all__ = ["ZONE", "SeedSize", "Stage", "last_day", "plant"]

ZONE = ZoneInfo("Asia/Shanghai")
DAYS_A_MONTH = 30.44
LAST_HOUR = 10
EXPLAINED = 50_000
UNFINISHED = "seed.unfinished"
STARVED_SHARE = 0.08
STARVED_DAYS = 40


class Stage(NamedTuple):
    """What the seed is at, and how far (of `total`)."""

    text: Text
    done: int
    total: int


Tell = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """What the whole seed works on."""

    size: SeedSize
    first: date
    until: date
    start: datetime
    end: datetime
    rng: Random
    people: dict[str, Actor]
    warehouses: dict[str, int]
    channels: list[tuple[int, int, PaymentMethod]]
    tell: Tell


def plant(
    size: SeedSize, until: date, seed: int = 7, *, bcrypt_cost: int = 12, tell: Tell = lambda stage: None
) -> None:
    """Build the shop as it stands at ten o'clock on the day `until`. Raises Conflict when the shop is not empty."""
    _check_empty()
    end = datetime(until.year, until.month, until.day, LAST_HOUR, tzinfo=ZONE).astimezone(clock.UTC)
    first = until - timedelta(days=int(size.months * DAYS_A_MONTH))
    start = clock.day_start(first, ZONE)
    rng = Random(f"{seed}/{until}")  # noqa: S311 - a demo, not a secret
    with clock.freeze(start):
        identity.ensure_presets()
        _name_the_shop()
        people = plant_staff(bcrypt_cost)
        warehouses, channels = plant_places()
        world = _World(
            size=size, first=first, until=until, start=start, end=end, rng=rng, people=people,
            warehouses=warehouses, channels=channels, tell=tell,
        )  # fmt: skip
        tell(Stage(Text("商品与图片", "Goods and pictures"), 0, size.orders))
        items = plant_goods(size, first, end, rng)
        tell(Stage(Text("客户", "Customers"), 0, size.orders))
        buyers = plant_customers(size, rng, start, end, warehouses)
    shelves = _open_shelves(world, items)
    with clock.freeze(end):
        teller = Storyteller(items, buyers, channels, sorted(warehouses.values()), rng)
        with bare(Historian.tables()):
            later, begins_at = _history(world, shelves, teller, items)
        _advance_sequences()
        recent = Stage(Text("最近的订单", "Recent orders"), size.orders, size.orders)
        Clerks(channels, people, shelves, end, rng).live(later, begins_at, lambda: tell(recent))
        _count_purchases()
        _settle()


def last_day() -> date:
    """The newest day whose ten o'clock has passed: the default end of the history."""
    return clock.business_day(clock.now() - timedelta(hours=LAST_HOUR), ZONE)


def _open_shelves(world: _World, items: list[Item]) -> Shelves:
    """The stock the shop opens with: everything in the first warehouse, a part in the others."""
    shelves = Shelves(world.rng)
    for place, (code, *_, share) in enumerate(words.WAREHOUSES):
        chosen = [
            item.variant_id for number, item in enumerate(items) if place == 0 or (number * 37) % 100 < share
        ]
        shelves.open(chosen, world.warehouses[code], world.start)
    return shelves


def _history(
    world: _World, shelves: Shelves, teller: Storyteller, items: list[Item]
) -> tuple[list[Story], datetime]:
    """Write all but the newest orders; returns those, and the moment at which they begin."""
    explains = world.size.orders <= EXPLAINED
    historian = Historian(shelves, world.channels, world.people, world.end, explains=explains)
    starving = frozenset(item.variant_id for item in items if world.rng.random() < STARVED_SHARE)
    bulk = world.size.orders - world.size.recent
    later: list[Story] = []
    begins_at, told = world.end, 0
    length = max(1, (world.until - world.first).days)
    for day, count in orders_by_day(world.size.orders, world.first, world.until, LAST_HOUR):
        opens_at = clock.day_start(day, ZONE)
        hours = LAST_HOUR if day == world.until else 24
        progress = (day - world.first).days / length
        seconds = moments(count, hours, world.rng)
        stories = [teller.tell(opens_at + timedelta(seconds=second), progress) for second in seconds]
        past = stories[: max(0, bulk - told)]
        if len(past) < len(stories) and not later:
            begins_at = past[-1].placed_at if past else opens_at
        later += stories[len(past) :]
        if past or not later:
            starved = starving if (world.until - day).days < STARVED_DAYS else frozenset()
            historian.write_day(past, opens_at, starved)
        told += len(past)
        world.tell(Stage(Text("历史订单", "Order history"), told, world.size.orders))
    historian.finish(begins_at)
    return later, begins_at


def _check_empty() -> None:
    if OptionValue.select().where(OptionValue.key == UNFINISHED).exists():
        text = Text(
            "上次建演示店中途停止了,请删除数据目录后重新开始",
            "The last planting of the demo shop was interrupted: delete the data folder and start again",
        )
        raise Conflict(text)
    if Staff.select().exists() or Order.select().exists() or Channel.select().exists():
        raise Conflict(Text("演示店只能建在空的数据目录里", "The demo shop needs an empty data folder"))


def _name_the_shop() -> None:
    with transaction():
        store_option(UNFINISHED, True)
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
    """Forget what only a living shop needs, and refresh the planner's statistics.

    The counters are right already, so no handler may count the events again; the warehouse is built whole at its first
    start, so nobody needs the log of changes.
    """
    with transaction():
        OptionValue.delete().where(OptionValue.key == UNFINISHED).execute()
        OutboxEvent.update(status=EventStatus.DONE).where(OutboxEvent.status == EventStatus.PENDING).execute()
        WarehouseChange.delete().execute()
    db.execute_sql("ANALYZE")
