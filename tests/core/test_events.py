"""Events are delivered once, retried with back-off, and parked in the end."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from models import EventHandled, EventStatus, OutboxEvent, Text, Warehouse
from services.core import clock, events
from services.core.db import insert_row, transaction
from services.core.errors import Conflict
from services.core.events import MAX_ATTEMPTS, Event, deliver_due, emit, on_change, subscribe

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class BellRang(Event):
    warehouse_id: int
    topic: ClassVar[str] = "warehouse"


@pytest.fixture
def handlers(monkeypatch):
    known: dict = {}
    monkeypatch.setattr(events, "_handlers", known)
    monkeypatch.setattr(events, "_listeners", [])
    return known


def _ring(number: int = 7) -> None:
    with transaction():
        emit(BellRang(number))


def test_a_handler_sees_the_event_once_even_when_delivered_again(shop, handlers):
    heard = []
    subscribe(BellRang, heard.append)
    _ring()
    assert deliver_due() == 1
    OutboxEvent.update(status=EventStatus.PENDING).execute()
    deliver_due()
    assert heard == [BellRang(7)]


def test_without_a_handler_nothing_waits(shop, handlers):
    _ring()
    assert OutboxEvent.get().status is EventStatus.DONE


def test_a_failing_handler_is_retried_later_and_then_parked(shop, handlers, midday):
    tries = []

    def fail(event: BellRang) -> None:
        insert_row(Warehouse, code=f"W{len(tries)}", name="x")
        tries.append(event)
        raise Conflict(Text("不行", "no"))

    subscribe(BellRang, fail)
    _ring()
    at = midday
    for _ in range(MAX_ATTEMPTS + 3):
        with clock.freeze(at):
            deliver_due()
        at += timedelta(hours=1)
    row = OutboxEvent.get()
    assert (row.status, row.attempts, len(tries)) == (EventStatus.PARKED, MAX_ATTEMPTS, MAX_ATTEMPTS)
    assert "no" in row.error
    assert Warehouse.select().count() == 0, "the effect of a failing handler is rolled back"


def test_one_failing_handler_does_not_repeat_the_others(shop, handlers, midday):
    heard, fails = [], [True]

    def sometimes(event: BellRang) -> None:
        if fails:
            fails.clear()
            raise Conflict(Text("不行", "no"))
        heard.append("late")

    def good(event: BellRang) -> None:
        heard.append("good")

    subscribe(BellRang, good)
    subscribe(BellRang, sometimes)
    _ring()
    deliver_due()
    with clock.freeze(midday + timedelta(minutes=5)):
        deliver_due()
    assert heard == ["good", "late"]
    assert EventHandled.select().count() == 2


def test_listeners_hear_only_of_what_was_committed(shop, handlers):
    told = []
    on_change(lambda topic, row_id: told.append((topic, row_id)))
    with pytest.raises(ZeroDivisionError), transaction():
        emit(BellRang(1))
        raise ZeroDivisionError
    _ring(2)
    assert told == [("warehouse", 2)]


def test_an_event_that_no_longer_fits_its_class_is_parked_and_blocks_nobody(shop, handlers, midday):
    heard = []
    subscribe(BellRang, heard.append)
    with transaction():
        stale = {
            "name": "BellRang",
            "payload": {"bell": 1},
            "at": midday,
            "due_at": midday - timedelta(hours=1),
        }
        insert_row(OutboxEvent, status=EventStatus.PENDING, **stale)
    _ring()
    at = midday
    for _ in range(MAX_ATTEMPTS):
        with clock.freeze(at):
            deliver_due()
        at += timedelta(hours=1)
    assert heard == [BellRang(7)]
    assert [row.status for row in OutboxEvent.select().order_by(OutboxEvent.id)] == [
        EventStatus.PARKED,
        EventStatus.DONE,
    ]
