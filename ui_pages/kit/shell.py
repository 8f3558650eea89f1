"""The one page of the program: navigation, header, and the sub page that the address names."""

import asyncio
import json
import logging
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import Request
from nicegui import Client, PageArguments, ui
from nicegui.elements.sub_pages import SubPages
from starlette.responses import RedirectResponse, Response

from models import Text, Theme
from services import identity
from services.core.db import read
from services.core.errors import DomainError, NotFound, NotPermitted
from services.core.options import base_currency, business_zone, get_option
from services.core.permissions import PERMISSIONS, check_permission
from services.core.text import Locale, Said
from ui_pages import registry
from ui_pages.kit import sessions, signin, toasts
from ui_pages.kit.blocks import skeleton
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.header import header
from ui_pages.kit.live import Scope
from ui_pages.kit.markup import el, html, icon
from ui_pages.kit.navigation import sidebar
from ui_pages.kit.palette import palette

log = logging.getLogger("zhanggui.pages")
FIRST_PAINT_S = 1.5
ACCOUNT = "/me"
MISSING = Text("找不到这个页面", "This page does not exist")
MISSING_HINT = Text(
    "地址可能写错了,或者它已被移走。用搜索或左侧菜单继续",
    "The address may be mistyped or it has moved. Use search or the menu",
)
BARRED = Text("您没有权限打开这里", "You may not open this page")
BARRED_HINT = Text(
    "需要权限「{permission}」。请店主在「员工与角色」里授权",
    "It needs the right “{permission}”. Ask the owner to grant it under Staff and roles",
)
BROKEN = Text("这个页面出错了", "This page failed")
BROKEN_HINT = Text(
    "没有丢失任何数据。重试,若仍出错请把编号 {ref} 告诉管理员",
    "Nothing is lost. Try again; if it stays, tell the administrator the reference {ref}",
)
GONE_HINT = Text("它可能已被删除,或者您无权查看", "It may have been removed, or you may not see it")
HOME, AGAIN = Text("回首页", "Go to the first page"), Text("重试", "Try again")


@dataclass(frozen=True, slots=True)
class Shop:
    """What every page needs to know about the shop."""

    name: str
    zone: ZoneInfo
    currency: str


def mount() -> None:
    """Register the shell; its path catches everything, so it comes last."""
    ui.page("/{_:path}", title="掌柜", response_timeout=10)(shell)


async def shell(request: Request) -> Response | None:
    """Build the frame around the sub page that the address names."""
    session = await sessions.current(request)
    if session is None:
        empty = not await read(identity.has_staff)
        return RedirectResponse("/setup" if empty else signin.sign_in_url(request), 303)
    if request.url.path == "/" and not any(page.path == "/" for page in registry.discover()):
        return RedirectResponse(
            next((p.path for _, pages in registry.menu(session.actor) for p in pages), "/me"), 303
        )
    if session.must_change_password and request.url.path != ACCOUNT:
        return RedirectResponse(ACCOUNT, 303)
    client = ui.context.client
    sessions.adopt(session, client)
    shop = await read(lambda: Shop(get_option("shop.name"), business_zone(), base_currency()))
    locale: Locale = "en" if session.actor.locale == "en" else "zh"
    _dress(client, locale, session.theme)
    ctx = Ctx(
        session=session,
        client=client,
        locale=locale,
        zone=shop.zone,
        currency=shop.currency,
        shop_name=shop.name,
    )
    client.storage["toasts"] = toasts.tray()
    await _frame(ctx, shop, request)
    return None


def _dress(client: Client, locale: Locale, theme: Theme) -> None:
    """Language and theme of one document; the page object is shared by all visitors, so each gets a copy."""
    client.page = copy(client.page)
    client.page.language = "zh-CN" if locale == "zh" else "en-GB"
    client.page.dark = {Theme.DARK: True, Theme.LIGHT: False}.get(theme)
    look = "auto" if theme is Theme.SYSTEM else theme.value
    ui.add_head_html(f"<script>document.documentElement.classList.add({json.dumps(look)})</script>")


async def _frame(ctx: Ctx, shop: Shop, request: Request) -> None:
    with ui.element("div").classes("shell"):
        await sidebar(ctx, shop.name, request.url.path)
        with ui.element("div").classes("main"):
            if signin.is_unencrypted(request):
                html(icon("lock-open"), ctx.t(signin.UNENCRYPTED)).classes("banner no-print").props(
                    'role="alert"'
                )
            await header(ctx)
            with ui.element("main").classes("content"):
                pages = GuardedPages(ctx)
    palette(ctx, shop.name)
    tasks = list(pages._active_tasks)
    if tasks:
        await asyncio.wait(tasks, timeout=FIRST_PAINT_S)


class GuardedPages(SubPages):
    """Sub pages that open only to who may see them, and say what to do when they cannot be shown."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        routes = {page.path: _builder(self, page) for page in registry.discover()}
        super().__init__(routes)

    def _render_404(self) -> None:
        self._mark()
        error_page(self.ctx, 404, MISSING, MISSING_HINT)

    def _mark(self) -> None:
        path = self._router.current_path.split("?")[0]
        self.client.run_javascript(f"zg.mark({json.dumps(path)}); zg.dirty.clear()")

    def keep_url(self, url: str) -> None:
        """The address changed by itself (filters of a list): remember it, so that a link back rebuilds."""
        self._router.current_path = url
        if self._match is not None:
            query = url.partition("?")[2]
            self._match.query_params = type(self._match.query_params)(query)


def _builder(pages: GuardedPages, page: registry.Page) -> Any:
    async def build(args: PageArguments) -> None:
        pages._mark()
        await _build(pages.ctx, page, args, pages)

    return build


async def _build(frame: Ctx, page: registry.Page, args: PageArguments, pages: GuardedPages) -> None:
    path, _, query_string = args.path.partition("?")
    router_query = pages._router.current_path.partition("?")[2].partition("#")[0]
    with ui.element("div").classes("page") as box:
        ctx = replace(
            frame,
            path=path,
            query=dict(args.query_parameters),
            query_string=query_string or router_query,
            scope=Scope(),
            keep_url=pages.keep_url,
        )
        wait = skeleton()
        try:
            await _open(ctx, page, args.path_parameters)
            wait.delete()
        except DomainError as refusal:
            _instead(box, partial(_refused, ctx, page, refusal))
        except asyncio.CancelledError:
            raise
        except Exception:
            ref = uuid4().hex[:8]
            log.exception("a page failed", extra={"path": page.path, "ref": ref})
            _instead(box, partial(error_page, ctx, 500, BROKEN, Said(BROKEN_HINT, ref=ref), again=True))


async def _open(ctx: Ctx, page: registry.Page, parameters: dict[str, str]) -> None:
    if ctx.session.must_change_password and page.path != ACCOUNT:
        ctx.client.run_javascript(f"location.assign({json.dumps(ACCOUNT)})")
        return
    if page.permission is not None:
        check_permission(ctx.actor, page.permission)
    await page.build(ctx, **parameters)


def _instead(box: ui.element, draw: Callable[[], None]) -> None:
    if not box.is_deleted:
        box.clear()
        with box:
            draw()


def _refused(ctx: Ctx, page: registry.Page, refusal: DomainError) -> None:
    if isinstance(refusal, NotPermitted):
        words = (
            Said(BARRED_HINT, permission=PERMISSIONS[page.permission]) if page.permission else refusal.said
        )
        error_page(ctx, 403, BARRED, refusal.said if page.open_to(ctx.actor) else words)
    else:
        error_page(ctx, refusal.status, refusal.said, GONE_HINT if isinstance(refusal, NotFound) else "")


def error_page(
    ctx: Ctx, status: int, title: Text | Said, hint: Text | Said | str, *, again: bool = False
) -> None:
    """What went wrong, and where to go from here."""
    _set_status(ctx, status)
    retry = (
        el("button", ctx.t(AGAIN), class_="btn b-secondary", type="button", data_zg="reload")
        if again
        else None
    )
    go_home = el("a", ctx.t(HOME), href="/", class_="btn b-primary")
    html(
        el(
            "div",
            el("div", status, class_="code"),
            el("h1", ctx.t(title)),
            el("p", ctx.t(hint)) if hint else None,
            el("div", retry, go_home, class_="row-2"),
            class_="big-error",
        )
    )


def _set_status(ctx: Ctx, status: int) -> None:
    client: Client = ctx.client
    if not client._response_built:
        client.status_code = status
