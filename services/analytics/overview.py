"""The figures of the first page: cards with their past, the course of a figure, its parts, and the steps of an order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from models import Text
from services.analytics.asking import Question, ask, change_bps, course
from services.analytics.facts import TIMES
from services.analytics.metrics import METRICS, Kind, Metric, Unit, bases_of, dimensions_of
from services.analytics.periods import Bucket, Period
from services.analytics.rows import narrowed, rows_url
from services.analytics.words import words_of
from services.core.clock import business_day, now
from services.core.errors import Invalid
from services.core.options import business_zone
from services.core.permissions import Actor, check_permission

# A card whose figure the actor may not see gives its place to the next one.
CARDS: tuple[tuple[str, ...], ...] = (
    ("revenue",),
    ("orders",),
    ("order_value",),
    ("units",),
    ("refunds",),
    ("gross_margin", "refund_rate"),
    ("new_customers",),
    ("stock_value", "units_on_hand"),
)
MOST_SHARES = 50
FUNNEL = ("orders", "paid_orders", "confirmed_orders", "shipped_orders", "completed_orders")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A figure, what it was before, its course, and where its rows are. `change` is bps, or points of a percentage."""

    metric: Metric
    value: int | None
    before: int | None
    change: int | None
    course: list[int]
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The course of a figure beside its course in the period before; None where there is nothing yet."""

    metric: Metric
    steps: list[Any]
    now: list[int | None]
    before: list[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One value of a dimension with its figures; `href` opens the rows of the first."""

    value: Any
    words: str
    figures: dict[str, int | None]
    href: str


def local_now() -> tuple[date, int]:
    """The present business day and how many minutes of it have passed."""
    at = now()
    local = at.astimezone(business_zone())
    return business_day(at, business_zone()), local.hour * 60 + local.minute


def cards(period: Period, before: Period, actor: Actor) -> list[Card]:
    """The cards this actor may see."""
    keys = tuple(key for choice in CARDS if (key := _first_visible(choice, actor)))
    present = ask(Question(metrics=keys, period=period), actor)[()]
    past = ask(Question(metrics=keys, period=before), actor)[()]
    _, courses = course(Question(metrics=keys, period=period), actor)
    return [
        Card(
            metric=METRICS[key],
            value=present[key],
            before=past[key],
            change=_change(METRICS[key], present[key], past[key]),
            course=courses[key],
            href=rows_url(key, period),
        )
        for key in keys
    ]


def trend_of(key: str, period: Period, before: Period, actor: Actor) -> Trend:
    """The course of a figure and of the period before, step by step; steps that are still to come are empty."""
    steps, present = course(Question(metrics=(key,), period=period), actor)
    _, past = course(Question(metrics=(key,), period=before), actor)
    today, minute = local_now()
    hour = minute // 60
    shown: list[int | None] = [
        None if _is_ahead(step, period, today, hour) else value
        for step, value in zip(steps, present[key], strict=True)
    ]
    old: list[int | None] = [*past[key][: len(steps)]]
    old += [None] * (len(steps) - len(old))
    return Trend(metric=METRICS[key], steps=steps, now=shown, before=old)


def slices(keys: Sequence[str], dimension: str, period: Period, actor: Actor, *, top: int) -> list[Slice]:
    """The largest parts of a figure, with further figures of the same parts."""
    found = ask(Question(metrics=tuple(keys), period=period, by=(dimension,), top=top), actor)
    words = words_of(dimension, [key[0] for key in found], actor.locale)
    return [
        Slice(
            value=key[0],
            words=words[key[0]],
            figures=figures,
            href=rows_url(keys[0], period, {dimension: ("" if key[0] is None else str(key[0]),)}),
        )
        for key, figures in found.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One value of a dimension: its figure, what it was before, and where its rows are."""

    words: str
    value: int | None
    before: int | None
    change: int | None
    href: str


def breakdown(key: str, dimension: str, period: Period, before: Period, actor: Actor) -> list[Share]:
    """A figure split by a dimension, largest first (times: in their order), at most MOST_SHARES of them."""
    metric = METRICS[key]
    check_permission(actor, metric.permission)
    if dimension not in dimensions_of(key):
        raise Invalid(Text("这个指标不能这样拆分", "This figure cannot be split that way"))
    is_time = dimension in TIMES
    leader = bases_of(key)[0]
    question = Question(
        metrics=tuple(dict.fromkeys((leader, key))),
        period=period,
        by=(dimension,),
        top=0 if is_time else MOST_SHARES,
    )
    found = ask(question, actor)
    values = [each[0] for each in found][:MOST_SHARES]
    past: dict[Any, Any] = {}
    if values and not is_time:
        chosen = {dimension: tuple("" if value is None else str(value) for value in values)}
        past = ask(replace(question, metrics=(key,), period=before, top=0, filters=chosen), actor)
    words = words_of(dimension, values, actor.locale)
    nothing = None if is_time or metric.kind is Kind.RATIO else 0
    shares = []
    for value in values:
        present, old = found[(value,)][key], past.get((value,), {}).get(key, nothing)
        shares.append(
            Share(
                words=words[value],
                value=present,
                before=old,
                change=_change(metric, present, old),
                href=_part_href(key, dimension, value, period),
            )
        )
    return shares


def _part_href(key: str, dimension: str, value: Any, period: Period) -> str:
    if dimension not in TIMES:
        return rows_url(key, period, {dimension: ("" if value is None else str(value),)})
    if isinstance(value, date):
        bucket: Bucket = "week" if dimension == "week" else "month" if dimension == "month" else "day"
        return rows_url(key, narrowed(period, bucket, value))
    return ""


def funnel(period: Period, actor: Actor) -> list[tuple[Metric, int]]:
    """How far the orders of the period have come."""
    figures = ask(Question(metrics=FUNNEL, period=period), actor)[()]
    return [(METRICS[key], figures[key] or 0) for key in FUNNEL]


def _first_visible(choice: Sequence[str], actor: Actor) -> str:
    return next((key for key in choice if actor.can(METRICS[key].permission)), "")


def _change(metric: Metric, present: int | None, past: int | None) -> int | None:
    if metric.unit is Unit.PERCENT:
        return None if present is None or past is None else present - past
    return change_bps(present, past)


def _is_ahead(step: Any, period: Period, today: date, hour: int) -> bool:
    if isinstance(step, date):
        return step > today
    return period.last > today or (period.last == today and step > hour)
