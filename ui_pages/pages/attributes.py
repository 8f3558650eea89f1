"""Attributes: the typed properties that category templates ask for, and how products answer them."""

from typing import Any

from nicegui import ui

from models import Attribute, AttributeKind, Text
from services import catalogue
from services.core.db import read, write
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Actor, P
from services.core.text import label_of
from ui_pages.kit import (
    Ctx,
    Empty,
    action_button,
    attempt,
    bar_list,
    button,
    data_table,
    drawer,
    html,
    name_actions,
    page_title,
    refusals,
    timeline,
    toast,
)
from ui_pages.pages.categories import TITLE as CATEGORIES
from ui_pages.pages.category_template import attribute_words
from ui_pages.registry import Page

TITLE, NEW = Text("属性", "Attributes"), Text("新建属性", "New attribute")
SAVE, SAVED = Text("保存", "Save"), Text("已保存", "Saved")
CHOICES = Text("可选值,每行一个:代码 = 中文 = English", "Choices, one a line: code = 中文 = English")
USE = Text("商品取值", "Values on products")
HISTORY = Text("记录", "History")
EMPTY = Empty(
    Text("还没有属性", "No attributes yet"),
    Text(
        "在类目页载入标准类目会带来常用属性",
        "Loading the standard tree on the categories page brings the usual ones",
    ),
    CATEGORIES,
    "/categories",
)
name_actions(
    {
        "attribute.create": Text("建立属性", "Attribute added"),
        "attribute.edit": Text("修改属性", "Attribute changed"),
    }
)
LISTING = Listing(
    key="attributes",
    title=TITLE,
    base=catalogue.attributes,
    columns=(
        Column(Attribute.name_zh, kind="link"),
        Column(Attribute.name_en),
        Column(Attribute.code),
        Column(Attribute.kind, sortable=False),
        Column(Attribute.unit, sortable=False),
        Column(
            catalogue.PRODUCTS_WITH, name="used", label=Text("商品数", "Products"), kind="int", sortable=False
        ),
        Column(Attribute.updated_at, sortable=False),
    ),
    row_id=Attribute.id,
    permission=P.CATALOGUE_VIEW,
    facets=(Facet(Attribute.kind),),
    views=(
        View("all", Text("全部", "All")),
        View("used", Text("有商品使用", "In use"), lambda: catalogue.PRODUCTS_WITH > 0),
    ),
    search=catalogue.attribute_search,
    default_sort="code",
    topic="attribute",
)


async def build(ctx: Ctx) -> None:
    """All attributes; any of them opens in a drawer."""
    with page_title(ctx, TITLE, crumbs=[(CATEGORIES, "/categories"), (TITLE, "")]):
        opens = lambda _actor: _drawer(ctx, None, [])  # noqa: E731 - a handler
        action_button(ctx, NEW, catalogue.create_attribute, opens, kind="primary", icon="plus")

    async def open_row(row_id: int) -> None:
        row = await read(lambda: catalogue.attributes(ctx.actor).where(Attribute.id == row_id).get())
        await _drawer(ctx, row, await read(catalogue.attribute_report, row_id, ctx.actor))

    await data_table(ctx, LISTING, on_open=open_row, empty=EMPTY)


async def _drawer(ctx: Ctx, row: Attribute | None, report: list[tuple[Any, int]]) -> None:
    with drawer(ctx, NEW if row is None else attribute_words(row, ctx)) as dialog:
        inputs = _Inputs(ctx, row)

        async def save() -> None:
            ok, _ = await attempt(ctx, inputs.save)
            if ok:
                dialog.close()
                toast(ctx, SAVED)

        with ui.element("div").classes("row-2 end w-full"):
            made = button(ctx, SAVE, save, kind="primary").props("data-save")
            if refusals(ctx, catalogue.create_attribute):
                made.disable()
        if row is not None and report:
            html(ctx.t(USE)).classes("lb sect")
            names = {
                choice.code: choice.zh if ctx.locale == "zh" else choice.en
                for choice in catalogue.choices_of(row)
            }
            shown = [
                (
                    names.get(value, str(value)),
                    number,
                    ctx.number(number),
                    f"/products?f.attribute={row.id}%3A{value}",
                )
                for value, number in report[:12]
            ]
            bar_list(ctx, shown)
        if row is not None:
            html(ctx.t(HISTORY)).classes("lb sect")
            await timeline(ctx, row)


class _Inputs:
    """The inputs of one attribute; kind and code are fixed once it exists."""

    def __init__(self, ctx: Ctx, row: Attribute | None) -> None:
        self.row = row
        with ui.element("div").classes("form-grid w-full"):
            self.name_zh = self._input(ctx, Attribute.name_zh, row)
            self.name_en = self._input(ctx, Attribute.name_en, row)
            self.code = self._input(ctx, Attribute.code, row)
            with ui.element("div").classes("fd"):
                html(ctx.t(Attribute.kind.verbose_name)).classes("lb")
                kinds = {kind: ctx.t(label_of(kind).text) for kind in AttributeKind}
                self.kind = ui.select(kinds, value=row.kind if row else AttributeKind.TEXT)
            self.unit = self._input(ctx, Attribute.unit, row)
            with ui.element("div").classes("fd span") as box:
                html(ctx.t(CHOICES)).classes("lb")
                lines = (
                    [f"{each.code} = {each.zh} = {each.en}" for each in catalogue.choices_of(row)]
                    if row
                    else []
                )
                self.choices = ui.textarea(value="\n".join(lines)).props("autogrow")
            box.bind_visibility_from(self.kind, "value", lambda kind: kind is AttributeKind.CHOICE)
        if row is not None:
            for element in (self.code, self.kind):
                element.disable()

    @staticmethod
    def _input(ctx: Ctx, column: Any, row: Attribute | None) -> Any:
        with ui.element("div").classes("fd"):
            html(ctx.t(column.verbose_name)).classes("lb")
            made = ui.input(value=getattr(row, column.name) if row else "").props(
                f"maxlength={column.max_length}"
            )
        made.props["aria-label"] = ctx.t(column.verbose_name)
        return made

    async def save(self, actor: Actor) -> Attribute:
        """Create or edit."""
        names = {
            "name_zh": self.name_zh.value or "",
            "name_en": self.name_en.value or "",
            "unit": self.unit.value or "",
        }
        choices = tuple(_choice(line) for line in (self.choices.value or "").splitlines() if line.strip())
        if self.row is None:
            given = catalogue.AttributeInput(
                code=self.code.value or "", kind=self.kind.value, choices=choices, **names
            )
            return await write(catalogue.create_attribute, given, actor=actor)
        chosen = choices if self.kind.value is AttributeKind.CHOICE else None
        return await write(
            catalogue.edit_attribute, self.row.id, self.row.version, names, choices=chosen, actor=actor
        )


def _choice(line: str) -> catalogue.Choice:
    parts = [part.strip() for part in line.split("=")]
    code = parts[0]
    zh = parts[1] if len(parts) > 1 and parts[1] else code
    return catalogue.Choice(code=code, zh=zh, en=parts[2] if len(parts) > 2 and parts[2] else zh)


PAGE = Page(
    path="/attributes",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    order=30,
    icon="list-checks",
    build=build,
)
