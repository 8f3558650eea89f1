"""The axes of a product's option matrix: an editor for new and for existing products."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from models import Product, Text
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor
from services.core.text import Said
from ui_pages.kit import Ctx, attempt, button, dialog_foot, html, note, toast, window

OPTIONS = Text("规格项", "Options")
NAME, VALUES = (
    Text("名称,如 颜色", "Name, as Colour"),
    Text("值,输入后回车", "Values; press Enter after each"),
)
ADD, REMOVE = Text("添加规格项", "Add an option"), Text("移除", "Remove")
COUNT = Text("共 {n} 个规格", "{n} variants")
NONE = Text("没有规格项:只有一个规格", "No options: one variant")
HINT = Text(
    "新组合会按第一个规格的价格生成;消失的组合会停用,库存和单据保留",
    "New combinations take the first variant's prices; those that disappear are retired, stock and documents stay",
)
SAVE, SAVED = Text("更新规格", "Update the variants"), Text("规格已更新", "The variants are updated")
MAX_AXES = 3


class OptionInputs:
    """Up to three rows of a name and its values."""

    def __init__(
        self, ctx: Ctx, axes: list[tuple[str, tuple[str, ...]]], on_change: Callable[[], None] | None = None
    ) -> None:
        self.ctx, self.on_change = ctx, on_change
        self.rows: list[tuple[ui.element, Any, Any]] = []
        with ui.element("div").classes("col-2 w-full"):
            self.box = ui.element("div").classes("col-2 w-full")
            with ui.element("div").classes("row-2"):
                self.more = button(ctx, ADD, lambda: self._add("", ()), kind="text", icon="plus")
                self.count = html("").classes("sub push")
        for name, values in axes:
            self._add(name, values)
        self._changed(quiet=True)

    def options(self) -> tuple[catalogue.OptionInput, ...]:
        """What is typed, empty rows left out."""
        return tuple(
            catalogue.OptionInput(name=(name.value or "").strip(), values=tuple(values.value or ()))
            for _, name, values in self.rows
            if (name.value or "").strip() or values.value
        )

    def _add(self, name: str, values: tuple[str, ...]) -> None:
        with self.box, ui.element("div").classes("opt-row") as row:
            name_box = ui.input(placeholder=self.ctx.t(NAME), value=name).props("maxlength=40 debounce=150")
            chips = ui.select(
                list(values), multiple=True, new_value_mode="add-unique", with_input=True, value=list(values)
            )
            chips.props(f'use-chips hide-dropdown-icon placeholder="{self.ctx.t(VALUES)}"').classes("grow")
            for element, words in ((name_box, NAME), (chips, VALUES)):
                element.props["aria-label"] = self.ctx.t(words)
                element.on_value_change(lambda: self._changed())
            button(self.ctx, "", lambda: self._remove(row), kind="text", icon="x", hint=REMOVE)
        self.rows.append((row, name_box, chips))
        self._changed(quiet=True)

    def _remove(self, row: ui.element) -> None:
        self.rows = [each for each in self.rows if each[0] is not row]
        row.delete()
        self._changed()

    def _changed(self, *, quiet: bool = False) -> None:
        options = self.options()
        number = 1
        for option in options:
            number *= max(1, len(option.values))
        self.count.content = self.ctx.t(Said(COUNT, n=number)) if options else self.ctx.t(NONE)
        self.more.set_visibility(len(self.rows) < MAX_AXES)
        if self.on_change is not None and not quiet:
            self.on_change()


async def option_editor(ctx: Ctx, product: Product, done: Callable[[], Awaitable[None]]) -> None:
    """A window in which the axes of an existing product change."""
    fresh = await read(catalogue.product, product.code, ctx.actor)
    matrix = await read(catalogue.matrix_of, product.id)
    with window(ctx, OPTIONS, wide=True) as dialog:
        inputs = OptionInputs(ctx, [(axis.name, axis.values) for axis in matrix.axes])
        note(ctx, HINT)

        async def save() -> None:
            async def run(actor: Actor) -> None:
                await write(catalogue.change_matrix, product.id, fresh.version, inputs.options(), actor=actor)

            ok, _ = await attempt(ctx, run)
            if ok:
                dialog.close()
                toast(ctx, SAVED)
                await done()

        with dialog_foot():
            button(ctx, SAVE, save, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()
