"""`edit_grid`: rows edited in place like a sheet, saved together, answered row by row (static/edit_grid.js)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nicegui import events, ui

from models import Text
from services.core.money import exponent, from_minor, to_minor
from services.core.permissions import Actor
from services.core.text import Said
from ui_pages.kit import dialogs
from ui_pages.kit.action import attempt, refusals
from ui_pages.kit.ctx import Ctx

Kind = Literal["label", "text", "money", "int"]
NOT_A_NUMBER = Text("「{typed}」不是数字", "“{typed}” is not a number")
SAVED = Text("已保存 {n} 行", "{n} rows saved")
PARTLY = Text("已保存 {n} 行,{failed} 行未保存", "{n} rows saved, {failed} not")
SAVE_BIG = Text("保存大幅改价", "Save large price changes")
WORDS: dict[str, Text] = {
    "save": Text("保存", "Save"),
    "discard": Text("放弃", "Discard"),
    "changes": Text("{n} 处修改", "{n} changes"),
    "column": Text("列", "Column"),
    "op": Text("规则", "Rule"),
    "value": Text("数值", "Value"),
    "fill": Text("填入全部", "Fill all"),
    "set": Text("设为", "Set to"),
    "percent": Text("按百分比", "Change by %"),
    "plus": Text("增加", "Add"),
    "round": Text("尾数改为", "End in"),
    "none": Text("没有可编辑的行", "Nothing to edit"),
}


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column; `label` columns show the row's words and cannot be edited."""

    name: str
    label: Text
    kind: Kind = "text"
    width: int = 0
    editable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row: what it is called, and the typed values of its columns."""

    id: int
    version: int
    label: str
    values: Mapping[str, Any]
    note: str = ""
    href: str = ""
    thumb: str = ""
    muted: bool = False
    menu: tuple[str, Text] | None = None
    """(icon, words) of the button at the row's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridEdit:
    """What changed in one row, typed."""

    row_id: int
    version: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GridAnswer:
    """How one row fared: refused with words (and where), or saved."""

    row_id: int
    said: Said | Text | None = None
    fields: Mapping[str, Said | Text] = field(default_factory=dict)


Save = Callable[[Sequence[GridEdit], str, Actor], Awaitable[Sequence[GridAnswer]]]
Load = Callable[[Sequence[int]], Awaitable[Sequence[GridRow]]]


class EditGrid(ui.element, component="static/edit_grid.js"):
    """The element; unsaved cells live in the browser until they are saved."""

    def __init__(
        self, ctx: Ctx, columns: Sequence[GridColumn], rows: Sequence[GridRow], save: Save, load: Load
    ) -> None:
        super().__init__()
        self.ctx, self.columns, self.save, self.load = ctx, columns, save, load
        self.kinds = {column.name: column.kind for column in columns}
        digits = exponent(ctx.currency)
        self._props["columns"] = [
            {
                "name": column.name,
                "label": ctx.t(column.label) + (f" ({ctx.currency})" if column.kind == "money" else ""),
                "kind": column.kind,
                "width": column.width,
                "right": column.kind in {"money", "int"},
                "editable": column.editable and column.kind != "label",
                "digits": digits,
            }
            for column in columns
        ]
        self._props["initial"] = [self._shown(row) for row in rows]
        self._props["words"] = {key: ctx.t(text) for key, text in WORDS.items()}
        self._props["thumbs"] = any(row.thumb for row in rows)
        self._props["ident"] = f"grid-{self.id}"
        self.on("save", self._save)

    def show(self, rows: Sequence[GridRow]) -> None:
        """Show other rows; unsaved cells are lost."""
        self.run_method("setRows", [self._shown(row) for row in rows])

    async def _save(self, event: events.GenericEventArguments) -> None:
        edits, answers = [], []
        for row in event.args:
            changes, wrong = self._read(row["changes"])
            if wrong:
                answers.append(GridAnswer(int(row["id"]), next(iter(wrong.values())), wrong))
            else:
                edits.append(GridEdit(row_id=int(row["id"]), version=int(row["version"]), changes=changes))
        ok, made = await attempt(self.ctx, self._run, edits) if edits else (True, [])
        if self.is_deleted:
            return
        if not ok:
            self.run_method("stop")
            return
        answers += made
        fresh = {
            row.id: row
            for row in await self.load([answer.row_id for answer in answers if answer.said is None])
        }
        failed = sum(answer.said is not None for answer in answers)
        words = (
            Said(PARTLY, n=len(answers) - failed, failed=failed) if failed else Said(SAVED, n=len(answers))
        )
        self.run_method("results", [self._answer(answer, fresh) for answer in answers], self.ctx.t(words))

    async def _run(self, actor: Actor, edits: Sequence[GridEdit]) -> list[GridAnswer]:
        """Save; rows that need a reason are saved again once it is given."""
        answers = list(await self.save(edits, "", actor))
        wanting = {answer.row_id for answer in answers if "reason" in answer.fields}
        if wanting:
            reason = await dialogs.ask_reason(self.ctx, SAVE_BIG)
            if reason:
                again = [edit for edit in edits if edit.row_id in wanting]
                kept = [answer for answer in answers if answer.row_id not in wanting]
                answers = [*kept, *await self.save(again, reason, self.ctx.acting())]
        return answers

    def _read(self, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Said]]:
        changes: dict[str, Any] = {}
        wrong: dict[str, Said] = {}
        for name, text in typed.items():
            text = str(text).strip()
            kind = self.kinds.get(name)
            if kind is None:
                continue
            try:
                changes[name] = _typed(kind, text, self.ctx.currency)
            except (ValueError, ArithmeticError):
                wrong[name] = Said(NOT_A_NUMBER, typed=text)
        return changes, wrong

    def _answer(self, answer: GridAnswer, fresh: Mapping[int, GridRow]) -> dict[str, Any]:
        return {
            "id": answer.row_id,
            "said": self.ctx.t(answer.said) if answer.said is not None else "",
            "fields": {name: self.ctx.t(said) for name, said in answer.fields.items()},
            "row": self._shown(fresh[answer.row_id]) if answer.row_id in fresh else None,
        }

    def _shown(self, row: GridRow) -> dict[str, Any]:
        cells = {
            name: _text(kind, row.values.get(name), self.ctx.currency) for name, kind in self.kinds.items()
        }
        menu = {"icon": row.menu[0], "label": self.ctx.t(row.menu[1])} if row.menu else None
        return {
            "id": row.id,
            "version": row.version,
            "label": row.label,
            "note": row.note,
            "href": row.href,
            "thumb": row.thumb,
            "muted": row.muted,
            "menu": menu,
            "cells": cells,
        }


def edit_grid(
    ctx: Ctx,
    columns: Sequence[GridColumn],
    rows: Sequence[GridRow],
    *,
    save: Save,
    load: Load,
    verb: Any = None,
    on_menu: Callable[[int], Any] | None = None,
) -> EditGrid:
    """Show rows for editing in place.

    `save(edits, reason, actor)` calls the bulk verb and answers row by row; `load(ids)` reads saved rows anew. Without
    the right to `verb` the grid only shows.
    """
    grid = EditGrid(ctx, columns, rows, save, load)
    grid._props["editable"] = not refusals(ctx, verb)
    grid._props["menu"] = on_menu is not None
    if on_menu is not None:
        grid.on("menu", lambda event: on_menu(int(event.args)))
    return grid


def _typed(kind: Kind, text: str, currency: str) -> Any:
    if kind == "money":
        return to_minor(text, currency) if text else None
    if kind == "int":
        return int(text.replace(",", ""))
    return text


def _text(kind: Kind, value: Any, currency: str) -> str:
    if value is None:
        return ""
    if kind == "money":
        return f"{from_minor(value, currency):.{exponent(currency)}f}"
    return str(value)
