"""The audit log: one row a command, in its transaction, chained by HMAC so that a change, swap or gap is found."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models import Audit, Row, db
from services.core.clock import now
from services.core.crypto import keyring, mask
from services.core.db import bulk_insert, insert_row
from services.core.permissions import Actor, Permission, check_permission

GENESIS = "0" * 64
CHAINED = (
    "actor_key",
    "actor_name",
    "via",
    "request_id",
    "action",
    "subject_kind",
    "subject_id",
    "before",
    "after",
    "reason",
)


def kind_of(row: Row | type[Row]) -> str:
    """The name under which audit, attachments and live topics know a model: order_line."""
    meta = row._meta  # type: ignore[union-attr]
    table = meta.table_name
    return {"sales_order": "order", "order_return": "return"}.get(table, table)


def record(
    actor: Actor,
    action: str,
    subject: Row | tuple[str, int],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write who did what to `subject` (a row, or kind and id), with changed fields; personal data is masked."""
    kind, subject_id = subject if isinstance(subject, tuple) else (kind_of(subject), subject.id)
    model = None if isinstance(subject, tuple) else type(subject)
    values = {
        "actor_key": actor.key,
        "actor_name": actor.name,
        "via": actor.via,
        "request_id": actor.request_id,
        "action": action,
        "subject_kind": kind,
        "subject_id": int(subject_id),
        "before": _plain(before, model),
        "after": _plain(after, model),
        "reason": reason[:400],
    }
    at = now()
    previous = _last_mac()
    insert_row(Audit, at=at, previous_mac=previous, mac=_mac(previous, at, values), **values)


def record_many(actor: Actor, action: str, subjects: Sequence[tuple[str, int, Mapping[str, Any]]]) -> None:
    """One row per (kind, id, after) of bulk work, chained in order and inserted together."""
    at, previous = now(), _last_mac()
    rows = []
    for kind, subject_id, after in subjects:
        values = {
            "actor_key": actor.key,
            "actor_name": actor.name,
            "via": actor.via,
            "request_id": actor.request_id,
            "action": action,
            "subject_kind": kind,
            "subject_id": int(subject_id),
            "before": None,
            "after": _plain(after, None),
            "reason": "",
        }
        mac = _mac(previous, at, values)
        rows.append({"at": at, "previous_mac": previous, "mac": mac, **values})
        previous = mac
    bulk_insert(Audit, rows, ids=False)


def history_of(subject: Row) -> Any:
    """The Select behind a detail page's timeline, newest first."""
    return (
        Audit.select()
        .where(Audit.subject_kind == kind_of(subject), Audit.subject_id == subject.id)
        .order_by(Audit.id.desc())
    )


def entries(actor: Actor) -> Any:
    """The whole log, for who may see it."""
    check_permission(actor, Permission.AUDIT_VIEW)
    return Audit.select()


def search_condition(term: str) -> Any:
    """Entries whose action or person begins with the term, or whose subject has this number."""
    found = Audit.action.startswith(term) | (Audit.subject_kind == term) | Audit.actor_name.startswith(term)
    return found | (Audit.subject_id == int(term)) if term.isdecimal() and len(term) < 10 else found


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first audit row that does not fit, and how."""

    row_id: int
    what: str


def verify_chain(last: int | None = None) -> ChainBreak | None:
    """Recompute the chain (the whole, or the newest `last` rows); None when it holds."""
    query = Audit.select().order_by(Audit.id)
    if last is not None:
        newest = Audit.select(Audit.id).order_by(Audit.id.desc()).limit(last)
        query = query.where(Audit.id.in_(newest))
    previous: Audit | None = None
    for row in query.iterator():
        values = {name: getattr(row, name) for name in CHAINED}
        if previous is None and last is None and row.previous_mac != GENESIS:
            return ChainBreak(row.id, "rows before this one are missing")
        if previous is not None and row.previous_mac != previous.mac:
            return ChainBreak(row.id, "a row before this one is missing or was replaced")
        if not hmac.compare_digest(row.mac, _mac(row.previous_mac, row.at, values)):
            return ChainBreak(row.id, "this row was changed")
        previous = row
    return None


def _last_mac() -> str:
    row = db.execute_sql("SELECT mac FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else GENESIS


def _mac(previous: str, at: datetime, values: Mapping[str, Any]) -> str:
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    message = f"{previous}|{at.timestamp():.6f}|{canonical}".encode()
    return hmac.new(keyring().audit_key, message, hashlib.sha256).hexdigest()


def _plain(values: Mapping[str, Any] | None, model: type[Row] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    fields = model._meta.fields if model else {}  # type: ignore[attr-defined]
    plain = {}
    for key, value in values.items():
        if key.endswith("_bidx"):
            continue
        pii = getattr(fields.get(key), "pii", None)
        plain[key] = mask(pii, value) if pii and isinstance(value, str) else _json(value)
    return plain


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Row):
        return value.id
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(inner) for inner in value]
    return str(value) if not isinstance(value, str | int | float | bool | type(None)) else value
