"""People in front of simulated browsers.

    async def test_the_list_shows_the_order(open_as):
        clerk = await open_as("operations", "/orders")
        await clerk.should_see("SO-20261122-0001")

`user` is a browser in which nobody has signed in. Any ERROR in the log fails the test. Arrange in sync fixtures or with
`await write(…)`: queries are refused on the event loop.
"""

import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from nicegui import core
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from services import identity
from services.core.permissions import Actor
from tests.conftest import PASSWORD, Shop, off_loop
from tests.pages import opened

APP = Path(__file__).with_name("app.py")
COOKIE = "sid"


@pytest.fixture
def kept_modules() -> Iterator[None]:
    """NiceGUI forgets modules with pages after each test, and half-forgotten packages import twice: keep them."""
    yield
    sys.modules.update(_seen)


_seen: dict[str, object] = {}


@pytest.fixture
async def user(shop: Shop, kept_modules: None, caplog: pytest.LogCaptureFixture) -> AsyncIterator[User]:
    """A browser in which nobody has signed in."""
    opened.settings = shop.settings
    async with user_simulation(main_file=APP) as simulated:
        _seen.update({name: module for name, module in sys.modules.items() if _is_ours(name)})
        yield simulated
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    if errors:
        pytest.fail("\n".join(record.getMessage() for record in errors), pytrace=False)


@pytest.fixture
async def open_as(
    user: User, shop: Shop, actor_of: Callable[..., Actor]
) -> AsyncIterator[Callable[..., Awaitable[User]]]:
    """`await open_as(role, path)`: a new browser in which a person of this role has opened `path` (None: nothing)."""
    browsers: list[httpx.AsyncClient] = []

    async def open_(role: str, path: str | None = "/", *, login: str = "", locale: str = "zh") -> User:
        actor = actor_of(role, login)
        if actor.locale != locale:
            off_loop(identity.set_preferences, locale=locale, actor=actor)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url="http://localhost")
        client.cookies.set(COOKIE, off_loop(_token, login or role, shop))
        browsers.append(client)
        person = User(client)
        if path is not None:
            await person.open(path)
        return person

    yield open_
    for client in browsers:
        await client.aclose()


def _token(login: str, shop: Shop) -> str:
    form = identity.SignIn(login=login, password=PASSWORD, ip_address="127.0.0.1", is_local=True)
    return identity.sign_in(form, shop.settings)


def _is_ours(name: str) -> bool:
    return name == "main" or name.partition(".")[0] == "ui_pages"
