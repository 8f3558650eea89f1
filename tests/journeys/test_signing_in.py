"""Coming in: a person signs in, is kept out with a wrong password, and an empty shop leads to its set-up."""

from playwright.sync_api import expect


def test_a_person_signs_in_and_stays_signed_in_after_a_restart(new_server, new_page, sign_in, watch):
    server = new_server("staffed")
    page = new_page(server)
    sign_in(page, "owner")
    expect(page.locator(".shell")).to_be_visible()
    watch.allow("WebSocket|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET")
    server.restart()
    page.reload()
    expect(page.locator(".shell")).to_be_visible()


def test_a_wrong_password_is_refused_with_a_sentence(page, watch):
    watch.allow(r"status of 4\d\d")
    page.goto("/sign-in")
    page.locator("input[name=login]").fill("owner")
    page.locator("input[name=password]").fill("not the password")
    page.locator("form[action='/sign-in'] button[type=submit]").first.click()
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对")


def test_an_empty_shop_leads_to_its_set_up(new_server, new_page):
    page = new_page(new_server("empty"), locale="en-GB")
    page.goto("/")
    page.wait_for_url("**/setup")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
