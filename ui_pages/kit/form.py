"""`form_for`: inputs of a model's fields around a draft, with dirty tracking, leave guard, errors and conflicts."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import iscoroutine
from typing import Any

from nicegui import ui
from peewee import Field

from models import Audit, Row, Text
from services.core import audit
from services.core.clock import now
from services.core.db import read, write
from services.core.errors import Conflict, DomainError, MoveRefused
from services.core.permissions import Actor, Permission
from services.core.text import Said
from ui_pages.kit.action import Intent, attempt, refusals, toast
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.draft import Draft, draft
from ui_pages.kit.fields import Bound, field
from ui_pages.kit.markup import el, html, icon

SAVE = Text("保存", "Save")
SAVED = Text("已保存", "Saved")
CLEAN = Text("没有未保存的修改", "No unsaved changes")
DIRTY = Text("有未保存的修改", "Unsaved changes")
DISCARD = Text("放弃修改", "Discard")
RELOAD = Text("重新载入", "Reload")
SEE = Text("看看改了什么", "See what changed")
MINUTES = Text(
    "{who} 在 {n} 分钟前改了这条记录,您的修改还没有保存",
    "{who} changed this {n} minutes ago; your change is not saved",
)
JUST_NOW = Text(
    "{who} 刚刚改了这条记录,您的修改还没有保存", "{who} just changed this; your change is not saved"
)
Save = Callable[..., Any]


class Form:
    """The built form: `draft` is what it edits; pages may add inputs with `add`."""

    def __init__(self, ctx: Ctx, edited: Draft, save: Save, options: "FormOptions") -> None:
        self.ctx, self.draft, self.save, self.options = ctx, edited, save, options
        self.bound: dict[str, Bound] = {}
        self.intent = Intent()
        self.key = f"form-{id(self)}"
        self.was_dirty = False
        self.reasons = [ctx.t(said) for said in refusals(ctx, options.verb or save)]
        edited.listeners.append(self._changed)
        with ui.element("form").classes("form").on("submit.prevent", lambda: None) as self.root:
            self.conflict = ui.element("div")
            self.grid = ui.element("div").classes("form-grid")
            self.foot = ui.element("div").classes("save-bar no-print")
            with self.foot:
                self._bar()
        if ctx.scope is not None:
            ctx.scope.at_end(lambda: self._tell(False))

    def add(self, column: Field, **options: Any) -> Bound:
        """Add an input for a field of the draft."""
        with self.grid:
            bound = field(self.ctx, self.draft, column, **options)
        self.bound[column.name] = bound
        if self.reasons:
            bound.element.disable()
        return bound

    def mark_dirty(self) -> None:
        """Something outside the draft changed that the save will include."""
        self._set_dirty(True)

    def mark_clean(self) -> None:
        """What was typed has been kept elsewhere: nobody is warned about leaving."""
        self._set_dirty(False)

    async def submit(self) -> bool:
        """Save; errors land beside their fields. True when saved."""
        for bound in self.bound.values():
            bound.accept()
        self.button.props("loading")
        ok, row = await attempt(self.ctx, self._save, intent=self.intent, on_refusal=self._refused)
        if self.button.is_deleted:
            return ok
        self.button.props(remove="loading")
        if not ok:
            return False
        self.conflict.clear()
        self._set_dirty(False)
        if isinstance(row, self.draft.model):
            self.draft.reset(row)
            self._set_dirty(False)
        if self.options.done is not None:
            toast(self.ctx, self.options.done)
        if self.options.on_saved is not None:
            result = self.options.on_saved(row)
            if iscoroutine(
                result
            ):  # not any awaitable: closing a dialog gives the dialog, and awaiting that opens it
                await result
        return True

    async def _save(self, actor: Actor) -> Any:
        edited = self.draft
        if hasattr(self.save, "permission") and edited.id is not None:
            return await write(self.save, edited.id, edited.version, edited.changes(), actor=actor)
        edited.values()
        result = self.save(edited, actor)
        return await result if isinstance(result, Awaitable) else result

    def _bar(self) -> None:
        ctx = self.ctx
        self.state = ui.label("").classes("state").props('role="status"')
        self.discard = ui.button(ctx.t(DISCARD), color=None, on_click=self._discard).classes("b-text")
        self.button = ui.button(ctx.t(self.options.label), color=None, on_click=self.submit).classes(
            "b-primary"
        )
        self.button.props("data-save")
        if self.reasons:
            self.button.disable()
            self.button.tooltip("\n".join(self.reasons))
        self.discard.set_visibility(False)

    def _discard(self) -> None:
        for name, value in self.draft.original.items():
            setattr(self.draft, name, value)
        for bound in self.bound.values():
            bound.accept()
        self._set_dirty(False)

    def _changed(self, _name: str) -> None:
        self._set_dirty(self.draft.is_dirty)

    def _set_dirty(self, dirty: bool) -> None:
        if dirty == self.was_dirty or self.state.is_deleted:
            return
        self.was_dirty = dirty
        self.state.text = self.ctx.t(DIRTY) if dirty else ""
        self.discard.set_visibility(dirty and self.draft.id is not None)
        self._tell(dirty)

    def _tell(self, dirty: bool) -> None:
        if self.options.guard and not self.ctx.client.is_deleted:
            self.ctx.client.run_javascript(f"zg.setDirty({json.dumps(self.key)}, {json.dumps(dirty)})")

    def _refused(self, refusal: DomainError) -> bool:
        shown = False
        for name, said in refusal.fields.items():
            bound = self.bound.get(name)
            if bound is not None:
                bound.refuse(self.ctx.t(said))
                shown = True
        if type(refusal) is Conflict and not isinstance(refusal, MoveRefused) and not refusal.fields:
            ui.timer(0, lambda: self._show_conflict(), once=True)
            return True
        if shown:
            self.ctx.client.run_javascript(
                "document.querySelector('.fd.bad')?.scrollIntoView({block: 'center'})"
            )
        return shown and len(refusal.fields) == sum(name in self.bound for name in refusal.fields)

    async def _show_conflict(self) -> None:
        ctx, edited = self.ctx, self.draft
        last, row = await read(_latest, edited.model, edited.id)
        self.conflict.clear()
        with self.conflict, ui.element("div").classes("conflict").props('role="alert"'):
            html(icon("triangle-alert"))
            html(el("b", ctx.t(_who_changed(last))), _difference(ctx, last)).classes("grow")
            ui.button(ctx.t(RELOAD), color=None, on_click=lambda: self._reload(row)).classes("b-secondary")

    def _reload(self, row: Row | None) -> None:
        self.conflict.clear()
        if row is not None:
            self.draft.reset(row)
        self._set_dirty(False)


class FormOptions:
    """What is said and done around a form."""

    def __init__(
        self,
        *,
        label: Text = SAVE,
        done: Text | Said | None = SAVED,
        verb: Any = None,
        on_saved: Callable[[Any], Awaitable[None] | None] | None = None,
        guard: bool = True,
    ) -> None:
        self.label, self.done, self.verb, self.on_saved, self.guard = label, done, verb, on_saved, guard


def form_for(
    ctx: Ctx,
    instance: Row | None,
    fields: Sequence[Field],
    save: Save,
    *,
    inputs: Mapping[str, Mapping[str, Any]] | None = None,
    **options: Any,
) -> Form:
    """A form over `fields` of `instance` (None: a new row).

    `save` is a guarded verb, called as `verb(id, version, changes, actor=…)`, or an async `save(draft, actor)`.
    `inputs` gives a field's input more words: {"brand": {"choices": search, "chosen": "Muji"}} (see fields.field).
    Further options: label, done, verb, on_saved, guard.
    """
    form = Form(ctx, draft(instance, fields), save, FormOptions(**options))
    for column in fields:
        form.add(column, **(inputs or {}).get(column.name, {}))
    return form


def _latest(model: type[Row], row_id: int) -> tuple[Audit | None, Row | None]:
    row = model.get_or_none(model.id == row_id)
    return (audit.history_of(row).first() if row is not None else None), row


def _who_changed(last: Audit | None) -> Said:
    if last is None:
        return Said(JUST_NOW, who="?")
    minutes = int((now() - last.at).total_seconds() // 60)
    return Said(MINUTES, who=last.actor_name, n=minutes) if minutes else Said(JUST_NOW, who=last.actor_name)


def _difference(ctx: Ctx, last: Audit | None) -> Any:
    if last is None or not last.after:
        return None
    rows = [
        el("li", f"{key}: {(last.before or {}).get(key, '—')} → {value}")
        for key, value in list(last.after.items())[:6]
        if not key.startswith(("cost_", "unit_cost_")) or ctx.can(Permission.CATALOGUE_SEE_COST)
    ]
    return el("ul", *rows)
