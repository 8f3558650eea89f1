"""Spans and the spans before them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.periods import PRESETS, Period, buckets_of, period_from, period_of, previous

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", "2026-11-24", "2026-11-24"),
        ("yesterday", "2026-11-23", "2026-11-23"),
        ("7d", "2026-11-18", "2026-11-24"),
        ("28d", "2026-10-28", "2026-11-24"),
        ("week", "2026-11-23", "2026-11-24"),
        ("month", "2026-11-01", "2026-11-24"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("year", "2026-01-01", "2026-11-24"),
        ("nonsense", "2026-10-28", "2026-11-24"),
    ],
)
def test_a_preset_means_these_days(preset, first, last) -> None:
    period = period_of(preset, TODAY)
    assert (period.first, period.last) == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_running_day_is_compared_with_the_same_part_of_the_same_weekday() -> None:
    before = previous(period_of("today", TODAY), TODAY, minute=14 * 60 + 30)
    assert before == Period(first=date(2026, 11, 17), last=date(2026, 11, 17), until_minute=14 * 60 + 31)


def test_a_finished_span_is_compared_with_whole_days() -> None:
    before = previous(period_of("last_month", TODAY), TODAY, minute=870)
    assert before == Period(first=date(2026, 8, 27), last=date(2026, 9, 26))


@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(0, 1200))
def test_the_span_before_has_the_same_weekdays_and_does_not_overlap(first, length) -> None:
    period = Period(first=first, last=first + timedelta(days=length))
    before = previous(period, date(1999, 1, 1), 0)
    assert before.days == period.days
    assert before.first.weekday() == period.first.weekday()
    assert before.last < period.first
    assert (period.first - before.first).days < period.days + 7


@given(st.sampled_from(sorted(PRESETS)), st.dates(date(2001, 1, 1), date(2090, 1, 1)))
def test_buckets_cover_the_span_in_order(preset, today) -> None:
    starts = buckets_of(period_of(preset, today))
    assert starts == sorted(set(starts))
    assert len(starts) <= 120


def test_an_address_names_a_span_in_either_order_or_falls_back() -> None:
    assert period_from({"from": "2026-02-03", "to": "2026-01-31"}, TODAY)[1] == Period(
        first=date(2026, 1, 31), last=date(2026, 2, 3)
    )
    assert period_from({"p": "month"}, TODAY)[0] == "month"
    assert period_from({"from": "x", "to": "2026-01-31", "p": "?"}, TODAY)[0] == "28d"
