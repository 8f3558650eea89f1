"""What pages are made of: titles, cards, facts, chips, empty states."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Any

from nicegui import ui

from models import Text
from services.core.text import Money, Said, label_of
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html, icon

YES, NO = Text("是", "Yes"), Text("否", "No")
PRINT = Text("打印", "Print")
Crumbs = Sequence[tuple[Text | str, str]]


@contextmanager
def page_title(
    ctx: Ctx,
    title: Text | str,
    *,
    crumbs: Crumbs = (),
    chips: Sequence[Enum | Markup] = (),
    sub: Text | Said | str = "",
) -> Iterator[None]:
    """Breadcrumb, title and chips; what is built inside stands at the right: the page's actions."""
    ctx.name_page(ctx.t(title))
    with ui.element("div").classes("head-block w-full"):
        if crumbs:
            parts: list[Any] = []
            for words, path in crumbs:
                parts += [el("a", ctx.t(words), href=path), icon("chevron-right")]
            html(el("nav", *parts[:-1], class_="crumbs"))
        with ui.element("div").classes("title-row"):
            shown = [each if isinstance(each, Markup) else chip_markup(ctx, each) for each in chips]
            html(
                el("h1", ctx.t(title), class_="h1"),
                el("span", *shown, class_="chips") if shown else None,
                el("span", ctx.t(sub), class_="sub") if sub else None,
            ).classes("title-words")
            with ui.element("div").classes("acts"):
                yield


@contextmanager
def card(
    title: str = "", *, ctx: Ctx | None = None, pad: bool = True, actions: bool = False, hint: str = ""
) -> Iterator[ui.element]:
    """A white box. With `actions`, the yielded element is its head's right side; else the box itself."""
    with ui.element("section").classes("card") as box:
        right = None
        if title or actions:
            with ui.element("div").classes("card-head"):
                html(
                    el("h2", title, class_="h2"), el("span", hint, class_="sub small") if hint else None
                ).classes("row-2")
                right = ui.element("div").classes("push row-1") if actions else None
        with ui.element("div").classes("card-body" if pad else "card-flush"):
            yield right if right is not None else box


@contextmanager
def two_columns(*, even: bool = False) -> Iterator[tuple[ui.element, ui.element]]:
    """Facts at the left (2/3), context at the right (1/3), `even` in height; one below the other on phones."""
    with ui.element("div").classes("two-col even" if even else "two-col"):
        main = ui.element("div").classes("col-3")
        side = ui.element("div").classes("col-3")
        yield main, side


@contextmanager
def columns(count: int) -> Iterator[ui.element]:
    """Equal columns side by side; one below the other on phones."""
    with ui.element("div").classes("cols").style(f"--n:{count}") as grid:
        yield grid


def facts(ctx: Ctx, rows: Sequence[tuple[Text | str, Any]], *, wide: bool = False) -> ui.html:
    """Label and value pairs; values may be words, dates, amounts, members or markup."""
    pairs = [join_pair(ctx, label, value) for label, value in rows]
    return html(el("dl", *pairs, class_="facts wide" if wide else "facts")).classes("w-full")


def join_pair(ctx: Ctx, label: Text | str, value: Any) -> Markup:
    """One label with its value."""
    return el("div", el("dt", ctx.t(label)), el("dd", shown(ctx, value)))


def shown(ctx: Ctx, value: Any) -> Any:
    """Any value as words or markup in this person's language."""
    if value is None or value == "":
        return el("span", "—", class_="t-mute")
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool):
        return ctx.t(YES if value else NO)
    if isinstance(value, Enum):
        return chip_markup(ctx, value)
    if isinstance(value, Money):
        return el("span", ctx.money(value.minor, value.currency), class_="num")
    if isinstance(value, datetime):
        return el("time", ctx.instant(value), class_="num", datetime=value.isoformat())
    if isinstance(value, date):
        return el("span", ctx.day(value), class_="num")
    if isinstance(value, int | float):
        return el("span", ctx.number(value), class_="num")
    return ctx.t(value)


def chip(ctx: Ctx, member: Enum) -> ui.html:
    """A state as a coloured chip."""
    return html(chip_markup(ctx, member))


def chip_markup(ctx: Ctx, member: Enum) -> Markup:
    """The same as markup, for use inside facts and rows."""
    label = label_of(member)
    return el("span", ctx.t(label.text), class_=f"chip {label.tone}")


def badge(words: str, tone: str = "mute") -> Markup:
    """A chip for something that is no enumeration member."""
    return el("span", words, class_=f"chip {tone}")


def link(words: Any, path: str) -> Markup:
    """A link to another page of the shell."""
    return el("a", words, href=path, class_="link")


def note(ctx: Ctx, words: Text | Said | str, tone: str = "info") -> ui.html:
    """A sentence in a soft coloured band: what the reader should know here."""
    name = {"info": "info", "warn": "triangle-alert", "bad": "circle-alert", "ok": "circle-check"}.get(
        tone, "info"
    )
    return html(icon(name), el("span", ctx.t(words))).classes(f"note-band {tone}")


def empty_state(
    ctx: Ctx,
    title: Text,
    hint: Text | Said | str = "",
    *,
    action: Text | None = None,
    href: str = "",
    picture: str = "inbox",
) -> ui.html:
    """What is missing here, why that is fine, and what to do next."""
    button = el("a", ctx.t(action), href=href, class_="btn b-primary") if action else None
    return html(
        el(
            "div",
            icon(picture),
            el("b", ctx.t(title)),
            el("p", ctx.t(hint)) if hint else None,
            button,
            class_="empty",
        )
    )


def skeleton(lines: int = 4) -> ui.html:
    """Grey bars where content will be; for anything that takes over 300 ms."""
    bars = [el("i", style=f"width:{92 - (number * 17) % 45}%") for number in range(lines)]
    return html(el("div", *bars, class_="skeleton", aria_hidden="true"))


def simple_table(
    ctx: Ctx,
    heads: Sequence[tuple[Text | str, str]],
    rows: Sequence[Sequence[Any]],
    *,
    foot: Sequence[Any] = (),
) -> ui.html:
    """A small table of known rows; heads are (words, "left" | "right"). Long lists use data_table."""
    sides = [side for _, side in heads]
    head = el(
        "tr", *(el("th", ctx.t(words), class_="r" if side == "right" else None) for words, side in heads)
    )
    body = [_table_row(ctx, row, sides) for row in rows]
    end = el("tfoot", _table_row(ctx, foot, sides)) if foot else None
    table = el("table", el("thead", head), el("tbody", *body), end, class_="plain-t")
    return html(el("div", table, class_="dt-wrap")).classes("w-full")


def list_row() -> ui.element:
    """A line of a short list inside a card: words at the left, buttons at the right."""
    return ui.element("div").classes("list-row")


def print_button(ctx: Ctx) -> ui.html:
    """Print what is shown; the style sheet leaves menus and buttons out."""
    return html(
        el(
            "button",
            icon("printer"),
            ctx.t(PRINT),
            class_="btn b-secondary no-print",
            type="button",
            data_zg="print",
        )
    )


def _table_row(ctx: Ctx, row: Sequence[Any], sides: Sequence[str]) -> Markup:
    cells = [
        el("td", shown(ctx, value), class_="r num" if side == "right" else None)
        for value, side in zip(row, sides, strict=False)
    ]
    return el("tr", *cells)
