"""The rows behind a figure: a page of them, and their total, which is the figure itself.

A formula has no rows of its own; its parts have. The address of a figure's rows names the metric, the days and the
filters, so it can be kept and shared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from models import Text, UtcField
from services.analytics.asking import (
    Filters,
    Group,
    Question,
    ask,
    conditions,
    group_of,
    scope_key,
    used_dimensions,
)
from services.analytics.facts import DIMENSIONS, TIMES
from services.analytics.metrics import METRICS, Kind, Metric
from services.analytics.periods import DAY, Bucket, Period, period_from
from services.analytics.warehouse.store import store
from services.analytics.words import words_of
from services.core.db import fetch, marks
from services.core.errors import NotFound
from services.core.permissions import Actor

PATH = "/insights/rows"
SIZE = 50
NO_SUCH = Text("没有这个指标", "There is no such metric")
COLUMNS = (
    "document",
    "doc_id",
    "moment",
    "day",
    "channel",
    "country",
    "province",
    "variant",
    "warehouse",
    "quantity",
)
_PLACE = {"country": "f.country", "province": "f.province", "channel": "f.channel_id", "day": "f.day"}
SHOWN: dict[str, dict[str, str]] = {
    "order": {"document": "'order'", "doc_id": "f.order_id", "moment": "f.placed_at", **_PLACE},
    "line": {
        "document": "'order'",
        "doc_id": "f.order_id",
        "variant": "f.variant_id",
        "quantity": "f.quantity",
        **_PLACE,
    },
    "refund": {
        "document": "CASE WHEN f.note_id IS NULL THEN 'refund' ELSE 'note' END",
        "doc_id": "coalesce(f.note_id, f.refund_id)",
        "moment": "f.refunded_at",
        "variant": "f.variant_id",
        "quantity": "f.quantity",
        **_PLACE,
    },
}
NUMBERS = {
    "order": "SELECT id, number, number FROM sales_order WHERE id IN",
    "refund": "SELECT r.id, r.number, o.number FROM refund r JOIN sales_order o ON o.id = r.order_id WHERE r.id IN",
    "note": "SELECT id, number, '' FROM credit_note WHERE id IN",
    "customer": "SELECT id, number, number FROM customer WHERE id IN",
}
LINKS = {"order": "/orders/{}", "refund": "/orders/{}", "customer": "/customers/{}", "note": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindRow:
    """One row: which document, when, where, which item, and what it adds to the figure."""

    number: str
    href: str
    moment: datetime | None
    day: date | None
    channel: str
    place: str
    item: str
    warehouse: str
    quantity: int | None
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The rows behind one figure, one page of them; `parts` are the figures of a formula."""

    metric: Metric
    total: int | None
    count: int = 0
    rows: list[BehindRow] = field(default_factory=list)
    parts: list[tuple[Metric, int | None]] = field(default_factory=list)


def rows_url(metric: str, period: Period, filters: Filters | None = None, *, page: int = 1) -> str:
    """The address of the rows behind a figure."""
    pairs = [("metric", metric), ("from", period.first.isoformat()), ("to", period.last.isoformat())]
    pairs += [(name, value) for name, values in sorted((filters or {}).items()) for value in values]
    pairs += [("page", str(page))] if page > 1 else []
    return f"{PATH}?{urlencode(pairs)}"


def question_from(query: Mapping[str, Sequence[str]], today: date) -> Question:
    """The question an address of rows asks. Raises NotFound for an unknown metric."""
    key = (query.get("metric") or [""])[-1]
    if key not in METRICS:
        raise NotFound(NO_SUCH)
    _, period = period_from({name: values[-1] for name, values in query.items()}, today)
    filters = {
        name: tuple(values) for name, values in query.items() if name in DIMENSIONS and name not in TIMES
    }
    return Question(metrics=(key,), period=period, filters=filters)


def narrowed(period: Period, bucket: Bucket, step: date) -> Period:
    """The part of a period that one step of its chart stands for."""
    if bucket == "hour":
        return period
    last = step + (6 * DAY if bucket == "week" else 0 * DAY)
    if bucket == "month":
        last = (step.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    return Period(first=max(step, period.first), last=min(last, period.last))


def rows_behind(question: Question, actor: Actor, page: int = 1) -> Behind:
    """A page of the rows whose values add up to the figure. Raises NotPermitted as the figure does."""
    metric = METRICS[question.metrics[0]]
    question = replace(question, by=(), top=0)
    total = ask(question, actor)[()][metric.key]
    if metric.is_formula:
        figures = ask(replace(question, metrics=metric.parts), actor)[()]
        return Behind(
            metric=metric, total=total, parts=[(METRICS[part], figures[part]) for part in metric.parts]
        )
    group = group_of(metric, used_dimensions(question))
    where = conditions(question, group, actor)
    sql = _sql(metric, group, where.text)
    scope = scope_key(actor)
    count = store().ask(f"SELECT count(*) FROM ({sql})", where.params, scope=scope)[0][0]
    start = (max(1, page) - 1) * SIZE
    found = store().ask(f"{sql} ORDER BY ALL DESC LIMIT {SIZE} OFFSET {start}", where.params, scope=scope)
    return Behind(metric=metric, total=total, count=count, rows=_dressed(found, actor))


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _sql(metric: Metric, group: Group, where: str) -> str:
    fact = group.fact
    tail = f"FROM {fact.rows} WHERE {where} AND ({metric.when})"
    value = metric.on[fact.key]
    if metric.kind is Kind.BALANCE:
        goods = {"variant": "f.variant_id", "warehouse": "f.warehouse_id", "quantity": "sum(f.quantity)"}
        return (
            f"SELECT {_columns(goods)}, CAST(sum({value}) AS BIGINT) AS value {tail} "
            "GROUP BY f.variant_id, f.warehouse_id HAVING sum(f.quantity) <> 0"
        )
    if metric.kind is Kind.DISTINCT and value != fact.row_id:
        document = "'customer'" if "customer" in value else "'order'"
        return (
            f"SELECT {_columns({'document': document, 'doc_id': value, 'quantity': 'count(*)'})}, "
            f"1 AS value {tail} AND {value} IS NOT NULL GROUP BY {value}"
        )
    one = "1" if metric.kind is Kind.DISTINCT else value
    return f"SELECT {_columns(SHOWN[fact.key])}, CAST({one} AS BIGINT) AS value {tail}"


def _columns(given: Mapping[str, str]) -> str:
    """The fixed columns of a row behind, ordered so that ORDER BY ALL shows the newest first."""
    order = ("moment", "day", *(name for name in COLUMNS if name not in {"moment", "day"}))
    return ", ".join(f"{given.get(name, 'NULL')} AS {name}" for name in order)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _dressed(found: Sequence[tuple[Any, ...]], actor: Actor) -> list[BehindRow]:
    names = ("moment", "day", *(name for name in COLUMNS if name not in {"moment", "day"}), "value")
    rows = [dict(zip(names, row, strict=True)) for row in found]
    numbers = _numbers(rows)
    words = {
        name: words_of(name, [row[name] for row in rows], actor.locale)
        for name in ("channel", "country", "province", "variant", "warehouse")
    }
    return [_row(row, numbers, words) for row in rows]


def _numbers(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], tuple[str, str]]:
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for document, sql in NUMBERS.items():
        ids = sorted({row["doc_id"] for row in rows if row["document"] == document})
        if ids:
            for row_id, number, key in fetch(f"{sql} ({marks(len(ids))})", ids):
                found[document, row_id] = (number, key)
    return found


def _row(
    row: Mapping[str, Any],
    numbers: Mapping[tuple[str, int], tuple[str, str]],
    words: Mapping[str, Mapping[Any, str]],
) -> BehindRow:
    document = row["document"] or ""
    number, key = numbers.get((document, row["doc_id"]), ("", ""))
    is_place = row["country"] is not None
    return BehindRow(
        number=number,
        href=LINKS.get(document, "").format(key) if key else "",
        moment=UtcField().python_value(row["moment"]),
        day=row["day"],
        channel=words["channel"][row["channel"]] if row["channel"] is not None else "",
        place=words["province" if row["province"] else "country"][row["province"] or row["country"]]
        if is_place
        else "",
        item=words["variant"][row["variant"]] if row["variant"] is not None or row["quantity"] == 0 else "",
        warehouse=words["warehouse"][row["warehouse"]] if row["warehouse"] is not None else "",
        quantity=row["quantity"],
        value=int(row["value"]),
    )
