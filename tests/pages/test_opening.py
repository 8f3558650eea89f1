"""The first things anybody sees: sign-in, the shell, and a refusal that says what is missing."""

import pytest
from nicegui import app

from services.core.permissions import ROLE_PRESETS
from ui_pages import registry

SHELL = "/{_:path}"
NICEGUI_ADDS = ("/_nicegui", "/favicon.ico")
MOST_ELEMENTS = 150


async def test_an_empty_shop_leads_to_its_set_up(user):
    answer = await user.http_client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")


async def test_a_stranger_is_asked_to_sign_in(user, owner):
    answer = await user.http_client.get("/orders?view=to_ship", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/orders")


async def test_the_shell_catches_only_what_nobody_else_answers(user):
    paths = [getattr(route, "path", "") for route in app.routes]
    paths = [path for path in paths if not path.startswith(NICEGUI_ADDS)]
    assert paths[-1] == SHELL
    assert paths.count(SHELL) == 1
    assert {"/sign-in", "/sign-out", "/api/v1"} <= set(paths[:-1])


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("role", ROLE_PRESETS)
async def test_every_page_opens_to_exactly_its_roles(open_as, actor_of, role, locale):
    actor = actor_of(role)
    person = await open_as(role, None, locale=locale)
    for page in registry.discover():
        if "{" in page.path:
            continue
        if page.open_to(actor) and not page.nav:
            answer = await person.http_client.get(page.path)
            assert answer.status_code in (200, 404), f"{page.path} says what it lacks"
        elif page.open_to(actor):
            client = await person.open(page.path)
            assert len(client.elements) <= MOST_ELEMENTS, page.path
        else:
            answer = await person.http_client.get(page.path)
            assert answer.status_code == 403, page.path
