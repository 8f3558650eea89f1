"""From a figure on the first page to the rows that make it, and back to nothing left over."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.server import Server

ROWS = "a[href^='/insights/rows']"


@pytest.fixture(scope="module")
def trading(world: Callable[[str], Path]) -> Iterator[Server]:
    """The server of a shop that has traded for three weeks."""
    started = Server(world("trading")).start()
    yield started
    started.stop()


@pytest.fixture
def owner(trading: Server, watch: Watch, new_page: Callable[..., Page], sign_in) -> Page:
    """Its owner, before the first page with its figures."""
    watch.servers.append(trading)
    page = new_page(trading)
    sign_in(page, "owner")
    expect(page.locator(f"{ROWS}.kpi").first).to_be_visible()
    return page


def amount(words: str) -> Decimal:
    """The number in ¥1,234.50, 36 or 12.3%."""
    return Decimal(re.sub(r"[^\d.-]", "", words.replace("−", "-")))


def last_cells(page: Page) -> list[str]:
    return page.locator(".plain-t tbody tr td:last-child").all_inner_texts()


def add_up(page: Page, href: str) -> Decimal:
    """Open the rows of a figure (of a formula: of each part), add up all pages; the foot must say the same."""
    page.evaluate("href => zg.go(href)", href)
    page.wait_for_url(lambda url: url.endswith(href))
    expect(page.locator(".note-band")).to_be_visible()
    parts = page.locator(f"{ROWS}.kpi")
    if parts.count():
        for part in [link.get_attribute("href") for link in parts.all()]:
            add_up(page, part)
        return Decimal(0)
    if page.locator(".empty").count():
        return Decimal(0)
    total, found = amount(page.locator(".plain-t tfoot td:last-child").inner_text()), Decimal(0)
    while True:
        found += sum(map(amount, last_cells(page)))
        onward = page.get_by_label("下一页")
        if not onward.count():
            break
        before = page.url
        onward.click()
        page.wait_for_url(lambda url, before=before: url != before)
        expect(page.locator(".plain-t tbody tr").first).to_be_visible()
    assert found == total, href
    return total


def test_every_figure_opens_the_rows_that_add_up_to_it(owner: Page) -> None:
    links = owner.locator(ROWS)
    hrefs = list(dict.fromkeys(link.get_attribute("href") for link in links.all()))
    assert len(hrefs) >= 8 + 2 + 4 + 3  # cards, channels, provinces, products
    shown = {
        link.get_attribute("href"): link.locator(".v").inner_text()
        for link in owner.locator(f"{ROWS}.kpi").all()
    }
    for href in hrefs:
        total = add_up(owner, href)
        if href in shown and total:
            assert amount(shown[href]) == total, href


def test_a_click_into_a_chart_opens_its_rows(owner: Page) -> None:
    progress = owner.locator(".card", has_text="订单进度").locator("canvas")
    progress.scroll_into_view_if_needed()
    owner.wait_for_timeout(600)
    box = progress.bounding_box()
    owner.mouse.click(box["x"] + 110, box["y"] + box["height"] / 10)
    owner.wait_for_url("**/insights/rows?metric=orders**")
    assert len(last_cells(owner)) == 18


def test_the_date_range_lives_in_the_address(owner: Page) -> None:
    owner.get_by_label("日期范围", exact=False).click()
    owner.get_by_role("link", name="近7天").click()
    owner.wait_for_url("**/?p=7d")
    expect(owner.get_by_label("日期范围: 近7天")).to_be_visible()
    owner.reload()
    expect(owner.get_by_label("日期范围: 近7天")).to_be_visible()


def test_a_cancelled_order_leaves_the_open_first_page_within_five_seconds(
    owner: Page, trading: Server
) -> None:
    orders = owner.locator(f"{ROWS}.kpi", has_text="订单数").locator(".v")
    expect(orders).to_have_text("18")
    waiting = owner.locator("a.work", has_text="待确认订单").locator("b")
    expect(waiting).to_have_text("4")
    _cancel_one(trading)
    expect(orders).to_have_text("17", timeout=5_000)
    expect(waiting).to_have_text("3")


def _cancel_one(server: Server) -> None:
    """Cancel a waiting order as another program does: by REST."""
    key = server.run("apikey", "create", "--role", "owner").stdout.split()[-1]
    waiting = _ask(server, key, "/api/v1/orders?view=to_confirm")["items"][0]
    _ask(server, key, "/api/v1/orders/cancel", {"order_id": waiting["id"], "reason": "买家不要了"})


def _ask(server: Server, key: str, path: str, body: dict | None = None) -> dict:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": path}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(server.url + path, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
