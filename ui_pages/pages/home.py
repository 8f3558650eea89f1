"""The first page: what waits for this person, and, for who may see them, the figures of the business."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from models import Text
from services import analytics, inventory, orders
from services.analytics import Period, Slice
from services.core.db import read
from services.core.listing import ListQuery, paginate
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import Ctx, card, el, html, page_title
from ui_pages.kit.charts import ChartCard
from ui_pages.kit.lazy import Part, load_all
from ui_pages.kit.period import period_picker, span_words
from ui_pages.pages import home_blocks as blocks
from ui_pages.registry import Page

TITLE = Text("首页", "Home")
VERSUS = Text("对比 {span}", "compared with {span}")
FRESH = Text("数据截至 {time}", "Figures as of {time}")
CHANGED = Text("实时 · 最近变动 {time}", "Live · last change {time}")
BUILDING = Text("经营数据正在准备 {done}%", "The figures are being prepared: {done}%")
REVENUE, BY_CHANNEL = Text("销售额走势", "Revenue"), Text("按渠道", "By channel")
BY_REGION, TOP_PRODUCTS = Text("按地区", "By region"), Text("畅销商品", "Top products")
PROGRESS, STOCK = Text("订单进度", "Order progress"), Text("库存预警", "Stock alerts")
TO_SHIP, TO_CONFIRM = Text("待发货", "To ship"), Text("待确认", "To confirm")
LATEST, ALL = Text("最近的订单", "Latest orders"), Text("全部", "See all")
QUIET_S = 3.0
LIVE = ("warehouse", "order", "stock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The period that the address asks for, and what it is compared with."""

    preset: str
    period: Period
    before: Period


async def build(ctx: Ctx) -> None:
    """Work first, then figures; every part loads by itself."""
    sees_figures = ctx.can(P.ANALYTICS_VIEW)
    span = await read(span_of, ctx.query)
    words = Said(VERSUS, span=span_words(ctx, span.before.first, span.before.last)) if sees_figures else ""
    parts: list[Any] = []
    with page_title(ctx, TITLE, sub=words):
        if sees_figures:
            parts.append(Freshness(ctx))
            presets = {key: preset.text for key, preset in analytics.PRESETS.items()}
            period_picker(ctx, presets, span.preset, span.period.first, span.period.last)
    parts.append(
        Part(ctx, _reading(analytics.waiting_for, ctx.actor), lambda found: blocks.work(ctx, found), lines=1)
    )
    if sees_figures:
        parts += _figures(ctx, span)
    parts += _operations(ctx, span if sees_figures else None)
    await load_all(parts)
    _follow(ctx, parts)


def span_of(query: Mapping[str, str]) -> Span:
    """The period of an address, as of now."""
    today, minute = analytics.local_now()
    preset, period = analytics.period_from(query, today)
    return Span(preset=preset, period=period, before=analytics.previous(period, today, minute))


class Freshness:
    """How current the figures are, beside the title."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self.words = html().classes("sub small hide-phone")

    async def reload(self) -> None:
        """Say it anew."""
        fresh = analytics.freshness()
        if fresh.is_building or fresh.checked_at is None:
            said = Said(BUILDING, done=100 * fresh.done // max(1, fresh.total))
        else:
            at = (fresh.changed_at or fresh.checked_at).astimezone(self.ctx.zone)
            said = Said(CHANGED if fresh.changed_at else FRESH, time=f"{at:%H:%M:%S}")
        self.words.content = el("span", self.ctx.t(said))


def _figures(ctx: Ctx, span: Span) -> list[Any]:
    """Cards, course, channels, regions, products."""
    period, actor = span.period, ctx.actor
    made: list[Any] = [
        Part(
            ctx,
            _reading(analytics.cards, period, span.before, actor),
            lambda found: blocks.cards(ctx, found),
            lines=3,
        )
    ]
    with ui.element("div").classes("two-col level"):
        made.append(ChartCard(ctx, REVENUE, lambda: blocks.trend(ctx, span.period, span.before)))
        made.append(
            _boxed(ctx, BY_CHANNEL, _slices("channel", span, ctx, 8), lambda found: blocks.bars(ctx, found))
        )
    with ui.element("div").classes("cols level").style("--n:2"):
        made.append(
            _boxed(
                ctx, BY_REGION, _reading(_regions, period, actor), lambda found: blocks.region(ctx, *found)
            )
        )
        made.append(
            _boxed(
                ctx,
                TOP_PRODUCTS,
                _slices("product", span, ctx, 8, "units", "refunds"),
                lambda found: blocks.products(ctx, found),
            )
        )
    return made


def _operations(ctx: Ctx, span: Span | None) -> list[Any]:
    """The progress of orders (or, without figures, the orders to work on) beside what runs out of stock."""
    made: list[Any] = []
    with ui.element("div").classes("cols level").style("--n:2"):
        if span is not None:
            made.append(ChartCard(ctx, PROGRESS, lambda: blocks.progress(ctx, span.period)))
        elif ctx.can(P.ORDERS_VIEW):
            made.append(_orders(ctx))
        if ctx.can(P.STOCK_VIEW):
            made.append(
                _boxed(
                    ctx,
                    STOCK,
                    _reading(lambda: list(inventory.low_stock(ctx.actor).limit(6))),
                    lambda found: blocks.stock(ctx, found),
                    href="/inventory?view=low",
                )
            )
    return made


def _orders(ctx: Ctx) -> Part:
    """The oldest orders that this person may move on; else the newest ones."""
    title, query = LATEST, ListQuery(sort="-placed_at", size=8)
    for right, view, words in (
        (P.ORDERS_CONFIRM, "to_confirm", TO_CONFIRM),
        (P.ORDERS_SHIP, "to_ship", TO_SHIP),
    ):
        if ctx.can(right):
            title, query = words, ListQuery(view=view, sort="placed_at", size=8)
    return _boxed(
        ctx,
        title,
        _reading(lambda: paginate(orders.ORDERS, query, ctx.actor, count=False).rows),
        lambda found: blocks.order_rows(ctx, found),
        href=f"/orders?view={query.view}" if query.view else "/orders",
    )


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────


def _reading(fn: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    return lambda: read(fn, *args)


def _slices(dimension: str, span: Span, ctx: Ctx, top: int, *more: str) -> Callable[[], Any]:
    return lambda: read(
        lambda: analytics.slices(("revenue", *more), dimension, span.period, ctx.actor, top=top)
    )


def _regions(period: Period, actor: Actor) -> tuple[str, list[Slice], int]:
    """Provinces where they are known, else countries; and the whole they are parts of."""
    whole = analytics.figure("revenue", period, actor) or 0
    found = analytics.slices(("revenue",), "province", period, actor, top=40)
    known = [each for each in found if each.value and each.figures["revenue"]]
    if known:
        return "province", known, whole
    return "country", analytics.slices(("revenue",), "country", period, actor, top=10), whole


def _boxed(
    ctx: Ctx, title: Text, load: Callable[[], Any], draw: Callable[[Any], None], *, href: str = ""
) -> Part:
    """A card with a part inside, and a link to the whole list."""
    with card(ctx.t(title), ctx=ctx, actions=True, pad=False) as right:
        made = Part(ctx, load, draw, classes="part card-body")
    if href:
        with right:
            html(el("a", ctx.t(ALL), href=href, class_="link small"))
    return made


def _follow(ctx: Ctx, parts: list[Any]) -> None:
    """Show new figures as they come, at most once in QUIET_S."""
    state = {"is_busy": False, "has_more": False}

    async def heard(_ids: set[int]) -> None:
        state["has_more"] = True
        if state["is_busy"]:
            return
        state["is_busy"] = True
        while state["has_more"]:
            state["has_more"] = False
            await load_all(parts)
            await asyncio.sleep(QUIET_S)
        state["is_busy"] = False

    for topic in LIVE:
        ctx.on_change(topic, heard)


PAGE = Page(
    path="/", title=TITLE, permission=P.HOME_VIEW, group="home", order=0, icon="house", keys="h", build=build
)
