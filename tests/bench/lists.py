"""First page and search of the big lists, against the naive OFFSET page with a full count in raw SQLite."""

import sqlite3
from dataclasses import replace

from services import orders
from services.core.listing import Listing, ListQuery, paginate
from services.rest import catalogue
from tests.bench.figures import Figure, median_ms
from tests.bench.world import World

GOAL = "≤ 50 ms"


def run(world: World) -> list[Figure]:
    """Order and product lists."""
    world.open()
    try:
        return [*_orders(world), *_products(world)]
    finally:
        world.close()


def _orders(world: World) -> list[Figure]:
    raw = sqlite3.connect(world.settings.sqlite_path)
    listing = orders.ORDERS

    def naive() -> None:
        raw.execute("SELECT * FROM sales_order ORDER BY placed_at DESC LIMIT 25 OFFSET 0").fetchall()
        raw.execute("SELECT COUNT(*) FROM sales_order").fetchone()

    def naive_search() -> None:
        raw.execute(
            "SELECT * FROM sales_order WHERE ship_name LIKE '%小明%' ORDER BY placed_at DESC LIMIT 25"
        ).fetchall()

    first = ListQuery()
    deep = paginate(listing, replace(first, sort="placed_at"), world.actor).next_cursor
    figures = [
        _figure("order list, first page", world, listing, first, naive),
        _figure(
            "order list, page by cursor, other sort",
            world,
            listing,
            ListQuery(sort="placed_at", cursor=deep),
            naive,
        ),
        _figure("order list, view to ship", world, listing, ListQuery(view="to_ship"), naive),
        _figure("order search by name fragment", world, listing, ListQuery(search="王小明"), naive_search),
        _figure("order search by number", world, listing, ListQuery(search="SO-2026"), naive_search),
        _figure("order search by phone tail", world, listing, ListQuery(search="4321"), naive_search),
    ]
    raw.close()
    return figures


def _products(world: World) -> list[Figure]:
    raw = sqlite3.connect(world.settings.sqlite_path)

    def naive() -> None:
        raw.execute("SELECT * FROM product ORDER BY updated_at DESC LIMIT 25").fetchall()
        raw.execute("SELECT COUNT(*) FROM product").fetchone()

    figures = [
        _figure("product list, first page", world, catalogue.PRODUCTS, ListQuery(), naive),
        _figure("product search", world, catalogue.PRODUCTS, ListQuery(search="杯"), naive),
    ]
    raw.close()
    return figures


def _figure(what: str, world: World, listing: Listing, query: ListQuery, naive: object) -> Figure:
    ours = median_ms(lambda: paginate(listing, query, world.actor))
    base = median_ms(naive)  # type: ignore[arg-type]
    return Figure(what, f"{ours:.1f} ms", f"{base:.1f} ms naive SQL", f"{ours / base:.1f}", GOAL)
