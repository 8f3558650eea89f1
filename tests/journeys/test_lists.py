"""Lists in a real browser: bulk work, saved views, a scanner, and changes that arrive by themselves."""

import re

from playwright.sync_api import expect

SCAN = """code => {
  for (const key of [...code, "Enter"]) document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
}"""


def test_a_key_is_made_shown_once_and_ended_in_bulk(page, sign_in):
    sign_in(page, "owner", path="/api-keys")
    page.get_by_role("button", name="新建密钥").click()
    page.get_by_label("用途").fill("仓库屏幕")
    page.locator(".drawer").get_by_role("button", name="新建密钥").click()
    expect(page.locator("code.secret")).to_have_text(re.compile(r"zg_[\w-]{40,}"))
    page.get_by_role("button", name="我已保存").click()
    expect(page.locator(".q-dialog")).to_have_count(0)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator(".dt-bulk").get_by_role("button", name="吊销").click()
    page.get_by_role("dialog").get_by_role("button", name="吊销").click()
    expect(page.locator(".toast")).to_contain_text("吊销")
    expect(page.locator("tbody tr")).to_have_count(0)


def test_a_view_is_saved_under_a_name_and_used_again(page, sign_in):
    sign_in(page, "owner", path="/staff?q=ware")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="更多").click()
    page.get_by_label("视图名称").fill("仓库的人")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".dt-saved")).to_contain_text("仓库的人")
    page.goto("/staff")
    expect(page.locator("tbody tr")).to_have_count(7)
    page.get_by_role("button", name="更多").click()
    page.locator(".dt-saved").get_by_role("button", name="仓库的人", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_url("**/staff?q=ware")


def test_a_change_in_one_browser_shows_in_the_other(server, new_page, sign_in):
    one, two = new_page(server), new_page(server)
    sign_in(one, "owner", path="/staff")
    sign_in(two, "owner", path="/staff/agent")
    row = one.locator("tbody tr", has_text="agent")
    expect(row).to_contain_text("Agent")
    two.get_by_label("姓名").fill("林小满")
    two.keyboard.press("Control+s")
    expect(row).to_contain_text("林小满", timeout=2000)
    two.get_by_label("姓名").fill("Agent")
    two.keyboard.press("Control+s")
    expect(row).to_contain_text("Agent", timeout=2000)


def test_a_scan_anywhere_searches_for_what_was_scanned(page, sign_in):
    sign_in(page, "owner", path="/me")
    expect(page.locator(".shell")).to_be_visible()
    page.evaluate(SCAN, "6901234567892")
    expect(page.get_by_role("combobox")).to_have_value("6901234567892")
