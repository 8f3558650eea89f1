"""What happened to a record: its audit rows, newest first."""

from typing import Any

from nicegui import ui
from peewee import ForeignKeyField

from models import Audit, EnumField, JsonField, Row, Text
from services.core import audit, geo
from services.core.db import read
from services.core.permissions import Permission
from services.core.text import label_of
from ui_pages.kit.action_words import member_for, words_for, words_for_key
from ui_pages.kit.blocks import NO, YES, empty_state
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html

PAGE = 15
NOTHING = Text("还没有记录", "Nothing recorded yet")
MORE = Text("更早的记录", "Earlier")
SHOWN = 5
Names = dict[tuple[str, int], str]
"""Names of referenced records by (field, id)."""
EMPTY = (None, "", [], {}, False)


async def timeline(ctx: Ctx, subject: Row, *, follow: bool = True) -> ui.element:
    """The history of `subject`; follows its changes live."""
    box = ui.element("div").classes("w-full")
    state = {"size": PAGE}

    async def fill() -> None:
        rows, names = await read(_history, ctx, subject, state["size"] + 1)
        if box.is_deleted:
            return
        box.clear()
        with box:
            _draw(ctx, subject, rows[: state["size"]], names)
            if len(rows) > state["size"]:
                ui.button(ctx.t(MORE), color=None, on_click=more).classes("b-text")

    async def more() -> None:
        state["size"] += PAGE
        await fill()

    async def changed(ids: set[int]) -> None:
        if subject.id in ids:
            await fill()

    await fill()
    if follow:
        ctx.on_change(audit.kind_of(subject), changed)
    return box


def _history(ctx: Ctx, subject: Row, size: int) -> tuple[list[Audit], Names]:
    """The newest rows, and the names of the records that their changes refer to."""
    rows = list(audit.history_of(subject).limit(size))
    wanted: dict[str, set[int]] = {}
    for row in rows:
        for key, value in [*(row.before or {}).items(), *(row.after or {}).items()]:
            if isinstance(value, int) and isinstance(subject._meta.combined.get(key), ForeignKeyField):
                wanted.setdefault(key, set()).add(value)
    names: Names = {}
    for key, ids in wanted.items():
        model = subject._meta.combined[key].rel_model
        names |= {(key, each.id): _name(ctx, each) for each in model.select().where(model.id.in_(ids))}
    return rows, names


def _name(ctx: Ctx, row: Row) -> str:
    local = "name_zh" if ctx.locale == "zh" else "name_en"
    kept = (getattr(row, name, None) for name in (local, "name", "number", "sku", "code", "original_name"))
    return str(next((value for value in kept if value), row.id))


def _draw(ctx: Ctx, subject: Row, rows: list[Audit], names: Names) -> None:
    if not rows:
        empty_state(ctx, NOTHING, picture="history")
        return
    html(el("div", *(_entry(ctx, subject, row, names) for row in rows), class_="timeline"))


def _entry(ctx: Ctx, subject: Row, row: Audit, names: Names) -> Markup:
    key = "key" if row.action.rpartition(".")[2] not in {"edit", "note"} else ""
    return el(
        "div",
        el("i"),
        el(
            "div",
            el("b", ctx.t(words_for(row.action))),
            " ",
            el("span", row.actor_name, class_="sec"),
            el(
                "div",
                el("time", ctx.instant(row.at), class_="num", datetime=row.at.isoformat()),
                class_="when",
            ),
            _changes(ctx, subject, row, names),
            el("div", row.reason, class_="why") if row.reason else None,
        ),
        class_=f"tl {key}",
    )


def _changes(ctx: Ctx, subject: Row, row: Audit, names: Names) -> Any:
    after, before = row.after or {}, row.before or {}
    lines = []
    hidden = set() if ctx.can(Permission.CATALOGUE_SEE_COST) else {"cost_minor"}
    told = [key for key in after if key not in hidden and (key in before or after[key] not in EMPTY)]
    for key in told[:SHOWN]:
        old = before.get(key)
        old = None if isinstance(old, dict) and not any(old.values()) else old
        shown_old = [el("s", _value(ctx, subject, key, old, names)), " → "] if old not in (None, "") else []
        lines.append(
            el(
                "div",
                f"{_label(ctx, subject, key)}: ",
                *shown_old,
                _value(ctx, subject, key, after[key], names),
            )
        )
    return el("div", *lines, class_="diff") if lines else None


def _label(ctx: Ctx, subject: Row, key: str) -> str:
    column = subject._meta.combined.get(key)
    return ctx.t(column.verbose_name if column is not None and column.verbose_name else words_for_key(key))


def _value(ctx: Ctx, subject: Row, key: str, value: Any, names: Names) -> str:
    if isinstance(value, int) and (key, value) in names:
        return names[key, value]
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return ctx.t(YES if value else NO)
    if isinstance(value, int) and key.endswith("_minor"):
        return ctx.money(value, getattr(subject, "currency", "") or "")
    if isinstance(value, dict | list):
        return _several(value) if not isinstance(subject._meta.combined.get(key), JsonField) else "…"
    return _word(ctx, subject, key, str(value))


def _several(value: dict[str, Any] | list[Any]) -> str:
    """Parts of a list or mapping, the first few."""
    parts = value if isinstance(value, list) else [f"{name}: {part}" for name, part in value.items()]
    return ", ".join(str(part) for part in parts[:8]) + (" …" if len(parts) > 8 else "")


def _word(ctx: Ctx, subject: Row, key: str, value: str) -> str:
    """A single value: members, fields and regions by their names."""
    column = subject._meta.combined.get(key)
    if isinstance(column, EnumField) and value in set(column.enum):
        return ctx.t(label_of(column.enum(value)).text)
    member = member_for(key, value)
    if member is not None:
        return ctx.t(label_of(member).text)
    if key == "field" and value in subject._meta.fields:
        return ctx.t(subject._meta.fields[value].verbose_name)
    if key.endswith(("province_code", "city_code", "district_code")):
        return geo.name_of(value, ctx.locale)
    return value[:120]
