"""Saving what people edit: a save with an old version is a Conflict, never last-write-wins."""

from collections.abc import Mapping
from typing import Any, TypeVar

from models import Editable, Text
from services.core import audit
from services.core.clock import now
from services.core.db import insert_row, transaction
from services.core.errors import Conflict, NotFound
from services.core.events import touch
from services.core.permissions import Actor
from services.core.text import Said

Edited = TypeVar("Edited", bound=Editable)


def create(model: type[Edited], values: Mapping[str, Any], actor: Actor, *, action: str = "create") -> Edited:
    """Insert one editable row with audit and live notice; returns it."""
    with transaction():
        row = model.get_by_id(insert_row(model, **values))
        audit.record(actor, action, row, after=values)
        touch(audit.kind_of(model), row.id)
        return row


def save_changes(
    model: type[Edited],
    row_id: int,
    version: int,
    changes: Mapping[str, Any],
    actor: Actor,
    *,
    action: str = "edit",
    reason: str = "",
) -> Edited:
    """Write `changes` when the row still has `version`; audit before and after. Raises NotFound, Conflict."""
    with transaction():
        row = model.get_or_none(model.id == row_id)
        if row is None:
            raise NotFound()
        if row.version != version:
            raise Conflict(changed_elsewhere(row))
        changed = {
            key: value for key, value in changes.items() if getattr(row, _attribute(model, key)) != value
        }
        if not changed:
            return row
        before = {key: getattr(row, _attribute(model, key)) for key in changed}
        values = {getattr(model, key): value for key, value in changed.items()}
        model.update({**values, model.version: version + 1, model.updated_at: now()}).where(
            model.id == row_id, model.version == version
        ).execute()
        audit.record(actor, action, row, before=before, after=changed, reason=reason)
        touch(audit.kind_of(model), row_id)
        return model.get_by_id(row_id)


def bump_version(model: type[Editable], row_id: int) -> None:
    """Mark a row as changed because something it owns changed."""
    model.update({model.version: model.version + 1, model.updated_at: now()}).where(
        model.id == row_id
    ).execute()


def changed_elsewhere(row: Editable) -> Said:
    """The sentence of the conflict bar: who changed the row, from the newest audit row."""
    last = audit.history_of(row).first()
    text = Text(
        "{who} 刚刚修改了这条记录,您的修改没有保存。请重新载入后再改",
        "{who} changed this record in the meantime; your change was not saved. Reload and try again",
    )
    return Said(text, who=last.actor_name if last else "?")


def _attribute(model: type[Editable], key: str) -> str:
    field = model._meta.combined[key]  # type: ignore[attr-defined]
    return getattr(field, "object_id_name", field.name)
