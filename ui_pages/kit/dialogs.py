"""Dialogs that ask before something is destroyed, ask why, or show something beside the page."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from models import Text
from services.core.text import Said
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import el, html

CANCEL = Text("返回", "Go back")
CLOSE = Text("关闭", "Close")
SURE = Text("请确认", "Please confirm")
WHY = Text("原因", "Reason")
WHY_HELP = Text("会记入审计日志", "It is written to the audit log")
WHY_EMPTY = Text("请写明原因", "Say why")


async def confirm(ctx: Ctx, question: Said | Text, label: Text, *, danger: bool = False) -> bool:
    """Ask a question that names the object; True when the person goes ahead."""
    with ui.dialog() as dialog, ui.element("div").classes("dlg").props('role="alertdialog"'):
        html(el("div", ctx.t(SURE), class_="dlg-title"))
        html(el("div", ctx.t(question), class_="dlg-body"))
        with ui.element("div").classes("dlg-foot"):
            _button(ctx, CANCEL, lambda: dialog.submit(False), "secondary")
            kind = "danger-solid" if danger else "primary"
            _button(ctx, label, lambda: dialog.submit(True), kind).props("autofocus")
    answer = await dialog
    dialog.delete()
    return bool(answer)


async def ask_reason(ctx: Ctx, label: Said | Text) -> str | None:
    """Ask why; None when the person steps back."""
    with ui.dialog() as dialog, ui.element("div").classes("dlg"):
        html(el("div", ctx.t(label), class_="dlg-title"))
        field = ui.textarea(ctx.t(WHY)).props(f'autofocus maxlength=400 hint="{ctx.t(WHY_HELP)}"')

        def go() -> None:
            if (field.value or "").strip():
                dialog.submit(field.value.strip())
            else:
                field.props["error"] = True
                field.props["error-message"] = ctx.t(WHY_EMPTY)

        with ui.element("div").classes("dlg-foot"):
            _button(ctx, CANCEL, lambda: dialog.submit(None), "secondary")
            _button(ctx, label, go, "primary")
    reason = await dialog
    dialog.delete()
    return reason


@contextmanager
def drawer(ctx: Ctx, title: Text | str, *, wide: bool = False) -> Iterator[ui.dialog]:
    """A panel that slides in at the right for a quick look or a small form; opens at once."""
    with ui.dialog().props("position=right full-height") as dialog:
        dialog.on("hide", dialog.delete)
        with ui.element("div").classes("drawer wide" if wide else "drawer"):
            with ui.element("div").classes("drawer-head"):
                html(el("h2", ctx.t(title), class_="h1")).classes("grow")
                close = ui.button(icon="x", color=None, on_click=dialog.close).classes("b-text b-icon")
                close.props["aria-label"] = ctx.t(CLOSE)
            with ui.element("div").classes("drawer-body"):
                yield dialog
    dialog.open()


@contextmanager
def window(ctx: Ctx, title: Text | str, *, wide: bool = False) -> Iterator[ui.dialog]:
    """A dialog with a title; `dialog_foot` ends it. The caller opens or awaits it."""
    with ui.dialog() as dialog, ui.element("div").classes("dlg wide" if wide else "dlg"):
        html(el("div", ctx.t(title), class_="dlg-title"))
        yield dialog


def dialog_foot() -> ui.element:
    """The row of buttons at the end of a dialog or drawer."""
    return ui.element("div").classes("dlg-foot")


def _button(ctx: Ctx, label: Text, on_click: object, kind: str) -> ui.button:
    return ui.button(ctx.t(label), color=None, on_click=on_click).classes(f"b-{kind}")  # type: ignore[arg-type]
