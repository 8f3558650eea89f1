"""Coming in: over http and https, kept out with a wrong password, and an empty shop leads to its set-up."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect

from services.core import clock


def certify(folder: Path) -> dict[str, str]:
    """A certificate for 127.0.0.1 that signed itself; returns the settings that name it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begins = clock.now() - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return {"SSL_CERT": str(folder / "cert.pem"), "SSL_KEY": str(folder / "key.pem")}


def session_cookie(page: Page) -> dict:
    """The cookie that holds the session."""
    found = [cookie for cookie in page.context.cookies() if cookie["name"].endswith("sid")]
    assert len(found) == 1, found
    return found[0]


def test_over_https_the_session_is_a_host_cookie_and_the_sockets_work(
    new_server, new_page, sign_in, tmp_path
):
    page = new_page(new_server("staffed", **certify(tmp_path)))
    page.goto("/sign-in")
    expect(page.get_by_text("未加密")).to_have_count(0)
    sign_in(page, "owner", path="/staff")
    expect(page.locator("tbody tr")).to_have_count(7)
    expect(page.locator(".banner")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("ware")
    expect(page.locator("tbody tr")).to_have_count(1)
    cookie = session_cookie(page)
    assert cookie["name"] == "__Host-sid"
    assert cookie["secure"] and cookie["httpOnly"] and cookie["path"] == "/" and cookie["sameSite"] == "Lax"
    assert page.evaluate("document.cookie").find("sid") < 0


def test_over_http_the_cookie_is_plain_and_unreadable_to_scripts(page, sign_in):
    sign_in(page, "owner", path="/me")
    expect(page.locator(".shell")).to_be_visible()
    cookie = session_cookie(page)
    assert cookie["name"] == "sid" and cookie["httpOnly"] and not cookie["secure"]
    assert page.evaluate("document.cookie").find("sid") < 0


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
