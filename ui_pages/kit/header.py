"""The bar on top: search, messages, language, theme, and who is signed in."""

from nicegui import events, ui

from models import Text, Theme
from services import identity, notifications
from services.core.db import read, write
from services.core.permissions import Actor
from services.core.text import label_of
from ui_pages.kit.action import attempt
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.live import Scope
from ui_pages.kit.markup import Markup, el, html, icon
from ui_pages.kit.navigation import hamburger

FIND = Text("搜索订单、商品、客户,或输入命令…", "Search orders, products, customers, or type a command…")
HELP = Text("键盘快捷键", "Keyboard shortcuts")
BELL = Text("消息", "Messages")
NO_NOTES = Text("没有消息", "No messages")
ALL_READ = Text("全部已读", "Mark all as read")
ACCOUNT = Text("我的账号", "My account")
SIGN_OUT = Text("退出登录", "Sign out")
LANGUAGES = (("zh", "中文"), ("en", "English"))
THEME_ICONS = {Theme.SYSTEM: "monitor", Theme.LIGHT: "sun", Theme.DARK: "moon"}


async def header(ctx: Ctx) -> None:
    """Build the bar."""
    roles = await read(identity.role_names, ctx.actor)
    unread = await read(notifications.unread_count, ctx.actor)
    with ui.element("header").classes("head no-print"):
        hamburger(ctx)
        html(
            el(
                "button",
                icon("search"),
                el("span", ctx.t(FIND)),
                el("kbd", "Ctrl K"),
                class_="find",
                type="button",
                data_zg="find",
                aria_label=ctx.t(FIND),
            )
        ).classes("grow")
        html(
            el(
                "button",
                icon("circle-question-mark"),
                class_="hb hide-phone",
                type="button",
                data_zg="keys",
                aria_label=ctx.t(HELP),
                title=ctx.t(HELP),
            )
        )
        _bell(ctx, unread)
        _me(ctx, " · ".join(ctx.t(role) for role in roles))


def _bell(ctx: Ctx, unread: int) -> None:
    with ui.element("button").classes("hb") as bell:
        bell.props["type"] = "button"
        bell.props["aria-label"] = bell.props["title"] = ctx.t(BELL)
        shown = html(_bell_markup(unread))
        with ui.menu().props('anchor="bottom right" self="top right"') as menu:
            box = ui.element("div").classes("inbox")

    async def refresh(_ids: set[int]) -> None:
        count = await read(notifications.unread_count, ctx.actor)
        shown.content = _bell_markup(count)
        if menu.value:
            await fill()

    async def fill() -> None:
        rows = await read(notifications.inbox, ctx.actor)
        box.clear()
        with box:
            _inbox(ctx, rows)

    async def opened(event: events.ValueChangeEventArguments) -> None:
        if event.value:
            await fill()

    menu.on_value_change(opened)
    Scope().follow("notification", lambda ids: refresh(ids) if ctx.actor.staff_id in ids else None)


def _bell_markup(unread: int) -> Markup:
    badge = el("span", "99+" if unread > 99 else unread, class_="badge") if unread else Markup("")
    return Markup(icon("bell") + badge)


def _inbox(ctx: Ctx, rows: list[object]) -> None:
    async def read_all() -> None:
        async def mark(actor: Actor) -> None:
            await write(notifications.mark_read, actor=actor)

        await attempt(ctx, mark)

    async def clicked(event: events.GenericEventArguments) -> None:
        row_id, _, path = str(event.args).partition(" ")

        async def mark(actor: Actor) -> None:
            await write(notifications.mark_read, [int(row_id)], actor=actor)

        await attempt(ctx, mark)
        if path:
            ctx.go(path)

    with ui.element("div").classes("top"):
        html(ctx.t(BELL))
        ui.button(ctx.t(ALL_READ), color=None, on_click=read_all).classes("b-text push")
    if not rows:
        html(el("div", icon("inbox"), el("p", ctx.t(NO_NOTES)), class_="empty"))
        return
    notes = [
        el(
            "div",
            el("i"),
            el(
                "div",
                row.title_zh if ctx.locale == "zh" else row.title_en,
                el("div", ctx.instant(row.at), class_="sub small"),
            ),
            class_="note read" if row.read_at else "note",
            data_note=f"{row.id} {row.link}",
            tabindex="0",
        )
        for row in rows
    ]
    pick = "(e) => { const n = e.target.closest('[data-note]'); if (n) emit(n.dataset.note); }"
    html(*notes).on("click", clicked, js_handler=pick)


def _me(ctx: Ctx, roles: str) -> None:
    name = ctx.actor.name
    with ui.element("button").classes("me") as button:
        button.props["type"] = "button"
        button.props["aria-label"] = ctx.t(ACCOUNT)
        html(
            el("span", initials(name), class_="ava", aria_hidden="true"),
            el("span", el("b", name), el("small", roles), class_="t"),
            tag="span",
        ).style("display:flex;align-items:center;gap:8px")
        with ui.menu().props('anchor="bottom right" self="top right"'), ui.element("div").classes("menu"):
            html(el("div", el("b", name), el("div", ctx.session.login, class_="sub small"), class_="who"))
            html(el("a", icon("user"), ctx.t(ACCOUNT), href="/me")).style("display:contents")
            html(Markup("<hr>")).style("display:contents")
            _choices(ctx)
            html(Markup("<hr>")).style("display:contents")
            out = el("button", icon("log-out"), ctx.t(SIGN_OUT), type="submit")
            html(el("form", out, method="post", action="/sign-out", id="sign-out")).style("display:contents")


def _choices(ctx: Ctx) -> None:
    languages = [
        el(
            "button",
            icon("languages"),
            words,
            icon("check", class_="chosen") if code == ctx.locale else None,
            type="button",
            data_pick=f"locale {code}",
            lang=code,
        )
        for code, words in LANGUAGES
    ]
    themes = [
        el(
            "button",
            icon(THEME_ICONS[theme]),
            ctx.t(label_of(theme).text),
            icon("check", class_="chosen") if theme == ctx.session.theme else None,
            type="button",
            data_pick=f"theme {theme.value}",
        )
        for theme in Theme
    ]

    async def pick(event: events.GenericEventArguments) -> None:
        kind, _, value = str(event.args).partition(" ")
        await set_look(ctx, kind, value)

    emit = "(e) => { const n = e.target.closest('[data-pick]'); if (n) emit(n.dataset.pick); }"
    html(*languages, Markup("<hr>"), *themes).style("display:contents").on("click", pick, js_handler=emit)


async def set_look(ctx: Ctx, kind: str, value: str) -> None:
    """Keep language or theme on the person's row; language needs the page anew, theme does not."""
    chosen = {"locale": value} if kind == "locale" else {"theme": Theme(value)}

    async def keep(actor: Actor) -> None:
        await write(identity.set_preferences, actor=actor, **chosen)

    ok, _ = await attempt(ctx, keep)
    if not ok:
        return
    if kind == "locale":
        ctx.client.run_javascript("zg.dirty.clear(); location.reload()")
    else:
        ctx.session.theme = Theme(value)
        ctx.client.run_javascript(f'zg.theme("{Theme(value).value}")')


def initials(name: str) -> str:
    """Two letters for the avatar: the given name's last two characters in Chinese, initials otherwise."""
    words = name.split()
    if name and ord(name[0]) > 0x2E7F:
        return name[-2:]
    return "".join(word[0] for word in words[:2]).upper() or "?"
