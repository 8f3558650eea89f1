"""Ask for figures: metrics over a period, split and filtered by dimensions, within what the actor may see.

One SQL a fact; answers of several facts meet by their keys. The actor's channels and warehouses are conditions of the
SQL, so they are part of the key under which results are kept (edge case 47).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from models import Text
from services.analytics.facts import DIMENSIONS, FACTS, IDS, TIMES, Fact
from services.analytics.metrics import METRICS, Kind, Metric, Unit, bases_of, fact_for
from services.analytics.periods import Bucket, Period, bucket_start, buckets_of
from services.analytics.warehouse.store import store
from services.core.errors import Invalid
from services.core.money import round_div
from services.core.permissions import Actor, check_permission

Key = tuple[Any, ...]
Filters = Mapping[str, tuple[str, ...]]
Figures = dict[str, int | None]
UNKNOWN = Text("不能按此筛选", "The figures cannot be filtered by that")
SHARE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which metrics, over which days, split by what, of which part; `top` keeps the largest by the first metric."""

    metrics: tuple[str, ...]
    period: Period
    by: tuple[str, ...] = ()
    filters: Filters = field(default_factory=dict)
    top: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Metrics that one SQL can measure together: same fact, same day column, same way of limiting the period."""

    fact: Fact
    day: str
    is_balance: bool


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition with its parameters."""

    text: str
    params: tuple[Any, ...]


def ask(question: Question, actor: Actor) -> dict[Key, Figures]:
    """{values of the split dimensions: {metric: figure}}; without a split the only key is (). Raises NotPermitted.

    With `top` the rows come largest first; otherwise in key order.
    """
    for name in question.metrics:
        check_permission(actor, METRICS[name].permission)
    if question.top:
        return _ask_top(question, actor)
    found: dict[Key, dict[str, int]] = {}
    for group, metrics in _groups(question).items():
        for row in _measure(group, metrics, question, actor):
            key = row[: len(question.by)]
            found.setdefault(key, {}).update(
                zip((metric.key for metric in metrics), row[len(question.by) :], strict=True)
            )
    if not question.by:
        found.setdefault((), {})
    ordered = sorted(
        found.items(), key=lambda item: [(part is None, 0 if part is None else part) for part in item[0]]
    )
    return {key: _figures(question.metrics, measured) for key, measured in ordered}


def figure(metric: str, period: Period, actor: Actor, filters: Filters | None = None) -> int | None:
    """One figure."""
    return ask(Question(metrics=(metric,), period=period, filters=filters or {}), actor)[()][metric]


def course(question: Question, actor: Actor) -> tuple[list[date | int], dict[str, list[int]]]:
    """(the steps of the period, {metric: its figure in each step}); steps are hours of one day, days, weeks or months."""
    bucket = question.period.bucket
    steps: list[Any] = list(range(24)) if bucket == "hour" else list(buckets_of(question.period))
    values: dict[str, list[int]] = {}
    flows = tuple(key for key in question.metrics if METRICS[key].kind is not Kind.BALANCE)
    if flows:
        rows = ask(replace(question, metrics=flows, by=(bucket,), top=0), actor)
        for key in flows:
            values[key] = _carried(
                [rows.get((step,), {}).get(key, None if _is_ratio(key) else 0) for step in steps]
            )
    for key in question.metrics:
        if key not in values:
            values[key] = _balance_course(METRICS[key], question, bucket, steps, actor)
    return steps, values


def change_bps(present: int | None, before: int | None) -> int | None:
    """The change in 1/10,000; None when there is nothing to compare with."""
    if present is None or before is None or before <= 0:
        return None
    return round_div((present - before) * SHARE, before)


def conditions(question: Question, group: Group, actor: Actor) -> Sql:
    """Period, filters and the actor's scope as one condition."""
    parts, params = [], list[Any]()
    for sql in (
        _within(question.period, group),
        *_filtered(question.filters, group.fact),
        _scope(group.fact, actor),
    ):
        if sql.text:
            parts.append(sql.text)
            params += sql.params
    return Sql(" AND ".join(parts), tuple(params))


def scope_key(actor: Actor) -> tuple[Any, ...]:
    """What of the actor changes an answer."""
    return (tuple(sorted(actor.channel_ids)), tuple(sorted(actor.warehouse_ids)))


def group_of(metric: Metric, dimensions: frozenset[str]) -> Group:
    """How a metric is measured when split or filtered by `dimensions`. Raises Invalid when it cannot be."""
    fact = fact_for(metric, dimensions)
    if fact is None:
        raise Invalid(UNKNOWN)
    return Group(FACTS[fact], metric.day, metric.kind is Kind.BALANCE)


def used_dimensions(question: Question) -> frozenset[str]:
    """The dimensions that a question splits or filters by. Raises Invalid for an unknown one."""
    names = {*question.by, *question.filters}
    if not names <= DIMENSIONS.keys() or set(question.filters) & set(TIMES):
        raise Invalid(UNKNOWN)
    return frozenset(names)


# ── course ───────────────────────────────────────────────────────────────────────────────────────────────────


def _is_ratio(key: str) -> bool:
    return METRICS[key].kind is Kind.RATIO


def _carried(values: Sequence[int | None]) -> list[int]:
    """A ratio of nothing by nothing stays what it was."""
    made: list[int] = []
    for value in values:
        made.append(value if value is not None else made[-1] if made else 0)
    return made


# ── top ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask_top(question: Question, actor: Actor) -> dict[Key, Figures]:
    """The largest by the first metric, then the other metrics for just these."""
    leader = METRICS[question.metrics[0]]
    if leader.is_formula or len(question.by) != 1:
        raise ValueError("top needs one dimension and a first metric that is measured, not computed")
    group = group_of(leader, used_dimensions(question))
    rows = _measure(group, [leader], question, actor)
    chosen = [row[0] for row in rows]
    if not chosen or len(question.metrics) == 1:
        return {(row[0],): {leader.key: row[1]} for row in rows}
    dimension = question.by[0]
    filters = {**question.filters, dimension: tuple("" if value is None else str(value) for value in chosen)}
    rest = ask(replace(question, filters=filters, top=0), actor)
    return {(value,): rest[(value,)] for value in chosen}


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _groups(question: Question) -> dict[Group, list[Metric]]:
    dimensions = used_dimensions(question)
    found: dict[Group, list[Metric]] = {}
    for base in dict.fromkeys(base for key in question.metrics for base in bases_of(key)):
        found.setdefault(group_of(METRICS[base], dimensions), []).append(METRICS[base])
    return found


def _measure(
    group: Group, metrics: Sequence[Metric], question: Question, actor: Actor
) -> list[tuple[Any, ...]]:
    fact = group.fact
    keys = [f"{DIMENSIONS[name].on[fact.key]} AS k{at}" for at, name in enumerate(question.by)]
    values = [f"{_aggregate(metric, fact)} AS m{at}" for at, metric in enumerate(metrics)]
    where = conditions(question, group, actor)
    rows = " OR ".join(dict.fromkeys(f"({metric.when})" for metric in metrics))
    sql = f"SELECT {', '.join([*keys, *values])} FROM {fact.rows} WHERE {where.text} AND ({rows})"
    if question.top:
        sql += f" AND {DIMENSIONS[question.by[0]].on[fact.key]} IS NOT NULL"
    if keys:
        sql += " GROUP BY " + ", ".join(f"k{at}" for at in range(len(keys)))
    if question.top:
        sql += f" ORDER BY m0 DESC, k0 LIMIT {int(question.top)}"
    return store().ask(sql, where.params, scope=scope_key(actor))


def _aggregate(metric: Metric, fact: Fact) -> str:
    value = metric.on[fact.key]
    if metric.kind is not Kind.DISTINCT:
        return f"CAST(coalesce(sum({value}) FILTER (WHERE {metric.when}), 0) AS BIGINT)"
    counted = "count(*)" if value == fact.row_id else f"count(DISTINCT {value})"
    return f"{counted} FILTER (WHERE {metric.when})"


def _within(period: Period, group: Group) -> Sql:
    day = group.day
    text, params = f"{day} <= ?", [period.last]
    if not group.is_balance:
        text, params = f"{day} BETWEEN ? AND ?", [period.first, period.last]
    if period.until_minute is None or day != "f.day":
        return Sql(text, tuple(params))
    return Sql(f"{text} AND ({day} < ? OR f.minute < ?)", (*params, period.last, period.until_minute))


def _filtered(filters: Filters, fact: Fact) -> list[Sql]:
    made = []
    for name, wanted in sorted(filters.items()):
        column = DIMENSIONS[name].on[fact.key]
        values: list[Any] = [value for value in wanted if value != ""]
        try:
            values = [int(value) for value in values] if name in IDS else values
        except ValueError:
            raise Invalid(UNKNOWN) from None
        tests = [f"{column} IN ({', '.join('?' * len(values))})"] if values else []
        if "" in wanted:
            tests.append(f"{column} IS NULL" if name in IDS else f"coalesce({column}, '') = ''")
        made.append(Sql(f"({' OR '.join(tests) or 'FALSE'})", tuple(values)))
    return made


def _scope(fact: Fact, actor: Actor) -> Sql:
    parts = []
    for limit, ids in ((fact.channel, actor.channel_ids), (fact.warehouse, actor.warehouse_ids)):
        if limit and ids:
            parts.append(limit.format(ids=", ".join(str(int(each)) for each in sorted(ids))))
    return Sql(" AND ".join(parts), ())


def _balance_course(
    metric: Metric, question: Question, bucket: Bucket, steps: list[Any], actor: Actor
) -> list[int]:
    """A balance at the end of each step: what there was before the period, then the movements added up."""
    check_permission(actor, metric.permission)
    group = group_of(metric, used_dimensions(replace(question, by=())))
    where = conditions(question, group, actor)
    step = DIMENSIONS[bucket].on[group.fact.key]
    sql = (
        f"SELECT CASE WHEN f.day < ? THEN NULL ELSE {step} END AS step, {_aggregate(metric, group.fact)} "
        f"FROM {group.fact.rows} WHERE {where.text} AND ({metric.when}) GROUP BY step"
    )
    first = bucket_start(question.period.first, bucket)
    moved: dict[Any, Any] = dict(store().ask(sql, (first, *where.params), scope=scope_key(actor)))
    balance, made = int(moved.get(None, 0)), []
    for each in steps:
        balance += int(moved.get(each, 0))
        made.append(balance)
    return made


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────


def _figures(keys: Sequence[str], measured: Mapping[str, int]) -> Figures:
    return {key: _value(METRICS[key], measured) for key in keys}


def _value(metric: Metric, measured: Mapping[str, int]) -> int | None:
    if not metric.is_formula:
        return int(measured.get(metric.key) or 0)
    first, second = (_value(METRICS[part], measured) for part in metric.parts)
    if metric.kind is Kind.DIFFERENCE:
        return (first or 0) - (second or 0)
    if first is None or second is None or second <= 0:
        return None
    return round_div(first * (SHARE if metric.unit is Unit.PERCENT else 1), second)
