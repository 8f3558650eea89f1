"""The only clock. Everybody else receives the time or asks here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_frozen: list[datetime] = []


def now() -> datetime:
    """The present instant in UTC."""
    return _frozen[-1] if _frozen else datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """The present business day."""
    return business_day(now(), zone)


@contextmanager
def freeze(at: datetime) -> Iterator[None]:
    """Stand the clock still at `at` (aware), for tests and deterministic seeds."""
    if at.tzinfo is None:
        raise ValueError("freeze() needs an aware datetime")
    _frozen.append(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.pop()


def business_day(at: datetime, zone: ZoneInfo) -> date:
    """The local day an instant falls on."""
    return at.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Local midnight that opens `day`, as a UTC instant (DST gaps resolve forward)."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_bounds(first: date, zone: ZoneInfo, last: date | None = None) -> tuple[datetime, datetime]:
    """Half-open UTC bounds of the local days `first` … `last` (inclusive)."""
    return day_start(first, zone), day_start((last or first) + timedelta(days=1), zone)
