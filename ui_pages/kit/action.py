"""Buttons that do something: permission, reason, confirmation, one request id per intent, one place for refusals."""

import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from nicegui import ui

from models import Text
from services.core.errors import DomainError
from services.core.permissions import Actor, why_not_permitted
from services.core.text import Said, Tone
from ui_pages.kit import dialogs, toasts
from ui_pages.kit.ctx import Ctx

log = logging.getLogger("zhanggui.pages")
Kind = Literal["primary", "secondary", "text", "danger"]
Run = Callable[..., Awaitable[Any]]
BUG = Text("出了意外,没有完成。编号 {ref}", "Something went wrong; nothing is lost. Reference {ref}")


@dataclass(slots=True)
class Intent:
    """One thing the user wants: its request id survives a failed attempt, so that repeating it is safe."""

    request_id: str = ""
    is_running: bool = False

    def actor(self, ctx: Ctx) -> Actor:
        """The actor with this intent's request id."""
        self.request_id = self.request_id or uuid4().hex
        return ctx.actor.asking(self.request_id)


def button(
    ctx: Ctx,
    label: Text | str = "",
    on_click: Callable[..., Any] | None = None,
    *,
    kind: Kind = "secondary",
    icon: str = "",
    hint: Text | str = "",
    href: str = "",
) -> ui.button:
    """A button of the kit; an icon alone needs a hint, which is its name for screen readers."""
    made = ui.button(ctx.t(label), icon=icon or None, color=None, on_click=on_click).classes(f"b-{kind}")
    if not label:
        made.classes("b-icon").props["aria-label"] = ctx.t(hint)
    if hint:
        made.tooltip(ctx.t(hint))
    if href:
        made.on("click", lambda: ctx.go(href))
    return made


def action_button(
    ctx: Ctx,
    label: Text,
    verb: Any,
    run: Run,
    *,
    kind: Kind = "secondary",
    icon: str = "",
    why_not: Sequence[Said] = (),
    confirm: Said | Text | None = None,
    ask_reason: bool = False,
    done: Said | Text | None = None,
    undo: Run | None = None,
) -> ui.button:
    """A button for `verb`: greyed with the reason when the actor or the state forbids it.

    `run(actor)` (with ask_reason: `run(actor, reason)`) calls the verb, usually `write(verb, …, actor=actor)`.
    """
    intent = Intent()

    async def clicked() -> None:
        if intent.is_running:
            return
        if confirm is not None and not await dialogs.confirm(ctx, confirm, label, danger=kind == "danger"):
            return
        reason = await dialogs.ask_reason(ctx, label) if ask_reason else ""
        if reason is None:
            return
        made.props("loading")
        extra = (reason,) if ask_reason else ()
        ok, _ = await attempt(ctx, run, *extra, intent=intent)
        if not made.is_deleted:
            made.props(remove="loading")
        if ok and done is not None:
            toast(ctx, done, undo=undo)

    made = button(ctx, label, clicked, kind=kind, icon=icon)
    reasons = [ctx.t(reason) for reason in refusals(ctx, verb, why_not)]
    if reasons:
        made.disable()
        made.tooltip("\n".join(reasons))
        made.props["aria-description"] = " ".join(reasons)
    return made


def refusals(ctx: Ctx, verb: Any, why_not: Sequence[Said] = ()) -> list[Said]:
    """Why this actor may not do it now: the missing right, then the state's reasons."""
    permission = getattr(verb, "permission", None)
    missing = [] if permission is None or ctx.can(permission) else [why_not_permitted(permission)]
    return [*missing, *why_not]


def toast(ctx: Ctx, words: Said | Text | str, *, tone: Tone = "ok", undo: Run | None = None) -> None:
    """Say what was done; `undo(actor)` puts an Undo button on the note for ten seconds."""
    toasts.show(ctx, words, tone=tone, on_undo=None if undo is None else lambda: attempt(ctx, undo))


async def attempt(
    ctx: Ctx,
    run: Run,
    *args: Any,
    intent: Intent | None = None,
    on_refusal: Callable[[DomainError], bool] | None = None,
) -> tuple[bool, Any]:
    """Await `run(actor, *args)`; refusals and bugs end here, as words. `on_refusal` may take a refusal over."""
    intent = intent or Intent()
    intent.is_running = True
    actor = intent.actor(ctx)
    try:
        result = run(actor, *args)
        result = await result if inspect.isawaitable(result) else result
    except DomainError as refusal:
        intent.request_id = ""
        if on_refusal is None or not on_refusal(refusal):
            show_refusal(ctx, refusal)
        return False, None
    except Exception:
        log.exception("a click failed", extra={"request_id": actor.request_id, "path": ctx.path})
        toast(ctx, Said(BUG, ref=actor.request_id[:8]), tone="bad")
        return False, None
    finally:
        intent.is_running = False
    intent.request_id = ""
    return True, result


def show_refusal(ctx: Ctx, refusal: DomainError) -> None:
    """Say why something was not done."""
    lines = [ctx.t(refusal.said), *(ctx.t(reason) for reason in refusal.reasons if reason != refusal.said)]
    lines += [ctx.t(said) for said in refusal.fields.values() if ctx.t(said) not in lines]
    toast(ctx, "\n".join(lines), tone="bad")
