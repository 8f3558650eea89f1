"""What happened, written in the same transaction, delivered after it.

`emit` inserts an outbox row; after the commit the dispatcher is nudged and browsers hear (topic, id). The row is the
truth: the dispatcher also polls. Handlers are idempotent by (event, handler), retried with back-off, parked after 8
attempts on a page that shows and replays them.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, ClassVar

from models import EventHandled, EventStatus, OutboxEvent
from services.core.clock import now
from services.core.db import after_commit, insert_row, transaction

log = logging.getLogger("zhanggui.events")
MAX_ATTEMPTS = 8
BATCH = 200


@dataclass(frozen=True)
class Event:
    """Base of all events; a subclass is a frozen dataclass of JSON values whose first field is the subject's id."""

    topic: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        EVENTS[cls.__name__] = cls


EVENTS: dict[str, type[Event]] = {}
_handlers: dict[str, list[tuple[str, Callable[[Any], None]]]] = {}
_listeners: list[Callable[[str, int], None]] = []
nudge = threading.Event()


def subscribe(event: type[Event], handler: Callable[[Any], None]) -> None:
    """Call `handler(event)` after commits that emitted `event`; called once per process by wiring."""
    known = _handlers.setdefault(event.__name__, [])
    key = f"{handler.__module__}.{handler.__qualname__}"
    if key not in [name for name, _ in known]:
        known.append((key, handler))


def on_change(listener: Callable[[str, int], None]) -> None:
    """Tell `listener(topic, id)` after each commit; it runs on the writing thread and must not block."""
    _listeners.append(listener)


def emit(event: Event) -> None:
    """Record that `event` happened, in the present transaction."""
    name = type(event).__name__
    payload = asdict(event)
    status = EventStatus.PENDING if name in _handlers else EventStatus.DONE
    insert_row(OutboxEvent, name=name, payload=payload, status=status, at=now(), due_at=now())
    if event.topic:
        touch(event.topic, int(next(iter(payload.values()))))
    if status is EventStatus.PENDING:
        after_commit(nudge.set)


def touch(topic: str, row_id: int) -> None:
    """Tell open pages after the commit that a row changed."""

    def tell() -> None:
        for listener in _listeners:
            listener(topic, row_id)

    after_commit(tell)


def deliver_due(limit: int = BATCH) -> int:
    """Hand every due event to its handlers; returns how many events were dealt with."""
    due = (
        OutboxEvent.select()
        .where(OutboxEvent.status == EventStatus.PENDING, OutboxEvent.due_at <= now())
        .order_by(OutboxEvent.due_at, OutboxEvent.id)
        .limit(limit)
    )
    events = list(due)
    for row in events:
        _deliver(row)
    return len(events)


def _deliver(row: OutboxEvent) -> None:
    failures = []
    for key, handler in _handlers.get(row.name, []):
        try:
            _hand_over(row.id, key, handler, EVENTS[row.name](**row.payload))
        except Exception as failure:
            log.exception("event handler failed", extra={"event_id": row.id, "handler": key})
            failures.append(f"{key}: {type(failure).__name__}: {failure}")
    with transaction():
        _settle(row, failures)


def _hand_over(event_id: int, key: str, handler: Callable[[Any], None], event: Event) -> None:
    with transaction():
        if EventHandled.select().where(EventHandled.event == event_id, EventHandled.handler == key).exists():
            return
        handler(event)
        insert_row(EventHandled, event_id=event_id, handler=key)


def _settle(row: OutboxEvent, failures: list[str]) -> None:
    attempts = row.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "error": "\n".join(failures)[:2000]}
    if not failures:
        values["status"] = EventStatus.DONE
    elif attempts >= MAX_ATTEMPTS:
        values["status"] = EventStatus.PARKED
    else:
        values["due_at"] = now() + timedelta(seconds=2**attempts)
    OutboxEvent.update(values).where(OutboxEvent.id == row.id).execute()


__all__ = ["EVENTS", "Event", "deliver_due", "emit", "nudge", "on_change", "subscribe", "touch"]
