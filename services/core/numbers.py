"""Document numbers: SO-20261122-0007, gapless per prefix and business day."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from models import db
from services.core.clock import business_day, now
from services.core.db import transaction
from services.core.options import business_zone


def next_number(prefix: str, at: datetime | None = None) -> str:
    """The next number of `prefix` on the business day of `at`; must run inside the transaction that uses it."""
    day = business_day(at or now(), business_zone())
    series = f"{prefix}-{day:%Y%m%d}"
    return f"{series}-{_advance(series, 1):04d}"


def take_numbers(prefix: str, instants: Sequence[datetime]) -> list[str]:
    """One number of `prefix` for each instant, in order; one statement a day instead of one a number."""
    zone = business_zone()
    series = [f"{prefix}-{business_day(at, zone):%Y%m%d}" for at in instants]
    counts = Counter(series)
    following = {name: _advance(name, count) - count for name, count in counts.items()}
    numbers = []
    for name in series:
        following[name] += 1
        numbers.append(f"{name}-{following[name]:04d}")
    return numbers


def next_serial(prefix: str, count: int = 1) -> int:
    """The first of `count` consecutive serials of an undated series, as for customer numbers."""
    return _advance(prefix, count) - count + 1


def probe_write() -> bool:
    """Whether the database takes a write: advances a series that nobody reads."""
    with transaction():
        return next_serial("readyz") > 0


def _advance(series: str, count: int) -> int:
    param = db.obj.param
    sql = (
        f"INSERT INTO number_sequence (prefix, last) VALUES ({param}, {param}) "  # noqa: S608 - no user text
        "ON CONFLICT (prefix) DO UPDATE SET last = number_sequence.last + excluded.last RETURNING last"
    )
    return int(db.execute_sql(sql, (series, count)).fetchone()[0])
