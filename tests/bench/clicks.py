"""What everybody feels: twenty people page through the order list while one runs a slow report (a whole export)."""

import asyncio

from services.identity import DEMO_PASSWORD
from tests.bench.browser import Tab
from tests.bench.figures import Figure, percentile
from tests.bench.world import World
from tests.journeys.server import Server

PEOPLE = 20
CLICKS = 25
THINK_S = 1.0


def run(world: World) -> list[Figure]:
    """Latency of a click, alone and in the crowd."""
    server = Server(world.settings.data_dir).start()
    try:
        alone = asyncio.run(_crowd(server.url, 1, with_report=False))
        crowd = asyncio.run(_crowd(server.url, PEOPLE, with_report=True))
    finally:
        server.stop()
    calm = percentile(alone, 0.5) * 1000
    return [
        Figure(
            f"a click ({PEOPLE} people, one slow report), p50",
            f"{percentile(crowd, 0.5) * 1000:.0f} ms",
            f"{calm:.0f} ms alone",
            f"{percentile(crowd, 0.5) * 1000 / calm:.1f}",
        ),
        Figure(
            f"a click ({PEOPLE} people, one slow report), p99",
            f"{percentile(crowd, 0.99) * 1000:.0f} ms",
            f"{calm:.0f} ms alone",
            f"{percentile(crowd, 0.99) * 1000 / calm:.1f}",
            "≤ 100 ms",
        ),
    ]


async def _crowd(base: str, people: int, *, with_report: bool) -> list[float]:
    tabs = [Tab(base) for _ in range(people)]
    for tab in tabs:
        await tab.sign_in("owner", DEMO_PASSWORD)
        await tab.open("/orders")
    targets = [await tab.find("fetch") for tab in tabs]
    await asyncio.sleep(1)
    done = asyncio.Event()
    report = asyncio.create_task(_report(tabs[0], done)) if with_report else None
    taken = await asyncio.gather(
        *(_click(tab, target, place) for place, (tab, target) in enumerate(zip(tabs, targets, strict=True)))
    )
    done.set()
    if report:
        await report
    for tab in tabs:
        await tab.close()
    return [each for one in taken for each in one]


async def _click(tab: Tab, target: tuple[int, str], place: int) -> list[float]:
    taken = []
    await asyncio.sleep(THINK_S * place / PEOPLE)
    for number in range(CLICKS):
        query = {
            "view": "all",
            "search": "",
            "filters": {},
            "ranges": {},
            "sort": ("-placed_at", "placed_at")[number % 2],
        }
        asked = {**query, "cursor": "", "size": 25, "offset": 0, "seq": number + 2}
        taken.append(
            await tab.fire(target, asked, lambda name, data: name == "run_javascript" and "setPage" in data)
        )
        await asyncio.sleep(THINK_S)
    return taken


async def _report(tab: Tab, done: asyncio.Event) -> None:
    while not done.is_set():
        await tab.get("/export/orders.csv")
