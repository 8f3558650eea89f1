"""What is refused explains itself where the person looks; what is typed is not lost by a reload or a click away."""

import re

from playwright.sync_api import expect


def test_an_action_without_the_right_is_grey_and_says_which_right_is_missing(page, sign_in):
    sign_in(page, "analyst", path="/customers")
    add = page.locator(".title-row").get_by_role("button")
    expect(add).to_be_disabled()
    expect(add).to_have_attribute("aria-description", re.compile("权限"))
    add.hover(force=True)
    expect(page.get_by_role("tooltip")).to_contain_text("权限")


def test_a_refusal_from_the_server_stands_beside_its_field(page, sign_in):
    sign_in(page, "owner", path="/warehouses")
    for attempt in range(2):
        page.locator(".title-row").get_by_role("button", name="新建仓库").click()
        drawer = page.locator(".drawer")
        drawer.get_by_label("代码").fill("DUP1")
        drawer.get_by_label("名称", exact=True).fill("东仓")
        page.keyboard.press("Control+s")
        if attempt == 0:
            expect(page.locator("tbody tr", has_text="DUP1")).to_have_count(1)
            expect(page.locator(".q-dialog")).to_have_count(0)
    expect(drawer.locator(".fd.bad", has_text="代码").locator(".er")).to_contain_text("已被使用")
    expect(drawer.get_by_label("名称", exact=True)).to_have_value("东仓")
    expect(page.locator(".toast")).to_have_count(0)


def test_a_reload_in_mid_form_asks_first(page, sign_in):
    sign_in(page, "owner", path="/products")
    page.evaluate("zg.go('/products/new')")
    name = page.get_by_label("品名", exact=True)
    name.fill("写到一半")
    expect(page.locator(".save-bar")).to_contain_text("有未保存的修改")
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.evaluate("setTimeout(() => location.reload(), 0)")
    assert asked.value.type == "beforeunload"
    expect(name).to_have_value("写到一半")

    page.go_back()
    ask = page.get_by_role("alertdialog")
    expect(ask).to_be_visible()
    page.keyboard.press("Escape")
    expect(ask).to_have_count(0)
    expect(name).to_have_value("写到一半")
    expect(page).to_have_url(re.compile("/products/new$"))

    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("品名", exact=True)).to_have_value("")
    page.locator(".nav a[href='/orders']").click()
    page.wait_for_url("**/orders")
