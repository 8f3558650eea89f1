"""A business day is local midnight to midnight, also where the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.core import clock

LONDON = ZoneInfo("Europe/London")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_day_is_half_open_and_days_join_without_gap():
    first = clock.day_bounds(date(2026, 11, 23), SHANGHAI)
    second = clock.day_bounds(date(2026, 11, 24), SHANGHAI)
    assert first == (datetime(2026, 11, 22, 16, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC))
    assert first[1] == second[0]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_of_a_clock_change_is_as_long_as_it_is(day, hours):
    start, end = clock.day_bounds(day, LONDON)
    assert end - start == timedelta(hours=hours)


def test_the_last_microsecond_belongs_to_the_day():
    _, end = clock.day_bounds(date(2026, 10, 31), SHANGHAI)
    assert clock.business_day(end - timedelta(microseconds=1), SHANGHAI) == date(2026, 10, 31)
    assert clock.business_day(end, SHANGHAI) == date(2026, 11, 1)


def test_a_frozen_clock_stands_still_and_wants_a_zone():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with clock.freeze(at):
        assert clock.now() == at
        with pytest.raises(ValueError, match="aware"), clock.freeze(at.replace(tzinfo=None)):
            pass
    assert clock.now() != at
