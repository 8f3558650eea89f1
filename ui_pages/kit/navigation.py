"""The left column: areas and pages that this person may open, as one element of plain links."""

import asyncio
import logging

from nicegui import ui

from models import Text
from services.core.db import read
from ui_pages import registry
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html, icon

log = logging.getLogger("zhanggui.pages")
COLLAPSE = Text("收起菜单", "Collapse menu")
MENU = Text("主菜单", "Main menu")


async def sidebar(ctx: Ctx, shop_name: str, path: str) -> None:
    """Build the column; counts beside entries are read off the loop. `path` is marked until the browser does it."""
    badges = await _badges(ctx)
    shown = [page.path for _, pages in registry.menu(ctx.actor) for page in pages]
    here = max((each for each in shown if path == each or path.startswith(f"{each}/")), key=len, default="")
    parts: list[Markup] = []
    for title, pages in registry.menu(ctx.actor):
        words = ctx.t(title)
        parts.append(el("div", words, class_="area") if words else Markup(""))
        parts += [_entry(ctx, page, badges.get(page.path, 0), here) for page in pages]
    html(
        el("a", el("i", "掌"), el("span", shop_name, class_="clip"), href="/", class_="logo"),
        el("nav", *parts, class_="nav", aria_label=ctx.t(MENU)),
        el(
            "div",
            el(
                "button",
                icon("panel-left"),
                el("span", ctx.t(COLLAPSE)),
                type="button",
                data_zg="nav",
                title=ctx.t(COLLAPSE),
            ),
            class_="side-foot",
        ),
        tag="aside",
    ).classes("side no-print")
    html(Markup(""), tag="div").classes("side-veil").props("data-zg=nav")


def _entry(ctx: Ctx, page: registry.Page, count: int, here: str) -> Markup:
    words = ctx.t(page.title)
    badge = el("em", "999+" if count > 999 else count, class_="n") if count else None
    on = "on" if page.path == here else None
    return el("a", icon(page.icon), el("span", words), badge, href=page.path, title=words, class_=on)


async def _badges(ctx: Ctx) -> dict[str, int]:
    counted = [page for page in registry.discover() if page.badge and page.nav and page.open_to(ctx.actor)]
    found = await asyncio.gather(*(read(page.badge, ctx.actor) for page in counted if page.badge))
    return {page.path: count for page, count in zip(counted, found, strict=True)}


def hamburger(ctx: Ctx) -> ui.html:
    """The button that opens the column on phones."""
    return html(
        el("button", icon("menu"), class_="hb", type="button", data_zg="nav", aria_label=ctx.t(MENU)),
        tag="span",
    ).classes("only-phone")
