"""Files pinned to a record: list, upload, remove."""

from collections.abc import Callable
from typing import Any

from nicegui import events, ui

from models import Attachment, Row, Text
from services.core import audit, files
from services.core.db import read, slow, write
from services.core.permissions import Actor
from services.core.text import Said, format_number
from ui_pages.kit import dialogs
from ui_pages.kit.action import attempt, refusals
from ui_pages.kit.blocks import empty_state
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html, icon

ADD = Text("添加文件", "Add a file")
DROP = Text(
    "把文件拖到这里,或点右上角的加号(图片、PDF、表格,最大 50 MB)",
    "Drop a file here or press + (pictures, PDF, sheets, up to 50 MB)",
)
NOTHING = Text("没有附件", "No attachments")
REMOVE = Text("移除", "Remove")
SURE = Text("移除附件「{name}」?", "Remove the attachment “{name}”?")


async def attachments(ctx: Ctx, subject: Row, *, add: Any, remove: Any) -> None:
    """The files of `subject`. `add(subject_id, data, name, actor=…)` and `remove(attachment_id, actor=…)` are verbs."""
    box = ui.element("div").classes("w-full")

    async def fill() -> None:
        rows = await read(files.attachments_of, subject)
        if box.is_deleted:
            return
        box.clear()
        with box:
            _list(ctx, rows, remove, fill)
            button = ui.button(
                ctx.t(ADD), icon="paperclip", color=None, on_click=lambda: _upload(ctx, subject, add, fill)
            )
            button.classes("b-secondary")
            if refusals(ctx, add):
                button.disable()

    async def changed(ids: set[int]) -> None:
        if subject.id in ids:
            await fill()

    await fill()
    ctx.on_change(audit.kind_of(subject), changed)


def _list(ctx: Ctx, rows: Any, remove: Any, fill: Callable[[], Any]) -> None:
    if not rows:
        empty_state(ctx, NOTHING, picture="paperclip")
        return
    with ui.element("div").classes("files"):
        for row in rows:
            with ui.element("div").classes("f"):
                html(_picture(row)).style("display:contents")
                html(
                    el("a", row.name, href=f"/files/{row.id}", target="_blank", class_="link"),
                    el(
                        "div",
                        f"{row.added_by} · {ctx.instant(row.at)} · {_size(row.file.size, ctx.locale)}",
                        class_="sub small",
                    ),
                ).classes("grow clip")
                if not refusals(ctx, remove):
                    button = ui.button(
                        icon="x", color=None, on_click=lambda row=row: _remove(ctx, row, remove, fill)
                    )
                    button.classes("b-text b-icon").props["aria-label"] = f"{ctx.t(REMOVE)} {row.name}"


def _picture(row: Attachment) -> Markup:
    if row.file.mime.startswith("image/"):
        return el("img", src=f"/files/{row.id}", alt="", loading="lazy")
    return icon("file-text", 22)


async def _upload(ctx: Ctx, subject: Row, add: Any, fill: Callable[[], Any]) -> None:
    async def received(event: events.UploadEventArguments) -> None:
        data = await event.file.read()

        async def keep(actor: Actor) -> None:
            await slow(add, subject.id, data, event.file.name, actor=actor)

        ok, _ = await attempt(ctx, keep)
        if ok:
            dialog.close()
            await fill()

    with dialogs.window(ctx, ADD) as dialog:
        html(ctx.t(DROP)).classes("sec")
        ui.upload(on_upload=received, auto_upload=True, max_file_size=50_000_000).props("flat")
    dialog.on("hide", dialog.delete)
    dialog.open()


async def _remove(ctx: Ctx, row: Attachment, remove: Any, fill: Callable[[], Any]) -> None:
    if not await dialogs.confirm(ctx, Said(SURE, name=row.name), REMOVE, danger=True):
        return

    async def drop(actor: Actor) -> None:
        await write(remove, row.id, actor=actor)

    await attempt(ctx, drop)
    await fill()


def _size(count: int, locale: str) -> str:
    return (
        f"{format_number(round(count / 1_000_000, 1), locale)} MB"
        if count >= 100_000
        else f"{max(1, count // 1000)} kB"
    )
