"""The rows behind a figure: every measured figure opens them, and they add up to it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from models import Text
from services import analytics
from services.analytics import DIMENSIONS, Behind, BehindRow, Kind, Metric, Question, Unit
from services.core.db import read
from services.core.permissions import P
from services.core.text import Said, format_percent
from ui_pages.kit import Ctx, Kpi, card, el, empty_state, html, icon, kpi_row, note, page_title, simple_table
from ui_pages.kit.markup import Markup
from ui_pages.kit.period import span_words
from ui_pages.registry import Page

TITLE, HOME = Text("指标明细", "Rows behind a figure"), Text("首页", "Home")
FORMULA = Text("由下面两个指标算出,点开看各自的明细", "Computed from these two; open each to see its rows")
PREVIOUS, NEXT = Text("上一页", "Previous"), Text("下一页", "Next")
OF_ROWS = Text("第 {page} 页,共 {count} 行", "Page {page}, {count} rows in all")
SUM = Text("合计", "Total")
EMPTY, EMPTY_HINT = (
    Text("没有明细", "No rows"),
    Text("这个指标在所选范围内为零", "The figure is zero in this range"),
)
NUMBER, WHEN, CHANNEL = Text("单据", "Document"), Text("时间", "When"), Text("渠道", "Channel")
PLACE, ITEM, WAREHOUSE = Text("地区", "Region"), Text("SKU", "SKU"), Text("仓库", "Warehouse")
QUANTITY, ROWS = Text("数量", "Quantity"), Text("行数", "Rows")


async def build(ctx: Ctx) -> None:
    """The figure, its definition and filters, then its rows with their total."""
    query = parse_qs(ctx.query_string, keep_blank_values=True)
    question, page = await read(_asked, query)
    behind = await read(analytics.rows_behind, question, ctx.actor, page)
    metric = behind.metric
    chips = await read(_filter_words, question, ctx.locale)
    with page_title(
        ctx,
        metric.text,
        crumbs=[(HOME, "/"), (metric.text, "")],
        sub=span_words(ctx, question.period.first, question.period.last),
    ):
        if chips:
            html(*(el("span", words, class_="chip mute") for words in chips)).classes("row-1")
    note(ctx, metric.definition)
    if behind.parts:
        _formula(ctx, behind, question)
    else:
        _rows(ctx, behind, question, page)


def _asked(query: Mapping[str, Sequence[str]]) -> tuple[Question, int]:
    today, _ = analytics.local_now()
    page = (query.get("page") or ["1"])[-1]
    return analytics.question_from(query, today), max(1, int(page)) if page.isdecimal() else 1


def _filter_words(question: Question, locale: str) -> list[str]:
    words = []
    for name, values in question.filters.items():
        known = analytics.filter_words(name, values, locale)
        title = DIMENSIONS[name].text
        words.append(f"{title.zh if locale == 'zh' else title.en}: {', '.join(known)}")
    return words


def _formula(ctx: Ctx, behind: Behind, question: Question) -> None:
    figures = [(behind.metric, behind.total, ""), *((part, value, part.key) for part, value in behind.parts)]
    kpi_row(
        ctx,
        [
            Kpi(
                label=metric.text,
                value=exact_words(ctx, metric, value),
                definition=metric.definition,
                href=analytics.rows_url(key, question.period, question.filters) if key else "",
            )
            for metric, value, key in figures
        ],
    )
    html(el("p", ctx.t(FORMULA), class_="sub"))


def _rows(ctx: Ctx, behind: Behind, question: Question, page: int) -> None:
    with card(pad=False):
        if not behind.rows:
            empty_state(ctx, EMPTY, EMPTY_HINT, picture="table")
            return
        columns = _columns(ctx, behind)
        heads = [(words, side) for words, side, _ in columns]
        blank = [el("span")] * (len(columns) - 2)
        foot = [ctx.t(SUM), *blank, exact_words(ctx, behind.metric, behind.total)]
        simple_table(ctx, heads, [[cell(row) for _, _, cell in columns] for row in behind.rows], foot=foot)
        _pager(ctx, behind, question, page)


def _columns(ctx: Ctx, behind: Behind) -> list[tuple[Text, str, Any]]:
    """The columns that these rows have something in; the last is what they add to the figure."""
    metric, rows = behind.metric, behind.rows
    counts_rows = metric.kind is Kind.DISTINCT
    possible: list[tuple[Text, str, Any]] = [
        (NUMBER, "left", _document),
        (WHEN, "left", lambda row: row.moment or row.day),
        (CHANNEL, "left", lambda row: row.channel),
        (PLACE, "left", lambda row: row.place),
        (ITEM, "left", lambda row: row.item),
        (WAREHOUSE, "left", lambda row: row.warehouse),
        (ROWS if counts_rows else QUANTITY, "right", lambda row: row.quantity),
    ]
    shown = [column for column in possible if any(column[2](row) not in {None, ""} for row in rows)]
    return [*shown, (metric.text, "right", lambda row: exact_words(ctx, metric, row.value))]


def _document(row: BehindRow) -> Markup | str:
    return el("a", row.number, href=row.href, class_="link num") if row.href else row.number


def _pager(ctx: Ctx, behind: Behind, question: Question, page: int) -> None:
    last = -(-behind.count // analytics.ROWS_A_PAGE)

    def step(to: int, words: Text, name: str) -> Markup | None:
        if not 1 <= to <= last:
            return None
        url = analytics.rows_url(question.metrics[0], question.period, question.filters, page=to)
        return el("a", icon(name), href=url, class_="btn b-secondary", aria_label=ctx.t(words))

    html(
        el("span", ctx.t(Said(OF_ROWS, page=page, count=behind.count)), class_="sub"),
        step(page - 1, PREVIOUS, "chevron-left"),
        step(page + 1, NEXT, "chevron-right"),
    ).classes("pager row-2")


def exact_words(ctx: Ctx, metric: Metric, value: int | None) -> str:
    """A figure in full, to the cent."""
    if value is None:
        return "—"
    if metric.unit is Unit.MONEY:
        return ctx.money(value)
    return format_percent(value, ctx.locale) if metric.unit is Unit.PERCENT else ctx.number(value)


PAGE = Page(
    path="/insights/rows",
    title=TITLE,
    permission=P.ANALYTICS_VIEW,
    group="analytics",
    nav=False,
    icon="table",
    build=build,
)
