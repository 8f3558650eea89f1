"""The web edge: who may ask, what is sent back, and that a socket speaks only for its own tab."""

import re

import httpx
import pytest
from nicegui import Client, core

from models import Staff
from services import identity
from services.core.db import read, write
from ui_pages.kit import sessions
from ui_pages.kit.web import accepts_origin, is_loopback, is_same_origin

REQUIRED = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "cache-control",
}


def plain(user, base="http://localhost", **headers):
    transport = httpx.ASGITransport(core.app)
    return httpx.AsyncClient(transport=transport, base_url=base, headers=headers)


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/setup", "/nowhere", "/favicon.ico", "/api/v1/orders", "/export/staff.csv"]
)
async def test_every_answer_wears_the_headers(user, owner, path):
    answer = await user.http_client.get(path, follow_redirects=False)
    assert REQUIRED <= set(answer.headers), path
    policy = answer.headers["content-security-policy"]
    assert "script-src 'nonce-" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]


async def test_every_script_of_a_document_has_the_nonce_of_its_policy(open_as):
    person = await open_as("owner", "/staff")
    answer = await person.http_client.get("/staff")
    nonce = re.search(r"nonce-([\w-]+)", answer.headers["content-security-policy"])[1]
    tags = re.findall(r"<script[^>]*>", answer.text)
    assert len(tags) >= 8
    assert all(f'nonce="{nonce}"' in tag for tag in tags)
    again = await person.http_client.get("/staff")
    assert nonce not in again.headers["content-security-policy"]


async def test_names_cannot_smuggle_a_script_into_the_document(open_as, shop, owner):
    evil = identity.NewStaff(
        login="evil", name="<script>alert(1)</script>", password="korrekt pferd 7", roles=("analyst",)
    )
    await write(identity.invite_staff, evil, 4, actor=owner)
    person = await open_as("owner", "/staff")
    usual = (await person.http_client.get("/me")).text.count("<script")
    assert (await person.http_client.get("/staff/evil")).text.count("<script") == usual


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://test"}, 303),
        ({}, 303),
    ],
)
async def test_only_our_own_pages_may_act(user, owner, headers, answer):
    assert (await user.http_client.post("/sign-out", headers=headers)).status_code == answer


def test_a_foreign_page_gets_no_socket():
    assert not is_same_origin({"host": "shop.local:8080", "origin": "https://shop.local:8443"})
    assert is_same_origin({"host": "shop.local:8080", "origin": "http://SHOP.local:8080"})
    assert not accepts_origin("https://shop.local:8443", {"HTTP_HOST": "shop.local:8080"})
    assert accepts_origin("https://SHOP.local", {"HTTP_HOST": "shop.local"})


async def test_a_body_that_is_too_large_is_refused(user, owner):
    answer = await user.http_client.post("/sign-in", content=b"x" * 1_100_000)
    assert answer.status_code == 413


async def test_trace_is_no_method_here(user, owner):
    assert (await user.http_client.request("TRACE", "/sign-in")).status_code == 405


async def test_the_cookie_is_strict_and_its_name_tells_whether_the_line_is_encrypted(user, owner):
    form = {"login": "owner", "password": "correct horse 电池 staple"}
    async with plain(user) as http, plain(user, "https://shop.test") as https:
        open_line = (await http.post("/sign-in", data=form)).headers["set-cookie"]
        sealed_line = (await https.post("/sign-in", data=form)).headers["set-cookie"]
    assert open_line.startswith("sid=")
    assert "Secure" not in open_line
    assert sealed_line.startswith("__Host-sid=")
    assert "Secure" in sealed_line
    assert all("HttpOnly" in line and "samesite=lax" in line.lower() for line in (open_line, sealed_line))


async def test_signing_in_never_takes_over_a_session_that_was_planted(user, owner):
    form = {"login": "owner", "password": "correct horse 电池 staple"}
    user.http_client.cookies.set("sid", "planted")
    answer = await user.http_client.post("/sign-in", data=form)
    assert "sid=planted" not in answer.headers["set-cookie"]
    assert await read(identity.session_of, "planted", sessions.settings()) is None


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/sign-out",
        "javascript:1",
        "//[",
        "/\t/evil.example",
    ],
)
async def test_nobody_is_sent_elsewhere_after_signing_in(user, owner, onward):
    form = {"login": "owner", "password": "correct horse 电池 staple", "next": onward}
    answer = await user.http_client.post("/sign-in", data=form)
    assert answer.headers["location"] == "/"


async def test_no_get_changes_anything(open_as, shop):
    person = await open_as("owner", "/staff")
    assert (await person.http_client.get("/sign-out", follow_redirects=False)).status_code != 303
    assert (await person.http_client.get("/staff")).status_code == 200


async def test_a_dead_session_acts_no_more(open_as):
    person = await open_as("owner", "/staff")
    session = next(iter(sessions._edge.live.values()))
    client = Client.instances[next(iter(session.clients))]
    heard = []
    element = next(iter(client.elements.values()))
    element._handle_event = heard.append
    client.handle_event({"id": element.id, "listener_id": "x", "args": []})
    session.is_alive = False
    client.handle_event({"id": element.id, "listener_id": "x", "args": []})
    assert len(heard) == 1
    assert person is not None


async def test_a_tab_without_a_session_is_deaf(user, owner):
    from nicegui import ui

    with Client(ui.page("")) as stranger:
        heard = []
        button = ui.button("x")
        button._handle_event = heard.append
    stranger.handle_event({"id": button.id, "listener_id": "x", "args": []})
    assert heard == []


async def test_a_socket_speaks_only_for_the_tab_it_belongs_to(open_as, monkeypatch):
    await open_as("owner", "/staff")
    monkeypatch.setattr(core.sio, "rooms", lambda sid: [sid, "my-tab"])
    heard = []
    for client_id in ("my-tab", "your-tab"):
        fake = type(
            "Tab", (), {"has_socket_connection": True, "handle_event": lambda self, msg: heard.append(msg)}
        )()
        monkeypatch.setitem(Client.instances, client_id, fake)
    core.sio.handlers["/"]["event"]("socket-1", {"client_id": "my-tab"})
    core.sio.handlers["/"]["event"]("socket-1", {"client_id": "your-tab"})
    assert [msg["client_id"] for msg in heard] == ["my-tab"]
    monkeypatch.undo()


def test_only_this_machine_is_loopback():
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.5")
    assert not is_loopback("testclient")


async def test_a_body_without_a_length_is_counted(user, owner):
    async def endless():
        for _ in range(30):
            yield b"x" * 50_000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await user.http_client.post("/sign-in", content=endless(), headers=headers)).status_code == 413


@pytest.mark.parametrize(
    ("peer", "base", "warned"),
    [
        ("10.0.0.5", "http://shop.test", True),
        ("10.0.0.5", "https://shop.test", False),
        ("127.0.0.1", "http://localhost", False),
    ],
)
async def test_an_unencrypted_line_is_announced_on_every_page(open_as, user, peer, base, warned):
    person = await open_as("owner", "/me")
    transport = httpx.ASGITransport(core.app, client=(peer, 4711))
    name = "__Host-sid" if base.startswith("https") else "sid"
    async with httpx.AsyncClient(transport=transport, base_url=base) as browser:
        browser.headers["cookie"] = f"{name}={person.http_client.cookies['sid']}"
        for path in ("/me", "/settings"):
            assert ("连接未加密" in (await browser.get(path)).text) is warned


async def test_a_forwarded_request_is_not_this_machine(open_as, user):
    person = await open_as("owner", "/me")
    answer = await person.http_client.get("/me", headers={"x-forwarded-for": "8.8.8.8"})
    assert "连接未加密" in answer.text


async def test_sockets_and_uploads_of_a_tab_answer_only_its_own_session(open_as, user):
    await open_as("owner", "/me")
    tab = next(each.id for each in Client.instances.values() if each.storage.get("session"))
    other = await open_as("marketing", "/me")
    for address in (
        f"/_nicegui/client/{tab}/upload/7",
        f"/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id={tab}",
    ):
        assert (await other.http_client.post(address)).status_code == 404, address
        assert (await user.http_client.post(address)).status_code == 404, address


async def test_a_first_password_must_be_replaced_before_anything_else(open_as, shop, owner):
    secret = "korrekt pferd 7"
    wanted = identity.NewStaff(login="newcomer", name="新人", password=secret, roles=("operations",))
    await write(identity.invite_staff, wanted, 4, actor=owner)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(core.app), base_url="http://localhost"
    ) as browser:
        await browser.post("/sign-in", data={"login": "newcomer", "password": secret})
        answer = await browser.get("/orders", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
        assert (await browser.get("/me")).status_code == 200


async def test_a_wrong_password_does_not_forget_where_somebody_wanted_to_go(user, owner):
    form = {"login": "owner", "password": "wrong", "next": "/staff?q=a"}
    answer = await user.http_client.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert 'name="next" value="/staff?q=a"' in answer.text


async def test_signing_in_again_ends_the_session_that_the_browser_had(open_as, shop):
    person = await open_as("owner", None)
    before = person.http_client.cookies["sid"]
    form = {"login": "owner", "password": "correct horse 电池 staple"}
    await person.http_client.post("/sign-in", data=form)
    assert await read(identity.session_of, before, shop.settings) is None


async def test_with_a_first_password_there_are_no_files_yet(open_as, actor_of, owner):
    person = await open_as("owner", None)
    await write(lambda: Staff.update(must_change_password=True).execute())
    for path in ("/export/staff.csv", "/media/1", "/files/1"):
        assert (await person.http_client.get(path)).headers["location"] == "/me"


async def test_the_api_reads_no_huge_body_of_a_stranger(user, owner):
    answer = await user.http_client.post("/api/v1/orders", content=b"[" * 11_000_000)
    assert answer.status_code == 413
