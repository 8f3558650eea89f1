"""Short notes at the bottom left: what was done, with undo; what was refused, with the reason."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from models import Text
from services.core.text import Said, Tone
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import el, html, icon

ICONS = {
    "ok": "circle-check",
    "bad": "circle-alert",
    "warn": "triangle-alert",
    "info": "info",
    "mute": "info",
}
STAY_S = {"ok": 4.0, "info": 5.0, "mute": 4.0, "warn": 8.0, "bad": 10.0}
UNDO = Text("撤销", "Undo")
CLOSE = Text("关闭", "Close")


def tray() -> ui.element:
    """The place where toasts appear; the shell makes it once."""
    return ui.element("div").classes("toasts no-print").props('role="status" aria-live="polite"')


def show(
    ctx: Ctx,
    words: Said | Text | str,
    *,
    tone: Tone = "ok",
    on_undo: Callable[[], Any] | None = None,
) -> None:
    """Show a note for some seconds; `on_undo` puts an Undo button on it for ten."""
    place = ctx.client.storage.get("toasts")
    if place is None or place.is_deleted:
        return
    with place:
        note = ui.element("div").classes(f"toast {tone}")
    with note:
        html(icon(ICONS[tone]))
        html(el("div", ctx.t(words), class_="toast-text")).classes("grow")
        if on_undo is not None:
            _undo_button(ctx, note, on_undo)
        ui.button(icon="x", color=None, on_click=note.delete).classes("b-icon").props["aria-label"] = ctx.t(
            CLOSE
        )
        ui.timer(
            10.0 if on_undo else STAY_S[tone], lambda: None if note.is_deleted else note.delete(), once=True
        )


def _undo_button(ctx: Ctx, note: ui.element, on_undo: Callable[[], Any]) -> None:
    async def clicked() -> None:
        result = on_undo()
        if isinstance(result, Awaitable):
            await result
        if not note.is_deleted:
            note.delete()

    ui.button(ctx.t(UNDO), color=None, on_click=clicked).classes("b-toast")
