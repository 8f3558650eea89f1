"""Figures: every metric with its definition, its present value, and its split by any dimension."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from models import Text
from services import analytics
from services.analytics import DIMENSIONS, METRICS, Metric, Period, Share, Unit
from services.core.db import read
from services.core.errors import Unavailable
from services.core.permissions import Actor, P
from services.core.text import Said, format_percent
from ui_pages.kit import (
    Ctx,
    card,
    el,
    empty_state,
    html,
    icon,
    note,
    page_title,
    simple_table,
    two_columns,
)
from ui_pages.kit.markup import Markup
from ui_pages.kit.period import period_picker, span_words
from ui_pages.pages.home import Span, span_of
from ui_pages.pages.home_blocks import RISING_IS_GOOD, figure_words
from ui_pages.pages.insights import exact_words
from ui_pages.registry import Page

TITLE = Text("指标", "Figures")
VERSUS = Text("对比 {span}", "compared with {span}")
PATH = "/figures"
SPLIT = Text("拆分", "Split by")
ALL_FIGURES, PRESENT, BEFORE = (
    Text("全部指标", "All figures"),
    Text("本期", "This period"),
    Text("上期", "Previous"),
)
CHANGE, SHARE = Text("变化", "Change"), Text("占比", "Share")
NOTHING, OTHER_DATES = (
    Text("这段时间没有数据", "No data in this period"),
    Text("换个日期范围试试", "Try another date range"),
)
BUILDING = Text("数据正在准备", "The figures are being prepared")
POINTS = Text("点", "pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page shows: all figures, and the chosen one split."""

    figures: dict[str, int | None]
    shares: list[Share]


async def build(ctx: Ctx) -> None:
    """One metric split by one dimension; the others one click away."""
    span = await read(span_of, ctx.query)
    visible = [key for key, metric in METRICS.items() if ctx.can(metric.permission)]
    key = ctx.query.get("metric", "")
    key = key if key in visible else visible[0]
    splits = analytics.dimensions_of(key)
    by = ctx.query.get("by", "")
    by = by if by in splits else next(name for name in ("channel", "category", *splits) if name in splits)
    try:
        shown = await read(_load, visible, key, by, span, ctx.actor)
    except Unavailable as waiting:
        with page_title(ctx, TITLE):
            pass
        empty_state(ctx, BUILDING, waiting.said, picture="chart-column")
        return
    kept = {"metric": key, "by": by}
    with page_title(ctx, TITLE, sub=Said(VERSUS, span=span_words(ctx, span.before.first, span.before.last))):
        presets = {name: preset.text for name, preset in analytics.PRESETS.items()}
        period_picker(
            ctx, presets, span.preset, span.period.first, span.period.last, path=f"{PATH}?{urlencode(kept)}"
        )
    with two_columns() as (main, side):
        with main:
            _chosen(ctx, METRICS[key], by, span, shown)
        with side, card(ctx.t(ALL_FIGURES), pad=False):
            _all(ctx, visible, key, by, span, shown)


def _load(visible: list[str], key: str, by: str, span: Span, actor: Actor) -> Shown:
    question = analytics.Question(metrics=tuple(visible), period=span.period)
    return Shown(
        figures=analytics.ask(question, actor)[()],
        shares=analytics.breakdown(key, by, span.period, span.before, actor),
    )


def _chosen(ctx: Ctx, metric: Metric, by: str, span: Span, shown: Shown) -> None:
    note(ctx, metric.definition)
    with card(f"{ctx.t(metric.text)} · {ctx.t(DIMENSIONS[by].text)}", pad=False):
        links = [
            el(
                "a",
                ctx.t(DIMENSIONS[name].text),
                href=_address(metric.key, name, span),
                class_="on" if name == by else None,
            )
            for name in analytics.dimensions_of(metric.key)
        ]
        html(el("nav", *links, class_="splits", aria_label=ctx.t(SPLIT)))
        if not shown.shares:
            empty_state(ctx, NOTHING, OTHER_DATES, picture="chart-column")
            return
        _table(ctx, metric, by, shown)


def _table(ctx: Ctx, metric: Metric, by: str, shown: Shown) -> None:
    whole = shown.figures[metric.key] or 0
    adds_up = metric.kind in {analytics.Kind.SUM, analytics.Kind.BALANCE} and whole > 0
    compares = any(share.before is not None for share in shown.shares)
    heads: list[tuple[Text, str]] = [(DIMENSIONS[by].text, "left"), (PRESENT, "right")]
    heads += [(SHARE, "right")] if adds_up else []
    heads += [(BEFORE, "right"), (CHANGE, "right")] if compares else []
    rows: list[list[Any]] = []
    for share in shown.shares:
        row: list[Any] = [
            el("a", share.words, href=share.href, class_="link clip") if share.href else share.words,
            exact_words(ctx, metric, share.value),
        ]
        row += [format_percent(10_000 * (share.value or 0) // whole, ctx.locale)] if adds_up else []
        row += (
            [exact_words(ctx, metric, share.before), _change(ctx, metric, share.change)] if compares else []
        )
        rows.append(row)
    simple_table(ctx, heads, rows)


def _change(ctx: Ctx, metric: Metric, change: int | None) -> Markup | None:
    if change is None:
        return None
    words = (
        f"{change / 100:.1f} {ctx.t(POINTS)}"
        if metric.unit is Unit.PERCENT
        else format_percent(change, ctx.locale)
    )
    rising_is_good = RISING_IS_GOOD[metric.better]
    good = None if rising_is_good is None or change == 0 else (change > 0) == rising_is_good
    tone = None if good is None else "t-ok" if good else "t-bad"
    return el("span", ("+" if change > 0 else "") + words, class_=tone)


def _all(ctx: Ctx, visible: list[str], chosen: str, by: str, span: Span, shown: Shown) -> None:
    rows = [
        el(
            "a",
            el("span", ctx.t(METRICS[key].text), class_="clip"),
            el("b", figure_words(ctx, METRICS[key].unit, shown.figures[key]), class_="num"),
            icon("chevron-right", 14),
            href=_address(key, by, span),
            title=ctx.t(METRICS[key].definition),
            class_="on" if key == chosen else None,
        )
        for key in visible
    ]
    html(el("nav", *rows, class_="metric-list", aria_label=ctx.t(ALL_FIGURES)))


def _address(key: str, by: str, span: Span) -> str:
    when = {"p": span.preset} if span.preset else _dates(span.period)
    return f"{PATH}?{urlencode({'metric': key, 'by': by, **when})}"


def _dates(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


PAGE = Page(
    path=PATH,
    title=TITLE,
    permission=P.ANALYTICS_VIEW,
    group="analytics",
    order=10,
    icon="chart-column",
    keys="f",
    words="kpi metric report baobiao",
    build=build,
)
