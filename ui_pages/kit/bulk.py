"""Bulk actions on the rows of a list: preview of what will change and what cannot, progress, result per row."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from models import Text
from services.core.db import read, write
from services.core.errors import DomainError
from services.core.listing import Listing, ListQuery, ids_of, rows_by_id
from services.core.permissions import Actor
from services.core.text import Said
from ui_pages.kit import dialogs
from ui_pages.kit.action import Intent, toast
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import el, html

SHOWN = 8
ASK = Text("对 {n} 条执行「{label}」", "{label} {n} rows")
CANNOT = Text("{n} 条不能执行,会跳过:", "{n} cannot and will be skipped:")
NONE = Text("所选的都不能执行「{label}」", "None of the selected rows can: {label}")
RUNNING = Text("正在处理 {done} / {total}", "{done} of {total}")
DONE = Text("「{label}」完成:{n} 条", "{label}: {n} done")
PARTLY = Text("完成 {n} 条,{failed} 条未执行", "{n} done, {failed} not done")
CLOSE = Text("关闭", "Close")
ROW = Text("第 {id} 号", "No. {id}")


@dataclass(frozen=True, slots=True)
class Bulk:
    """One verb over many rows: called as `verb(row_id, actor=…)`, one transaction a row.

    `check(ids, actor)` (a read) says which ids cannot and why; `ask(ctx)` opens a dialog for further arguments and
    returns them (None = stepped back); `undo(row_id, actor=…)` is offered afterwards.
    """

    verb: Callable[..., Any]
    label: Text
    icon: str = ""
    danger: bool = False
    check: Callable[[list[int], Actor], Mapping[int, Said]] | None = None
    ask: Callable[[Ctx], Awaitable[dict[str, Any] | None]] | None = None
    ask_reason: bool = False
    undo: Callable[..., Any] | None = None
    call: Callable[..., Any] | None = None
    """When the verb is called otherwise: `call(row_id, actor=…, **asked)`."""

    @property
    def key(self) -> str:
        """The name the browser sends back."""
        return self.label.en


@dataclass(slots=True)
class _Run:
    done: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


async def run_bulk(
    ctx: Ctx, listing: Listing, bulk: Bulk, ids: list[int], everything: ListQuery | None
) -> bool:
    """Preview, ask, run with progress, show the result; True when rows may have changed."""
    if everything is not None:
        ids = await read(ids_of, listing, everything, ctx.actor)
    cannot = dict(await read(bulk.check, ids, ctx.actor)) if bulk.check else {}
    names = await read(_names, listing, list(cannot)[:SHOWN], ctx.actor)
    can = [row_id for row_id in ids if row_id not in cannot]
    if not await _preview(ctx, bulk, can, cannot, names):
        return False
    asked: dict[str, Any] | None = await bulk.ask(ctx) if bulk.ask else {}
    if asked is None:
        return False
    if bulk.ask_reason:
        reason = await dialogs.ask_reason(ctx, bulk.label)
        if reason is None:
            return False
        asked["reason"] = reason
    result = await _progress(ctx, bulk.label, can, bulk.call or bulk.verb, asked)
    await _report(ctx, listing, bulk, result)
    return True


async def _preview(
    ctx: Ctx, bulk: Bulk, can: list[int], cannot: Mapping[int, Said], names: Mapping[int, str]
) -> bool:
    lines = [
        el("li", el("b", names.get(row_id, ctx.t(Said(ROW, id=str(row_id))))), " ", ctx.t(said))
        for row_id, said in list(cannot.items())[:SHOWN]
    ]
    more = len(cannot) - len(lines)
    question = Said(ASK, n=len(can), label=bulk.label) if can else Said(NONE, label=bulk.label)
    with dialogs.window(ctx, ctx.t(question)) as dialog:
        if cannot:
            html(
                el("div", ctx.t(Said(CANNOT, n=len(cannot)))),
                el("ul", *lines, el("li", f"… +{more}") if more > 0 else None, class_="bulk-list"),
            )
        with dialogs.dialog_foot():
            close = CLOSE if not can else dialogs.CANCEL
            ui.button(ctx.t(close), color=None, on_click=lambda: dialog.submit(False)).classes("b-secondary")
            if can:
                kind = "b-danger-solid" if bulk.danger else "b-primary"
                ui.button(ctx.t(bulk.label), color=None, on_click=lambda: dialog.submit(True)).classes(kind)
    answer = await dialog
    dialog.delete()
    return bool(answer)


async def _progress(
    ctx: Ctx, label: Text, ids: list[int], call: Callable[..., Any], asked: Mapping[str, Any]
) -> _Run:
    result, intent = _Run(), Intent()
    with dialogs.window(ctx, label) as dialog:
        words = ui.label("").classes("sec num")
        bar = ui.linear_progress(0, show_value=False)
    dialog.props("persistent").open()
    try:
        for number, row_id in enumerate(ids, 1):
            actor = intent.actor(ctx)
            try:
                await write(call, row_id, actor=actor.asking(f"{actor.request_id}-{row_id}"), **asked)
                result.done.append(row_id)
            except DomainError as refusal:
                result.failed[row_id] = ctx.t(refusal.said)
            if number % 5 == 0 or number == len(ids):
                words.text = ctx.t(Said(RUNNING, done=number, total=len(ids)))
                bar.value = number / len(ids)
    finally:
        dialog.delete()
    return result


async def _report(ctx: Ctx, listing: Listing, bulk: Bulk, result: _Run) -> None:
    if not result.failed:
        toast(ctx, Said(DONE, label=bulk.label, n=len(result.done)), undo=_undo_of(bulk, result.done))
        return
    names = await read(_names, listing, list(result.failed), ctx.actor)
    rows = [
        el("li", el("b", names.get(row_id, str(row_id))), " ", why) for row_id, why in result.failed.items()
    ]
    with dialogs.window(ctx, bulk.label) as dialog:
        html(
            el("div", ctx.t(Said(PARTLY, n=len(result.done), failed=len(result.failed)))),
            el("ul", *rows, class_="bulk-list"),
        )
        with dialogs.dialog_foot():
            ui.button(ctx.t(CLOSE), color=None, on_click=dialog.close).classes("b-primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


def _undo_of(bulk: Bulk, ids: list[int]) -> Callable[[Actor], Awaitable[None]] | None:
    undo = bulk.undo
    if undo is None:
        return None

    async def put_back(actor: Actor) -> None:
        for row_id in ids:
            await write(undo, row_id, actor=actor.asking(f"{actor.request_id}-{row_id}"))

    return put_back


def _names(listing: Listing, ids: list[int], actor: Actor) -> dict[int, str]:
    if not ids:
        return {}
    first = next(
        (column.name for column in listing.columns if column.kind == "link"), listing.columns[0].name
    )
    return {row["id"]: str(row[first]) for row in rows_by_id(listing, ids, actor)}
