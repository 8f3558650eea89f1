"""The first day of a shop: set it up, make a product, put it on the shelf, take the first order."""

from playwright.sync_api import Page, expect

from tests.journeys.worlds import PASSWORD

SETUP = {"shop_name": "青禾小铺", "warehouse": "杭州仓", "name": "陈青禾", "login": "chen"}


def open_shop(page: Page) -> None:
    """Fill in the one page of the set-up; the owner is signed in by it."""
    page.goto("/")
    page.wait_for_url("**/setup")
    for name, value in {**SETUP, "password": PASSWORD, "again": PASSWORD}.items():
        page.locator(f"input[name={name}]").fill(value)
    page.get_by_role("button", name="建立店铺").click()
    expect(page.locator(".shell")).to_be_visible()


def create_product(page: Page) -> None:
    """A product with one variant, put on sale."""
    page.goto("/products/new")
    page.get_by_label("品名", exact=True).fill("青瓷茶杯")
    page.get_by_label("售价", exact=True).fill("59.00")
    page.get_by_label("SKU", exact=True).fill("CUP-1")
    page.get_by_role("button", name="建立商品").click()
    page.wait_for_url("**/products/P*")
    page.locator(".title-row .acts").get_by_role("button", name="上架").click()
    expect(page.locator(".title-row .chips")).to_contain_text("在售")


def receive_stock(page: Page, quantity: str) -> None:
    """Goods arrive in the only warehouse."""
    page.goto("/inventory")
    page.locator(".title-row").get_by_role("button", name="入库").click()
    drawer = page.locator(".drawer")
    drawer.get_by_role("combobox").first.fill("CUP-1")
    page.locator(".pk-o").first.click()
    drawer.get_by_label("数量").fill(quantity)
    drawer.get_by_role("button", name="入库").click()
    expect(drawer).to_have_count(0)
    expect(page.locator("tbody tr", has_text="CUP-1")).to_contain_text(quantity)


def test_an_empty_shop_takes_its_first_order(new_server, new_page):
    page = new_page(new_server("empty"))
    open_shop(page)
    create_product(page)
    receive_stock(page, "30")

    page.goto("/orders/new")
    page.locator(".pk input").first.fill("CUP-1")
    page.locator(".pk-o").first.click()
    page.get_by_label("数量").fill("2")
    expect(page.locator(".sums")).to_contain_text("118.00")
    page.get_by_label("收件人").fill("李雷")
    page.get_by_role("button", name="下单").click()
    page.wait_for_url("**/orders/SO-*")
    expect(page.locator(".title-row .chips")).to_contain_text("待确认")

    page.goto("/inventory")
    row = page.locator("tbody tr", has_text="CUP-1")
    expect(row).to_contain_text("28")
    page.goto("/setup")
    expect(page.locator(".shell")).to_be_visible()
