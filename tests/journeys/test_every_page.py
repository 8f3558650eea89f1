"""A walk over every page of a shop in which some names and notes are markup: nothing breaks, nothing runs, all stay here.

The watch fails the journey on a console or page error, an answer ≥ 500 and a request to another host.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.identity import DEMO_PASSWORD
from tests.journeys.conftest import Watch
from tests.journeys.server import Server
from tests.journeys.worlds import ADDRESSES, HOSTILE

PATIENCE_MS = 20_000
WAITING = ".page .skeleton"
SHOWING = ("/orders", "/orders/SO-", "/products", "/products/P", "/inventory", "/inventory/", "/customers",
           "/customers/C", "/warehouses", "/imports/IM-")  # fmt: skip


@pytest.fixture(scope="module")
def planted(world: Callable[[str], Path]) -> Iterator[Server]:
    """The server of a small demo shop."""
    started = Server(world("planted")).start()
    yield started
    started.stop()


@pytest.fixture
def owner(planted: Server, watch: Watch, new_page: Callable[..., Page], sign_in) -> Page:
    """Its owner."""
    watch.servers.append(planted)
    page = new_page(planted)
    sign_in(page, "owner", DEMO_PASSWORD, path="/me")
    expect(page.locator(".shell")).to_be_visible()
    return page


def addresses(server: Server) -> list[str]:
    """Every page, and the details of some rows."""
    return json.loads((server.data_dir / ADDRESSES).read_text(encoding="utf-8"))


def wait_until_shown(page: Page, address: str) -> str:
    """Wait for the whole page; returns its words."""
    expect(page.locator(f".content[data-path='{address.partition('?')[0]}']")).to_be_attached(
        timeout=PATIENCE_MS
    )
    expect(page.locator(".page h1").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(WAITING)).to_have_count(0, timeout=PATIENCE_MS)
    assert page.locator(".big-error").count() == 0, f"{address} cannot be shown"
    return page.locator("body").inner_text()


def check_harmless(page: Page, address: str, words: str) -> None:
    """Markup in names is shown as typed: no script ran, no template was filled in."""
    assert page.evaluate("window.P === undefined"), f"a script ran on {address}"
    assert "window.P=1>49" not in words, f"a template was filled in on {address}"


def test_every_page_opens_by_its_address_in_chinese_and_light(owner: Page, planted: Server) -> None:
    shown: set[str] = set()
    for address in addresses(planted):
        owner.goto(address)
        words = wait_until_shown(owner, address)
        check_harmless(owner, address, words)
        if HOSTILE in words:
            shown.add(re.sub(r"(/[A-Z]+-?|/)[\d-]+$", r"\1", address))
    assert shown >= set(SHOWING)


def test_every_page_opens_from_the_shell_in_english_and_dark(owner: Page, planted: Server) -> None:
    owner.get_by_role("button", name="English").first.click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("My account")
    owner.get_by_role("button", name="Dark").click()
    expect(owner.locator("body")).to_have_class(re.compile("body--dark"))
    for address in addresses(planted):
        owner.evaluate("address => zg.go(address)", address)
        check_harmless(owner, address, wait_until_shown(owner, address))
        assert "body--dark" in (owner.locator("body").get_attribute("class") or "")
