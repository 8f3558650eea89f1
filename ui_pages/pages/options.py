"""Settings of the shop: typed options with their defaults."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from nicegui import ui

from models import Text
from services.core.db import read, write
from services.core.errors import DomainError, Invalid
from services.core.options import OPTIONS, Option, get_option, set_option
from services.core.permissions import Actor, Permission
from services.core.text import Said
from ui_pages.kit import Ctx, action_button, attempt, card, el, html, page_title, toast
from ui_pages.registry import Page

TITLE = Text("设置", "Settings")
SAVE, SAVED = Text("保存", "Save"), Text("已保存:{name}", "Saved: {name}")
NOT_WHOLE = Text("请填整数", "Give a whole number")
AREAS: dict[str, Text] = {
    "shop": Text("店铺", "Shop"),
    "orders": Text("订单", "Orders"),
    "catalogue": Text("商品", "Catalogue"),
    "inventory": Text("库存", "Inventory"),
    "customers": Text("客户", "Customers"),
    "analytics": Text("分析", "Analytics"),
}
FIXED = frozenset({"shop.is_demo"})


async def build(ctx: Ctx) -> None:
    """One card an area; each option saves by itself."""
    values = await read(lambda: {key: get_option(key) for key in OPTIONS})
    with page_title(ctx, TITLE):
        pass
    for area, options in groupby(OPTIONS.values(), key=lambda option: option.key.partition(".")[0]):
        shown = [option for option in options if option.key not in FIXED]
        with card(ctx.t(AREAS.get(area, Text(area, area)))), ui.element("div").classes("form-grid"):
            for option in shown:
                _option(ctx, option, values[option.key])


def _option(ctx: Ctx, option: Option, value: Any) -> None:
    with ui.element("div").classes("fd") as box:
        html(ctx.t(option.text)).classes("lb")
        with ui.element("div").classes("row-2 nowrap"):
            element, read_value = _input(option, value)
            element.classes("grow").props["aria-label"] = ctx.t(option.text)
            button = action_button(ctx, SAVE, set_option, lambda _actor: save(), kind="primary")
            button.set_visibility(False)
            element.on_value_change(lambda: button.set_visibility(True))
        if option.help:
            html(ctx.t(option.help)).classes("hp")
        error = html("").classes("er")

    def refused(refusal: DomainError) -> bool:
        box.classes(add="bad")
        error.content = el("span", ctx.t(refusal.said), role="alert")
        return True

    async def keep(actor: Actor) -> None:
        await write(set_option, option.key, read_value(), actor=actor)

    async def save() -> None:
        box.classes(remove="bad")
        ok, _ = await attempt(ctx, keep, on_refusal=refused)
        if ok:
            button.set_visibility(False)
            toast(ctx, Said(SAVED, name=option.text))


def _input(option: Option, value: Any) -> tuple[Any, Callable[[], Any]]:
    if isinstance(option.default, bool):
        switch = ui.switch(value=value)
        return switch, lambda: bool(switch.value)
    if option.choices:
        select = ui.select(list(option.choices), value=value, with_input=len(option.choices) > 8)
        return select, lambda: select.value
    box = ui.input(value=str(value))
    return box, lambda: _typed(option, box.value or "")


def _typed(option: Option, text: str) -> Any:
    if not isinstance(option.default, int):
        return text.strip()
    try:
        return int(text.replace(",", "").strip())
    except ValueError:
        raise Invalid(NOT_WHOLE) from None


PAGE = Page(
    path="/settings",
    title=TITLE,
    permission=Permission.OPTIONS_EDIT,
    group="system",
    order=80,
    icon="settings",
    build=build,
)
