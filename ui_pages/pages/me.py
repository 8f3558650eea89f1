"""My account: password, language, theme, and where I am signed in."""

import re
from typing import Any

from nicegui import ui

from models import Session, Text, Theme
from services import identity
from services.core.db import read, slow, write
from services.core.errors import DomainError
from services.core.permissions import Actor
from services.core.text import label_of
from ui_pages.kit import (
    Ctx,
    action_button,
    attempt,
    badge,
    card,
    facts,
    html,
    note,
    page_title,
    toast,
    two_columns,
)
from ui_pages.kit.choose import segmented
from ui_pages.kit.header import LANGUAGES, set_look
from ui_pages.kit.markup import el, icon
from ui_pages.kit.sessions import settings
from ui_pages.registry import Page

TITLE = Text("我的账号", "My account")
PROFILE = Text("资料", "Profile")
NAME, LOGIN, ROLES = Text("姓名", "Name"), Text("账号", "Account"), Text("角色", "Roles")
LOOK = Text("语言与外观", "Language and look")
LANGUAGE, THEME = Text("语言", "Language"), Text("主题", "Theme")
PASSWORD = Text("修改密码", "Change password")
OLD, NEW, AGAIN = Text("原密码", "Old password"), Text("新密码", "New password"), Text("再输一遍", "Again")
UNLIKE = Text("两次输入不一样", "The two do not match")
CHANGED = Text("密码已修改,其他会话已结束", "Password changed; your other sessions have ended")
MUST = Text("请先把初始密码改成自己的", "Please replace the first password by your own")
SESSIONS = Text("登录中的设备", "Where you are signed in")
HERE = Text("本机", "This one")
END = Text("结束", "End")
ENDED = Text("会话已结束", "The session has ended")
BROWSERS = re.compile(r"(Edg|Firefox|OPR|Chrome|Safari)/(\d+)")
SYSTEMS = re.compile(r"(Windows|Mac OS X|Android|iPhone|iPad|Linux)")


async def build(ctx: Ctx) -> None:
    """Everything about oneself."""
    roles = await read(identity.role_names, ctx.actor)
    with page_title(ctx, TITLE):
        pass
    if ctx.session.must_change_password:
        note(ctx, MUST, "warn")
    with two_columns() as (main, side):
        with main:
            with card(ctx.t(PROFILE)):
                shown = ", ".join(ctx.t(role) for role in roles)
                facts(ctx, [(NAME, ctx.actor.name), (LOGIN, ctx.session.login), (ROLES, shown)])
            with card(ctx.t(SESSIONS)):
                await _sessions(ctx)
        with side:
            with card(ctx.t(LOOK)):
                _look(ctx)
            with card(ctx.t(PASSWORD)):
                _password(ctx)


def _look(ctx: Ctx) -> None:
    async def language(value: str) -> None:
        await set_look(ctx, "locale", value)

    async def theme(value: Theme) -> None:
        await set_look(ctx, "theme", value.value)

    html(ctx.t(LANGUAGE)).classes("lb sec small")
    segmented(ctx, LANGUAGES, ctx.locale, language, label=LANGUAGE)
    html(ctx.t(THEME)).classes("lb sec small")
    segmented(ctx, [(each, label_of(each).text) for each in Theme], ctx.session.theme, theme, label=THEME)


def _password(ctx: Ctx) -> None:
    boxes: dict[str, Any] = {}
    with ui.element("form").classes("form").on("submit.prevent", lambda: None):
        for key, words in (("old", OLD), ("password", NEW), ("again", AGAIN)):
            kind = "current-password" if key == "old" else "new-password"
            boxes[key] = ui.input(ctx.t(words), password=True).props(f"autocomplete={kind}")

    def refused(refusal: DomainError) -> bool:
        for key, said in refusal.fields.items():
            boxes[key].props["error"] = True
            boxes[key].props["error-message"] = ctx.t(said)
        return bool(refusal.fields)

    async def change(actor: Actor) -> None:
        given = (boxes["old"].value or "", boxes["password"].value or "", ctx.session_id)
        await slow(identity.change_own_password, *given, settings().bcrypt_cost, actor=actor)

    async def submit() -> None:
        for box in boxes.values():
            box.props(remove="error error-message")
        if boxes["password"].value != boxes["again"].value:
            boxes["again"].props["error"] = True
            boxes["again"].props["error-message"] = ctx.t(UNLIKE)
            return
        ok, _ = await attempt(ctx, change, on_refusal=refused)
        if ok:
            ctx.session.must_change_password = False
            for box in boxes.values():
                box.value = ""
            toast(ctx, CHANGED)

    ui.button(ctx.t(PASSWORD), color=None, on_click=submit).classes("b-primary").props("data-save")


async def _sessions(ctx: Ctx) -> None:
    box = ui.element("div").classes("files")

    async def fill(_ids: set[int] | None = None) -> None:
        rows = await read(identity.own_sessions, ctx.actor)
        box.clear()
        with box:
            for row in rows:
                _session(ctx, row)

    await fill()
    ctx.on_change("session", fill)


def _session(ctx: Ctx, row: Session) -> None:
    async def end(actor: Actor) -> None:
        await write(identity.revoke_session, row.id, actor=actor)

    with ui.element("div").classes("f"):
        html(icon("monitor", 20))
        html(
            el("div", device(row.user_agent)),
            el("div", f"{row.ip_address} · {ctx.instant(row.seen_at)}", class_="sub small num"),
        ).classes("grow")
        if row.id == ctx.session_id:
            html(badge(ctx.t(HERE), "ok"))
        else:
            action_button(ctx, END, None, end, done=ENDED)


def device(user_agent: str) -> str:
    """A browser's name for people: Chrome 156 · Windows."""
    browser, system = BROWSERS.search(user_agent), SYSTEMS.search(user_agent)
    parts = [f"{browser[1]} {browser[2]}" if browser else "", system[1] if system else ""]
    return " · ".join(part for part in parts if part) or user_agent[:40] or "?"


PAGE = Page(
    path="/me", title=TITLE, permission=None, group="system", order=90, icon="user", nav=False, build=build
)
