"""The first page's figures over the warehouse, cold and warm, against the same sums in SQL over the books."""

import sqlite3
from datetime import timedelta

from services import analytics
from services.core.clock import day_bounds
from services.core.options import business_zone
from tests.bench.figures import Figure, median_ms, seconds
from tests.bench.world import World


def run(world: World) -> list[Figure]:
    """Cold: the file just opened, nothing cached. Warm: the answers of this version are cached."""
    world.open()
    analytics.open_warehouse(world.settings.data_dir)
    analytics.rebuild_warehouse()
    analytics.close_warehouse()
    analytics.open_warehouse(world.settings.data_dir)
    try:
        cold = seconds(lambda: _page(world)) * 1000
        warm = median_ms(lambda: _page(world))
        naive = median_ms(lambda: _naive(world), times=3)
    finally:
        analytics.close_warehouse()
        world.close()
    return [
        Figure(
            "dashboard figures, cold",
            f"{cold:.0f} ms",
            f"{naive:.0f} ms SQL over the books",
            f"{cold / naive:.2f}",
            "≤ 300 ms",
        ),
        Figure(
            "dashboard figures, warm",
            f"{warm:.1f} ms",
            f"{naive:.0f} ms SQL over the books",
            f"{warm / naive:.3f}",
        ),
    ]


def _page(world: World) -> None:
    actor = world.actor
    today, minute = analytics.local_now()
    period = analytics.period_of("28d", today)
    before = analytics.previous(period, today, minute)
    analytics.cards(period, before, actor)
    analytics.trend_of("revenue", period, before, actor)
    analytics.slices(("revenue",), "channel", period, actor, top=8)
    analytics.slices(("revenue",), "province", period, actor, top=40)
    analytics.slices(("revenue", "units", "refunds"), "product", period, actor, top=8)
    analytics.funnel(period, actor)


def _naive(world: World) -> None:
    """Revenue by day, channel, province and product of the same days, straight from the tables."""
    zone = business_zone()
    today, _ = analytics.local_now()
    low, high = (
        int(at.timestamp() * 1_000_000) for at in day_bounds(today - timedelta(days=55), zone, today)
    )
    with sqlite3.connect(world.settings.sqlite_path) as books:
        for column in (
            "date(placed_at / 1000000, 'unixepoch', '+8 hours')",
            "channel_id",
            "ship_province_code",
        ):
            books.execute(
                f"SELECT {column}, COUNT(*), SUM(total_minor) FROM sales_order "
                "WHERE status NOT IN ('cancelled', 'draft') AND placed_at >= ? AND placed_at < ? GROUP BY 1",
                (low, high),
            ).fetchall()
        books.execute(
            "SELECT v.product_id, SUM(l.net_minor), SUM(l.quantity) FROM order_line l "
            "JOIN sales_order o ON o.id = l.order_id JOIN variant v ON v.id = l.variant_id "
            "WHERE o.status NOT IN ('cancelled', 'draft') AND o.placed_at >= ? AND o.placed_at < ? "
            "GROUP BY 1 ORDER BY 2 DESC LIMIT 8",
            (low, high),
        ).fetchall()
        books.execute(
            "SELECT SUM(s.on_hand * v.cost_minor) FROM stock_level s JOIN variant v ON v.id = s.variant_id"
        ).fetchall()
