"""Spans of business days: presets, custom spans, and the span before that a figure is compared with. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from models import Text

Bucket = Literal["hour", "day", "week", "month"]
DAY = timedelta(days=1)
FIRST_DAY = date(2000, 1, 1)
MOST_DAYS, MOST_WEEKS = 100, 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Business days `first` to `last`, both whole; with `until_minute` only the start of the last day counts."""

    first: date
    last: date
    until_minute: int | None = None

    @property
    def days(self) -> int:
        """How many days it touches."""
        return (self.last - self.first).days + 1

    @property
    def bucket(self) -> Bucket:
        """The step at which a chart of it is readable."""
        if self.days == 1:
            return "hour"
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= MOST_WEEKS else "month"


@dataclass(frozen=True, slots=True)
class Preset:
    """A named span that moves with today."""

    text: Text
    span: Callable[[date], tuple[date, date]]


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - (days - 1) * DAY, today)


def _last_month(today: date) -> tuple[date, date]:
    end = today.replace(day=1) - DAY
    return end.replace(day=1), end


PRESETS: dict[str, Preset] = {
    "today": Preset(Text("今天", "Today"), lambda today: (today, today)),
    "yesterday": Preset(Text("昨天", "Yesterday"), lambda today: (today - DAY, today - DAY)),
    "7d": Preset(Text("近7天", "Last 7 days"), _last(7)),
    "28d": Preset(Text("近28天", "Last 28 days"), _last(28)),
    "90d": Preset(Text("近90天", "Last 90 days"), _last(90)),
    "week": Preset(Text("本周", "This week"), lambda today: (today - today.weekday() * DAY, today)),
    "month": Preset(Text("本月", "This month"), lambda today: (today.replace(day=1), today)),
    "last_month": Preset(Text("上月", "Last month"), _last_month),
    "year": Preset(Text("今年", "This year"), lambda today: (today.replace(month=1, day=1), today)),
    "365d": Preset(Text("近一年", "Last 365 days"), _last(365)),
}
DEFAULT_PRESET = "28d"


def period_of(preset: str, today: date) -> Period:
    """The span a preset means today; an unknown one means the default."""
    first, last = PRESETS.get(preset, PRESETS[DEFAULT_PRESET]).span(today)
    return Period(first=first, last=last)


def period_from(query: Mapping[str, str], today: date) -> tuple[str, Period]:
    """(preset or "", the span) that an address asks for: p=28d, or from=2026-01-01&to=2026-01-31."""
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    if first and last:
        first, last = min(first, last), max(first, last)
        return "", Period(first=max(first, FIRST_DAY), last=max(last, FIRST_DAY))
    preset = query.get("p", DEFAULT_PRESET)
    preset = preset if preset in PRESETS else DEFAULT_PRESET
    return preset, period_of(preset, today)


def previous(period: Period, today: date, minute: int) -> Period:
    """The span before, moved by whole weeks so that weekdays meet weekdays.

    A span that is still running (its last day is today, `minute` minutes old) meets the same elapsed part.
    """
    back = 7 * -(-period.days // 7) * DAY
    cut = minute + 1 if period.last == today else period.until_minute
    return Period(first=period.first - back, last=period.last - back, until_minute=cut)


def bucket_start(day: date, bucket: Bucket) -> date:
    """The first day of the week (Monday) or month that `day` is in; the day itself otherwise."""
    if bucket == "week":
        return day - day.weekday() * DAY
    return day.replace(day=1) if bucket == "month" else day


def buckets_of(period: Period) -> list[date]:
    """The starts of all buckets of a span, in order; for hours, the one day."""
    bucket = period.bucket
    starts = (bucket_start(period.first + number * DAY, bucket) for number in range(period.days))
    return list(dict.fromkeys(starts))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
