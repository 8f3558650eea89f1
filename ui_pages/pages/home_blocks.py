"""How the parts of the first page look."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from models import Text
from services import analytics
from services.analytics import Card, Period, Slice, Unit, Waiting
from services.core.db import read
from services.core.money import exponent, from_minor
from services.core.text import (
    currency_sign,
    format_compact_money,
    format_compact_number,
    format_percent,
    format_whole_money,
)
from ui_pages.kit import (
    Chart,
    Ctx,
    Kpi,
    bar_list,
    chip_markup,
    echart,
    el,
    empty_state,
    html,
    icon,
    kpi_row,
    simple_table,
)

TO_DO = Text("待办", "To do")
THIS_PERIOD, LAST_PERIOD = Text("本期", "This period"), Text("上期", "Previous")
DATE, PRODUCT, STEP = Text("日期", "Date"), Text("商品", "Product"), Text("步骤", "Step")
UNITS, REVENUE, REFUNDS = Text("件数", "Units"), Text("销售额", "Revenue"), Text("退款", "Refunds")
ORDERS, SHARE = Text("订单数", "Orders"), Text("占比", "Share")
NO_SALES, OTHER_DATES = (
    Text("这段时间没有销售", "No sales in this period"),
    Text("换个日期范围试试", "Try another range"),
)
ENOUGH = Text("库存充足", "Stock is fine")
ENOUGH_HINT = Text("没有缺货或低于警戒线的商品", "Nothing is out of stock or below its level")
NO_ORDERS, ALL_DONE = Text("没有等待的订单", "No orders are waiting"), Text("都处理完了", "All done")
SKU, AVAILABLE, PLACE = Text("SKU", "SKU"), Text("可用", "Available"), Text("仓库", "Warehouse")
NUMBER, PLACED, STATE, TOTAL = (
    Text("订单号", "Order"),
    Text("下单时间", "Placed"),
    Text("状态", "Status"),
    Text("金额", "Total"),
)
RISING_IS_GOOD = {"up": True, "down": False, "none": None}


def figure_words(ctx: Ctx, unit: Unit, value: int | None) -> str:
    """A figure at a glance, in the unit of its metric."""
    if value is None:
        return "—"
    if unit is Unit.MONEY:
        return format_compact_money(value, ctx.currency, ctx.locale)
    return (
        format_percent(value, ctx.locale)
        if unit is Unit.PERCENT
        else format_compact_number(value, ctx.locale)
    )


def work(ctx: Ctx, found: Sequence[Waiting]) -> None:
    """What waits, as a row of links with counts."""
    tiles = [
        el(
            "a",
            icon(each.work.icon),
            el("span", ctx.t(each.work.text), class_="clip"),
            el("b", ctx.number(each.count) + ("" if each.is_exact else "+"), class_="num"),
            href=each.work.href,
            class_=f"work {each.work.tone if each.count else 'none'}",
        )
        for each in found
    ]
    if tiles:
        html(el("nav", *tiles, class_="works", aria_label=ctx.t(TO_DO))).classes("w-full")


def cards(ctx: Ctx, found: Sequence[Card]) -> None:
    """The figures with their change and course."""
    kpi_row(
        ctx,
        [
            Kpi(
                label=each.metric.text,
                value=figure_words(ctx, each.metric.unit, each.value),
                change_bps=each.change,
                in_points=each.metric.unit is Unit.PERCENT,
                rising_is_good=RISING_IS_GOOD[each.metric.better],
                course=each.course,
                definition=each.metric.definition,
                href=each.href,
            )
            for each in found
        ],
    )


async def trend(ctx: Ctx, period: Period, before: Period) -> Chart | None:
    """Revenue step by step beside the period before; a click opens the rows of that step."""
    found = await read(analytics.trend_of, "revenue", period, before, ctx.actor)
    if not any(found.now) and not any(found.before):
        return None
    steps = [_step(step, period) for step in found.steps]
    this, last = ctx.t(THIS_PERIOD), ctx.t(LAST_PERIOD)
    options = await read(
        analytics.draw_trend,
        steps,
        (this, [_major(ctx, value) for value in found.now]),
        (last, [_major(ctx, value) for value in found.before]),
        _money_numbers(ctx),
    )
    bucket = period.bucket

    def drill(point: Any) -> str:
        step = found.steps[point["index"]] if 0 <= point["index"] < len(found.steps) else None
        if step is None or point["series"] == last:
            return ""
        part = analytics.narrowed(period, bucket, step) if isinstance(step, date) else period
        return analytics.rows_url("revenue", part)

    return Chart(
        options=options,
        heads=[DATE, THIS_PERIOD, LAST_PERIOD],
        rows=[
            (step, _exact(ctx, now), _exact(ctx, old))
            for step, now, old in zip(steps, found.now, found.before, strict=True)
        ],
        notes=[(THIS_PERIOD, "--series"), (LAST_PERIOD, "--compare")],
        drill=drill,
    )


def bars(ctx: Ctx, found: Sequence[Slice], *, whole: int = 0) -> None:
    """Parts of revenue as bars, largest first, with their share of `whole` (minor units; default: their sum)."""
    rows = [
        (each.words, float(each.figures["revenue"] or 0), _short(ctx, each.figures["revenue"]), each.href)
        for each in found
        if each.figures["revenue"]
    ]
    if rows:
        bar_list(ctx, rows, whole=float(whole) or None)
    else:
        empty_state(ctx, NO_SALES, OTHER_DATES, picture="chart-column")


def region(ctx: Ctx, dimension: str, found: Sequence[Slice], whole: int) -> None:
    """Provinces on the map with the largest beside it; countries as bars."""
    if dimension != "province":
        bars(ctx, found, whole=whole)
        return
    hrefs = {analytics.short_name(each.value): each.href for each in found}
    values = {each.value: _major(ctx, each.figures["revenue"]) or 0.0 for each in found}
    options = analytics.draw_china(ctx.t(REVENUE), values, _money_numbers(ctx))
    with ui.element("div").classes("on-map"):
        echart(
            ctx, Chart(options=options, shape="china", drill=lambda point: hrefs.get(point["name"], ""))
        ).props["aria-label"] = ctx.t(Text("各省销售额地图", "Map of revenue by province"))
        bars(ctx, found[:8], whole=whole)


def products(ctx: Ctx, found: Sequence[Slice]) -> None:
    """What sells best."""
    if not found:
        empty_state(ctx, NO_SALES, OTHER_DATES, picture="package")
        return
    rows = [
        [
            el("a", each.words, href=each.href, class_="link clip"),
            each.figures["units"],
            _short(ctx, each.figures["revenue"]),
            _short(ctx, each.figures["refunds"]) if each.figures["refunds"] else None,
        ]
        for each in found
    ]
    simple_table(ctx, [(PRODUCT, "left"), (UNITS, "right"), (REVENUE, "right"), (REFUNDS, "right")], rows)


async def progress(ctx: Ctx, period: Period) -> Chart | None:
    """How far the orders of the period have come; a click opens them."""
    found = await read(analytics.funnel, period, ctx.actor)
    whole = found[0][1]
    if not whole:
        return None
    names = [ctx.t(metric.text) for metric, _ in found]
    shares = [format_percent(10_000 * count // whole, ctx.locale, 0) for _, count in found]
    labels = [f"{ctx.number(count)} · {share}" for (_, count), share in zip(found, shares, strict=True)]
    options = await read(
        analytics.draw_steps, names, [count for _, count in found], labels, analytics.numbers(ctx.locale)
    )
    return Chart(
        options=options,
        heads=[STEP, ORDERS, SHARE],
        rows=[(name, count, share) for name, (_, count), share in zip(names, found, shares, strict=True)],
        drill=lambda point: (
            analytics.rows_url(found[point["index"]][0].key, period) if point["index"] >= 0 else ""
        ),
    )


def stock(ctx: Ctx, found: Sequence[dict[str, Any]]) -> None:
    """What is out of stock or about to be."""
    if not found:
        empty_state(ctx, ENOUGH, ENOUGH_HINT, picture="package-check")
        return
    rows = [
        [
            el(
                "a",
                el("b", row["sku"]),
                " ",
                el("span", row["product"], class_="sub"),
                href=f"/inventory?{urlencode({'q': row['sku']})}",
                class_="clip",
            ),
            row["warehouse"],
            el("b", ctx.number(row["available"]), class_="t-bad" if row["available"] <= 0 else "t-warn"),
        ]
        for row in found
    ]
    simple_table(ctx, [(SKU, "left"), (PLACE, "left"), (AVAILABLE, "right")], rows)


def order_rows(ctx: Ctx, found: Sequence[dict[str, Any]]) -> None:
    """A few orders, each a link."""
    if not found:
        empty_state(ctx, NO_ORDERS, ALL_DONE, picture="circle-check")
        return
    rows = [
        [
            el("a", row["number"], href=f"/orders/{row['number']}", class_="link num"),
            row["placed_at"],
            el("span", chip_markup(ctx, row["status"]), " ", chip_markup(ctx, row["payment_state"])),
            ctx.money(row["total_minor"], row["currency"]),
        ]
        for row in found
    ]
    simple_table(ctx, [(NUMBER, "left"), (PLACED, "left"), (STATE, "left"), (TOTAL, "right")], rows)


# ── words and numbers ────────────────────────────────────────────────────────────────────────────────────────


def _step(step: Any, period: Period) -> str:
    if not isinstance(step, date):
        return f"{step:02d}:00"
    return f"{step:%Y-%m}" if period.bucket == "month" else f"{step:%m-%d}"


def _short(ctx: Ctx, minor: int | None) -> str:
    return format_whole_money(minor or 0, ctx.currency, ctx.locale)


def _exact(ctx: Ctx, minor: int | None) -> str:
    return ctx.money(minor)


def _major(ctx: Ctx, minor: int | None) -> float | None:
    return None if minor is None else float(from_minor(minor, ctx.currency))


def _money_numbers(ctx: Ctx) -> analytics.Numbers:
    return analytics.numbers(ctx.locale, currency_sign(ctx.currency, ctx.locale), exponent(ctx.currency))
