"""A clerk takes, gets paid for and ships an order from real stock; a refused action says why; stock follows live."""

import pytest
from playwright.sync_api import expect

MOST_KEYS = 100


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


class Keys:
    """A person without a mouse: every key is counted."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *keys):
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, words):
        """Type words."""
        self.page.keyboard.type(words)
        self.count += len(words)

    def tab_to(self, name, most=40):
        """Press Tab until the focus is on what is called so."""
        for _ in range(most):
            self.press("Tab")
            if self.page.evaluate(FOCUSED) == name:
                return
        raise AssertionError(f"{name} is not reached with {most} times Tab")


FOCUSED = """() => {
  const at = document.activeElement;
  return (at.getAttribute("aria-label") || at.innerText || "").trim();
}"""


def stock_of(page, sku):
    """(on hand, reserved, available) as the list shows them."""
    page.goto(f"/inventory?q={sku}")
    cells = page.locator("tbody tr", has_text=sku).locator("td")
    expect(cells.first).to_be_visible()
    heads = page.locator("thead th").all_inner_texts()
    return tuple(int(cells.nth(heads.index(name)).inner_text()) for name in ("在库", "已占用", "可用"))


def test_an_order_is_taken_paid_and_shipped_without_a_mouse(trading, new_page, sign_in):
    page = new_page(trading)
    sign_in(page, "owner", path="/products")
    page.locator("tbody tr").first.click()
    page.wait_for_url("**/products/P*")
    sku = page.get_by_label("SKU").first.input_value()
    on_hand, reserved, available = stock_of(page, sku)
    keys, chips = Keys(page), page.locator(".title-row .chips")

    keys.press("Control+k")
    expect(page.locator(".pal input")).to_be_focused()
    keys.type("新建订单")
    expect(page.locator(".pal")).to_contain_text("新建订单")
    keys.press("Enter")
    page.wait_for_url("**/orders/new")
    expect(page.locator(".pk input").first).to_be_focused()
    keys.type(sku)
    keys.press("Enter")
    expect(page.locator(".sums")).to_contain_text("应付")
    keys.tab_to("收件人")
    keys.type("李雷")
    keys.press("Control+s")
    page.wait_for_url("**/orders/SO-*")
    number = page.url.rpartition("/")[2]
    expect(chips).to_contain_text("待确认")
    keys.tab_to("确认")
    keys.press("Enter")
    expect(chips).to_contain_text("已确认")
    assert stock_of(page, sku) == (on_hand, reserved + 1, available - 1)

    page.goto(f"/orders/{number}")
    for action, saved in (("收款", "已付款"), ("发货", "已发货")):
        keys.tab_to(action)
        keys.press("Enter")
        expect(page.locator(".drawer").get_by_role("button").last).to_be_visible()
        if action == "发货":
            keys.tab_to("运单号")
            keys.type("SF998877")
        keys.press("Control+s")
        expect(chips).to_contain_text(saved)
        expect(page.locator(".q-dialog")).to_have_count(0)
    assert stock_of(page, sku) == (on_hand - 1, reserved, available - 1)
    assert keys.count < MOST_KEYS


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
    expect(row).to_contain_text(str(int(before) + 7), timeout=1000)
