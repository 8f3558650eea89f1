"""Lists: what is exported is what is shown, for whom may; live followers end with their page."""

import asyncio
import io

import pytest
from nicegui import Client
from openpyxl import load_workbook

from services import identity
from services.core.db import write
from services.core.permissions import ROLE_PRESETS, Permission
from ui_pages import registry
from ui_pages.kit import live


async def test_an_export_holds_what_the_filter_shows(open_as, owner):
    evil = identity.NewStaff(login="zoe", name="=1+1", password="korrekt pferd 7", roles=("analyst",))
    await write(identity.invite_staff, evil, 4, actor=owner)
    person = await open_as("owner", "/staff")
    answer = await person.http_client.get("/export/staff.csv?view=active&q=zoe")
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(lines) == 2
    assert lines[0].startswith("登录名,姓名")
    assert lines[1].startswith("zoe,'=1+1,")


async def test_the_same_list_as_a_workbook(open_as):
    person = await open_as("owner", "/staff")
    answer = await person.http_client.get("/export/staff.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]][:2] == ["登录名", "姓名"]
    assert sheet.max_row == 2


@pytest.mark.parametrize("role", sorted(ROLE_PRESETS))
async def test_a_list_is_exported_only_to_who_may_export_and_see_it(open_as, actor_of, role):
    actor = actor_of(role)
    person = await open_as(role, "/me")
    for listing in registry.listings().values():
        may = actor.can(Permission.EXPORTS_RUN) and actor.can(listing.permission)
        answer = await person.http_client.get(f"/export/{listing.key}.csv")
        assert answer.status_code == (200 if may else 403), listing.key


async def test_a_stranger_exports_nothing(user, owner):
    assert (await user.http_client.get("/export/staff.csv", follow_redirects=False)).status_code == 303


async def test_an_unknown_filter_is_a_sentence_not_a_crash(open_as):
    person = await open_as("owner", "/staff")
    assert (await person.http_client.get("/export/staff.csv?sort=password_hash")).status_code == 422
    await person.open("/staff?sort=password_hash")
    await person.should_see("不能按此列排序")


async def test_followers_end_with_their_element(open_as):
    await open_as("owner", "/me")
    client = next(each for each in Client.instances.values() if each.storage.get("session"))
    with client:
        scope = live.Scope()
        scope.follow("parcel", lambda ids: None)
    assert live.follower_count("parcel") == 1
    scope.delete()
    assert live.follower_count("parcel") == 0


async def test_many_changes_in_a_moment_are_one_call(open_as):
    await open_as("owner", "/me")
    client = next(each for each in Client.instances.values() if each.storage.get("session"))
    heard = []
    with client:
        live.Scope().follow("parcel", heard.append)
    for number in range(50):
        live._heard("parcel", number)
    await asyncio.sleep(live.PAUSE_S + 0.1)
    assert heard == [set(range(50))]
