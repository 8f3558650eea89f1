"""Orders placed per second: 3 lines, reservation, ledger, audit and event, against raw SQLite writing the same rows.

The baseline replays, with the bare sqlite3 driver, exactly the rows that the façade wrote (one transaction an order,
the same tables, indexes and triggers), so the ratio is the price of everything that is not SQLite. Twice: durable on
disk, and with the file in memory, so that only CPU counts (decision 40).
"""

import random
import sqlite3
import time
from collections import defaultdict
from pathlib import Path

from models import Channel, Product, ProductStatus, StockLevel, Variant
from services import orders
from services.orders import OrderLineInput, PlaceOrder, ShipTo
from tests.bench.figures import Figure
from tests.bench.world import CACHE, World

COUNT = 1_000
WRITTEN = (
    "sales_order",
    "order_line",
    "order_charge",
    "shipment",
    "shipment_line",
    "stock_movement",
    "audit",
    "outbox_event",
)


def run(world: World) -> list[Figure]:
    """Both ratios."""
    disk = _measure(world, CACHE / "work", "durable on disk")
    memory = _measure(world, Path("/dev/shm/zhanggui-bench"), "file in memory")
    return [
        Figure("orders placed, durable on disk", *disk, "≥ 0.25"),
        Figure("orders placed, file in memory", *memory, "≥ 0.10"),
    ]


def _measure(world: World, folder: Path, label: str) -> tuple[str, str, str]:
    copy = world.copy("placing", folder)
    before = _highest(copy)
    copy.open()
    wanted = _requests(copy)
    begun = time.perf_counter()
    for request in wanted:
        orders.place_order(request, actor=copy.actor)
    ours = len(wanted) / (time.perf_counter() - begun)
    copy.close()
    transactions = _written(copy, before)
    raw_copy = world.copy("raw", folder)
    raw = len(transactions) / _replay(raw_copy, transactions)
    return f"{ours:,.0f}/s", f"{raw:,.0f}/s raw SQLite", f"{ours / raw:.2f}"


def _requests(world: World) -> list[PlaceOrder]:
    rng = random.Random(7)
    channel = Channel.select().order_by(Channel.id).get().id
    stocked = (
        StockLevel.select(StockLevel.variant)
        .join(Variant)
        .join(Product)
        .where(StockLevel.on_hand - StockLevel.reserved >= 20, Product.status == ProductStatus.ACTIVE)
        .order_by(StockLevel.variant)
        .distinct()
    )
    variants = [row.variant_id for row in stocked]
    made = []
    for number in range(COUNT):
        lines = tuple(OrderLineInput(variant_id=v, quantity=1) for v in rng.sample(variants, 3))
        ship_to = ShipTo(
            name=f"王{number}", phone=f"138{number:08d}", province_code="33", street="文三路 1 号"
        )
        made.append(PlaceOrder(channel_id=channel, lines=lines, ship_to=ship_to))
    return made


def _highest(world: World) -> dict[str, int]:
    with sqlite3.connect(world.settings.sqlite_path) as connection:
        return {
            table: connection.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()[0]
            for table in WRITTEN
        }


def _written(world: World, before: dict[str, int]) -> list[list[tuple[str, tuple]]]:
    """The statements of each order, in order: [(sql, parameters)]."""
    with sqlite3.connect(world.settings.sqlite_path) as connection:
        orders_made = [
            row[0]
            for row in connection.execute(
                "SELECT id FROM sales_order WHERE id > ? ORDER BY id", (before["sales_order"],)
            )
        ]
        rows = {
            table: connection.execute(
                f"SELECT * FROM {table} WHERE id > ? ORDER BY id", (before[table],)
            ).fetchall()
            for table in WRITTEN
        }
    statements: dict[int, list] = defaultdict(list)
    for table in WRITTEN:
        share = len(rows[table]) / len(orders_made)
        marks = ", ".join("?" * len(rows[table][0])) if rows[table] else ""
        for position, row in enumerate(rows[table]):
            statements[int(position / share)].append((f"INSERT INTO {table} VALUES ({marks})", row))
    columns = {"variant": 1, "warehouse": 2, "reserved": 5}
    for position, row in enumerate(rows["stock_movement"]):
        share = len(rows["stock_movement"]) / len(orders_made)
        statements[int(position / share)].append(
            (
                "UPDATE stock_level SET reserved = reserved + ? "
                "WHERE variant_id = ? AND warehouse_id = ? AND on_hand - reserved >= ?",
                (
                    row[columns["reserved"]],
                    row[columns["variant"]],
                    row[columns["warehouse"]],
                    row[columns["reserved"]],
                ),
            )
        )
    return [statements[position] for position in range(len(orders_made))]


def _replay(world: World, transactions: list) -> float:
    connection = sqlite3.connect(world.settings.sqlite_path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    connection.execute("PRAGMA foreign_keys = on")
    connection.execute("PRAGMA cache_size = -32000")
    begun = time.perf_counter()
    for statements in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for sql, parameters in statements:
            connection.execute(sql, parameters)
        connection.execute("COMMIT")
    took = time.perf_counter() - begun
    connection.close()
    return took
