"""The choice of a date range: presets as links, and two dates; the range lives in the address."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from nicegui import ui

from models import Text
from services.core.text import format_date
from ui_pages.kit.action import button
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import el, html, icon

CUSTOM = Text("自选日期", "Other dates")
FROM, TO = Text("从", "From"), Text("到", "To")
APPLY = Text("查看", "Show")
DATES = Text("日期范围", "Date range")


def period_picker(
    ctx: Ctx, presets: Mapping[str, Text], chosen: str, first: date, last: date, *, path: str = "/"
) -> None:
    """A button that names the range and opens the presets and the dates."""
    onto = f"{path}&" if "?" in path else f"{path}?"
    words = ctx.t(presets[chosen]) if chosen else span_words(ctx, first, last)
    with ui.button(color=None).classes("b-secondary period") as opener:
        html(icon("calendar"), el("span", words), icon("chevron-down", 14)).classes("row-1")
        opener.props["aria-label"] = f"{ctx.t(DATES)}: {words}"
        with ui.menu().classes("period-menu").props('anchor="bottom right" self="top right"') as menu:
            links = [
                el("a", ctx.t(text), href=f"{onto}p={key}", class_="on" if key == chosen else None)
                for key, text in presets.items()
            ]
            html(el("div", *links, class_="period-presets"))
            with ui.element("div").classes("period-dates"):
                start, end = _date(ctx, FROM, first), _date(ctx, TO, last)

                def apply() -> None:
                    menu.close()
                    ctx.go(f"{onto}{urlencode({'from': start.value, 'to': end.value})}")

                button(ctx, APPLY, apply, kind="primary")


def _date(ctx: Ctx, caption: Text, day: date) -> ui.input:
    with ui.element("label").classes("period-date"):
        html(el("span", ctx.t(caption), class_="sub small"))
        made = ui.input(value=day.isoformat()).props('type="date"')
        made.props["aria-label"] = ctx.t(caption)
    return made


def span_words(ctx: Ctx, first: date, last: date) -> str:
    """Two days as people write a span."""
    if first == last:
        return format_date(first, ctx.locale)
    return f"{format_date(first, ctx.locale)} – {format_date(last, ctx.locale)}"
