"""The shell and the kit in a real browser: language and theme, palette and keys, lists, leave guard, dead sessions."""

import re

from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}


def test_language_and_theme_are_kept(server, page, sign_in):
    sign_in(page, "marketing", path="/me")
    page.get_by_role("button", name="English").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")


def test_the_palette_opens_pages_by_either_language(page, sign_in):
    sign_in(page, "owner", path="/me")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("audit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit")
    expect(page.get_by_role("heading", level=1)).to_have_text("审计日志")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("键盘快捷键")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_list_is_used_with_the_keyboard_alone_and_its_address_is_its_state(page, sign_in):
    sign_in(page, "owner", path="/staff")
    expect(page.locator("tbody tr")).to_have_count(7)
    page.keyboard.press("/")
    page.keyboard.type("ware")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_url("**/staff?q=ware")
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/warehouse")
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_selecting_rows_asks_the_server_nothing(page, sign_in):
    sign_in(page, "owner", path="/events?view=all")
    page.goto("/staff")
    sent = []
    page.evaluate(
        "window.socket.onAnyOutgoing((name) => (window.asked = (window.asked || 0) + (name === 'event')))"
    )
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.get_by_role("button", name="显示列").click()
    page.get_by_text("姓名", exact=True).last.click()
    expect(page.locator("th", has_text="姓名")).to_have_count(0)
    assert page.evaluate("window.asked || 0") == 0
    assert sent == []


def test_leaving_with_unsaved_work_is_asked_first(page, sign_in):
    sign_in(page, "owner", path="/roles")
    page.locator("input[data-right='orders.refund']").nth(2).check()
    page.locator(".nav a[href='/staff']").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.get_by_role("button", name="留下").click()
    expect(page).to_have_url(re.compile("/roles$"))
    page.locator(".nav a[href='/staff']").click()
    page.get_by_role("button", name="放弃修改").click()
    page.wait_for_url("**/staff")


def test_two_people_edit_one_customer_and_nothing_is_overwritten(server, new_page, sign_in):
    one, two = new_page(server), new_page(server)
    for page, login in ((one, "owner"), (two, "operations")):
        sign_in(page, login, path="/customers")
    one.goto("/customers?new=1")
    one.get_by_label("姓名").first.fill("韩梅梅")
    one.get_by_role("button", name="添加客户").click()
    one.wait_for_url(re.compile("/customers/C"))
    address = one.url.split("?")[0]
    for page in (one, two):
        page.goto(address)
        page.get_by_role("button", name="编辑").first.click()
    one.get_by_label("备注").fill("先到")
    one.get_by_role("button", name="保存").click()
    expect(one.get_by_text("已保存").first).to_be_visible()
    two.get_by_label("备注").fill("后到")
    two.get_by_role("button", name="保存").click()
    bar = two.get_by_role("alert").filter(has_text="Owner")
    expect(bar).to_be_visible()
    two.get_by_role("button", name="重新载入").click()
    expect(two.get_by_label("备注")).to_have_value("先到")


def test_the_tabs_of_a_deactivated_person_close_within_five_seconds(server, new_page, sign_in):
    boss, clerk = new_page(server), new_page(server)
    sign_in(boss, "owner", path="/staff/analyst")
    sign_in(clerk, "analyst", path="/me")
    boss.get_by_role("button", name="停用账号").click()
    boss.get_by_role("alertdialog").get_by_role("button", name="停用账号").click()
    clerk.wait_for_url("**/sign-in?why=ended", timeout=5000)
    boss.get_by_role("button", name="启用账号").click()
    expect(boss.get_by_role("button", name="停用账号")).to_be_visible()


def test_signing_out_closes_every_tab_of_the_session(server, new_page, sign_in):
    page = new_page(server)
    sign_in(page, "auditor", path="/me")
    other = page.context.new_page()
    other.goto("/me")
    expect(other.locator(".shell")).to_be_visible()
    page.locator(".me").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in?why=out")
    other.wait_for_url("**/sign-in?why=out", timeout=5000)


def test_a_refused_page_says_what_is_missing(page, sign_in, watch):
    watch.allow("status of 403")
    sign_in(page, "warehouse", path="/me")
    page.goto("/audit")
    expect(page.get_by_text("看审计日志")).to_be_visible()


def test_the_shell_fits_a_phone(server, new_page, sign_in):
    page = new_page(server, viewport=PHONE)
    sign_in(page, "owner", path="/staff")
    expect(page.locator("tbody tr")).to_have_count(7)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".only-phone button").click()
    page.locator(".nav a[href='/settings']").click()
    page.wait_for_url("**/settings")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
