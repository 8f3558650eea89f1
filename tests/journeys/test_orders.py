"""A clerk takes, gets paid for and ships an order from real stock; a refused action says why; stock follows live."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def trading(new_server):
    """A shop with goods, stock and orders."""
    return new_server("trading")


def pick(page, box, term):
    """Type into a picker and take the first hit."""
    box.fill(term)
    expect(page.locator(".pk-o").first).to_be_visible()
    box.press("Enter")


def take_order(page):
    """Type one order by hand and place it; the order's page opens."""
    page.goto("/orders/new")
    pick(page, page.locator(".pk input").first, "商品")
    expect(page.locator(".sums")).to_contain_text("应付")
    page.get_by_label("收件人").fill("李雷")
    page.get_by_role("button", name="下单").click()
    page.wait_for_url("**/orders/SO-*")
    expect(page.locator(".title-row .chips")).to_contain_text("待确认")


def test_a_clerk_takes_an_order_gets_paid_and_ships_it(trading, new_page, sign_in):
    page = new_page(trading)
    sign_in(page, "owner")
    take_order(page)
    acts = page.locator(".title-row .acts")
    acts.get_by_role("button", name="确认").click()
    chips = page.locator(".title-row .chips")
    expect(chips).to_contain_text("已确认")

    acts.get_by_role("button", name="更多").click()
    waiting = page.locator(".act-menu").get_by_role("button", name="发货")
    expect(waiting).to_be_disabled()
    expect(waiting).to_have_attribute("aria-description", "还差 ¥19.90 未付:先登记收款")
    page.keyboard.press("Escape")

    acts.get_by_role("button", name="收款").click()
    page.locator(".drawer").get_by_role("button", name="登记收款").click()
    expect(page.locator(".drawer")).to_have_count(0)
    expect(chips).to_contain_text("已付款")

    acts.get_by_role("button", name="发货").click()
    page.locator(".drawer").get_by_label("运单号").fill("SF998877")
    page.locator(".drawer").get_by_role("button", name="发货").click()
    expect(chips).to_contain_text("已发货")
    acts.get_by_role("button", name="签收").click()
    expect(chips).to_contain_text("已签收")
    acts.get_by_role("button", name="完成").click()
    expect(chips).to_contain_text("已完成")
    expect(page.locator(".timeline")).to_contain_text("下单")


def test_two_browsers_see_the_same_stock_change(trading, new_page, sign_in):
    one, two = new_page(trading), new_page(trading)
    sign_in(one, "owner", path="/inventory")
    sign_in(two, "owner", path="/inventory")
    row = one.locator("tbody tr").first
    before = row.locator("td").nth(4).inner_text()
    two.locator("tbody tr").first.click()
    two.wait_for_url("**/inventory/*")
    two.get_by_role("button", name="入库").click()
    two.locator(".drawer").get_by_label("数量").fill("7")
    two.locator(".drawer").get_by_role("button", name="入库").click()
    expect(two.locator(".drawer")).to_have_count(0)
    expect(row).to_contain_text(str(int(before) + 7), timeout=3000)
