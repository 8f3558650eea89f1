"""Opening pages in Chromium: seconds until the table's rows stand, second load, against a bare NiceGUI table page."""

import statistics
import time

from playwright.sync_api import Page, sync_playwright

from services.identity import DEMO_PASSWORD
from tests import browser as browsers
from tests.bench.figures import Figure
from tests.bench.world import World
from tests.journeys.server import Server

PAGES = (
    ("first page (dashboard)", "/", ".kpi .v"),
    ("order list", "/orders", "tbody tr"),
    ("product list", "/products", "tbody tr"),
)
ROUNDS = 5


def run(world: World) -> list[Figure]:
    """Warm loads of the pages people open most."""
    server = Server(world.settings.data_dir).start()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=browsers.find_browser(), args=list(browsers.FLAGS)
            )
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.url}/sign-in")
            page.fill("input[name=login]", "owner")
            page.fill("input[name=password]", DEMO_PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(f"{server.url}/**")
            figures = [_figure(page, server, *each) for each in PAGES]
            chromium.close()
        return figures
    finally:
        server.stop()


def _figure(page: Page, server: Server, what: str, path: str, sign: str) -> Figure:
    took = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        page.goto(f"{server.url}{path}")
        page.locator(sign).first.wait_for()
        took.append(time.perf_counter() - begun)
    return Figure(
        f"{what} opened in Chromium",
        f"{statistics.median(took[1:]):.2f} s",
        f"{took[0]:.2f} s cold",
        goal="≤ 1.0 s",
    )
