"""The attribute template of a category: what it inherits, and what it asks for by itself."""

from typing import Any

from nicegui import ui

from models import Attribute, Category, Text
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor
from services.core.text import label_of
from ui_pages.kit import Ctx, action_button, badge, el, html, note, refusals, search_select, toast
from ui_pages.pages.product_form import category_words

OWN = Text("本类目要求的属性", "Asked by this category")
INHERITED = Text("继承自上级", "Inherited from above")
ADD_ATTRIBUTE = Text("添加属性", "Add an attribute")
REQUIRED, REMOVE = Text("必填", "Required"), Text("移除", "Remove")
SAVE_TEMPLATE, TEMPLATE_SAVED = (
    Text("保存模板", "Save the template"),
    Text("模板已保存", "The template is saved"),
)


async def template_editor(ctx: Ctx, row: Category, by_id: dict[int, Category]) -> None:
    """Inherited attributes as tags, the own ones as an editor."""
    whole = await read(catalogue.template_of, row.id)
    own = [(entry.attribute, entry.is_required) for entry in whole if entry.category_id == row.id]
    above = [entry for entry in whole if entry.category_id != row.id]
    if above:
        html(ctx.t(INHERITED)).classes("lb")
        html(
            *(
                el(
                    "span",
                    attribute_words(entry.attribute, ctx),
                    class_="tag",
                    title=category_words(by_id[entry.category_id], ctx),
                )
                for entry in above
            )
        )
    html(ctx.t(OWN)).classes("lb")
    if refusals(ctx, catalogue.set_template):
        html(*(el("span", attribute_words(attribute, ctx), class_="tag") for attribute, _ in own))
    else:
        TemplateEditor(ctx, row, own)


class TemplateEditor:
    """The lines a category adds itself: add by search, mark as required, remove; saved in one call."""

    def __init__(self, ctx: Ctx, row: Category, lines: list[tuple[Attribute, bool]]) -> None:
        self.ctx, self.row, self.lines = ctx, row, lines
        self.box = ui.element("div").classes("w-full")
        search_select(ctx, self._search, label=ADD_ATTRIBUTE, once=True, on_pick=self._add)
        with ui.element("div").classes("row-2 end w-full"):
            action_button(ctx, SAVE_TEMPLATE, catalogue.set_template, self._save, kind="primary")
        self._draw()

    def _search(self, term: str) -> list[tuple[int, str, str]]:
        taken = {attribute.id for attribute, _ in self.lines}
        return [hit for hit in find_attributes(term, self.ctx) if hit[0] not in taken]

    async def _add(self, attribute_id: int | None) -> None:
        if attribute_id is None:
            return
        row = await read(
            lambda: catalogue.attributes(self.ctx.actor).where(Attribute.id == attribute_id).get()
        )
        self.lines.append((row, False))
        self._draw()

    def _draw(self) -> None:
        """One element for all lines; clicks say what they meant."""
        ctx = self.ctx
        rows = [
            el(
                "div",
                el(
                    "span",
                    attribute_words(attribute, ctx),
                    " ",
                    badge(ctx.t(label_of(attribute.kind).text)),
                    class_="grow",
                ),
                el(
                    "button",
                    ctx.t(REQUIRED),
                    type="button",
                    class_=f"tog {'on' if is_required else ''}",
                    aria_pressed=str(is_required).lower(),
                    data_act=f"must {place}",
                ),
                el("button", ctx.t(REMOVE), type="button", class_="tog", data_act=f"drop {place}"),
                class_="tpl",
            )
            for place, (attribute, is_required) in enumerate(self.lines)
        ]
        self.box.clear()
        with self.box:
            if rows:
                js = "(e) => { const n = e.target.closest('[data-act]'); if (n) emit(n.dataset.act); }"
                html(*rows).classes("w-full").on("click", self._clicked, js_handler=js)
            else:
                note(ctx, Text("本类目没有自己的属性", "This category adds none of its own"))

    def _clicked(self, event: Any) -> None:
        act, _, place = str(event.args).partition(" ")
        if not place.isdecimal() or int(place) >= len(self.lines):
            return
        if act == "drop":
            del self.lines[int(place)]
        else:
            attribute, is_required = self.lines[int(place)]
            self.lines[int(place)] = (attribute, not is_required)
        self._draw()

    async def _save(self, actor: Actor) -> None:
        lines = [
            catalogue.TemplateLine(attribute_id=attribute.id, is_required=must)
            for attribute, must in self.lines
        ]
        self.row = await write(catalogue.set_template, self.row.id, self.row.version, lines, actor=actor)
        toast(self.ctx, TEMPLATE_SAVED)


def attribute_words(row: Attribute, ctx: Ctx) -> str:
    """An attribute's name in the reader's language, with its unit."""
    name = row.name_zh if ctx.locale == "zh" else row.name_en
    return f"{name} ({row.unit})" if row.unit else name


def find_attributes(term: str, ctx: Ctx) -> list[tuple[int, str, str]]:
    """Attributes whose name or code contains the term."""
    rows = catalogue.attributes(ctx.actor)
    if term:
        rows = rows.where(
            Attribute.name_zh.contains(term)
            | Attribute.name_en.contains(term)
            | Attribute.code.contains(term)
        )
    return [(row.id, attribute_words(row, ctx), row.code) for row in rows.order_by(Attribute.code).limit(30)]
