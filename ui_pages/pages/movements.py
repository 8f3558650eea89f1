"""Stock movements: every change of a figure, with its cause; and the page that explains one figure."""

from dataclasses import replace
from typing import Any

from models import StockMovement, Text, Variant
from services import inventory
from services.core.db import read
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    Empty,
    card,
    data_table,
    el,
    facts,
    html,
    link,
    note,
    page_title,
    simple_table,
    two_columns,
)
from ui_pages.pages.inventory import TITLE as STOCK
from ui_pages.pages.inventory import stock_buttons
from ui_pages.registry import Page

TITLE = Text("库存流水", "Movements")
ON_HAND, RESERVED, AVAILABLE = Text("在库", "On hand"), Text("占用", "Reserved"), Text("可用", "Available")
WHY = Text("为什么在库是 {n}", "Why is on hand {n}")
KIND, COUNT, FIRST, LAST = (
    Text("类型", "Kind"),
    Text("笔数", "Entries"),
    Text("最早", "First"),
    Text("最近", "Last"),
)
SUM = Text("合计", "Sum")
ADDS_UP = Text(
    "流水合计与账面一致:在库 {on_hand},占用 {reserved}",
    "The movements add up to the figures: on hand {on_hand}, reserved {reserved}",
)
BROKEN = Text(
    "流水合计与账面不一致,请联系店主运行检查", "The movements do not add up; ask the owner to run the check"
)
OVERSOLD = Text(
    "超卖 {n} 件:占用多于在库,相关订单已挂起",
    "Oversold by {n}: more is promised than there is; orders are on hold",
)
OTHERS = Text("其他仓库", "Other warehouses")
LATEST = Text("流水", "Movements")
EMPTY = Empty(
    Text("还没有流水", "No movements yet"),
    Text("入库、销售、退货都会记在这里", "Every change is written here"),
)
LISTING = inventory.MOVEMENTS


async def build(ctx: Ctx) -> None:
    """All movements."""
    with page_title(ctx, TITLE):
        pass
    await data_table(ctx, LISTING, empty=EMPTY)


async def build_level(ctx: Ctx, level: str) -> None:
    """One variant in one warehouse: the figures, the sums that explain them, the movements behind."""
    await _build_level(ctx, int(level) if level.isdecimal() else 0)


async def _build_level(ctx: Ctx, level_id: int) -> None:
    level = await read(inventory.level, level_id, ctx.actor)
    story = await read(inventory.why_on_hand, level["variant_id"], level["warehouse_id"], actor=ctx.actor)
    name = f"{level['product']} {level['variant']}".strip()
    crumbs = [(STOCK, "/inventory"), (level["sku"], "")]
    with page_title(ctx, name, crumbs=crumbs, sub=f"{level['sku']} · {level['warehouse']}"):
        stock_buttons(ctx, level)
    missing = story.reserved - story.on_hand
    if missing > 0:
        note(ctx, Said(OVERSOLD, n=missing), "bad")
    _figures(ctx, story)
    with two_columns() as (main, side):
        with main, card(ctx.t(Said(WHY, n=story.on_hand)), pad=False):
            _sums(ctx, story)
        with side, card(ctx.t(OTHERS)):
            await _others(ctx, level)
    html(el("h2", ctx.t(LATEST), class_="h2"))
    await data_table(ctx, _movements_of(level), main=False, bar=False, topic="movement", empty=EMPTY)

    async def changed(ids: set[int]) -> None:
        if level_id in ids:
            ctx.go(f"/inventory/{level_id}?v={story.on_hand}.{story.reserved}.{len(ids)}")

    ctx.on_change("stock", changed)


def _figures(ctx: Ctx, story: inventory.OnHandStory) -> None:
    figures = (
        (ON_HAND, story.on_hand),
        (RESERVED, story.reserved),
        (AVAILABLE, story.on_hand - story.reserved),
    )
    boxes = [
        el("div", el("small", ctx.t(label)), el("b", ctx.number(value), class_="num"))
        for label, value in figures
    ]
    with card():
        html(el("div", *boxes, class_="figures big"))


def _sums(ctx: Ctx, story: inventory.OnHandStory) -> None:
    rows = [
        (
            part.kind,
            _signed(ctx, part.on_hand),
            _signed(ctx, part.reserved),
            part.count,
            part.first_at,
            part.last_at,
        )
        for part in story.sums
    ]
    total = (
        ctx.t(SUM),
        ctx.number(story.on_hand),
        ctx.number(story.reserved),
        sum(x.count for x in story.sums),
        " ",
        " ",
    )
    heads = [
        (KIND, "left"), (ON_HAND, "right"), (RESERVED, "right"), (COUNT, "right"), (FIRST, "right"), (LAST, "right"),
    ]  # fmt: skip
    simple_table(ctx, heads, rows, foot=total)
    said = Said(ADDS_UP, on_hand=story.on_hand, reserved=story.reserved) if story.adds_up else BROKEN
    note(ctx, said, "ok" if story.adds_up else "bad").classes("in-card")


async def _others(ctx: Ctx, level: dict[str, Any]) -> None:
    rows = await read(
        lambda: [
            row
            for row in inventory.levels(ctx.actor).where(Variant.id == level["variant_id"])
            if row["id"] != level["id"]
        ]
    )
    facts(
        ctx,
        [(row["warehouse"], link(ctx.number(row["available"]), f"/inventory/{row['id']}")) for row in rows]
        or [(AVAILABLE, None)],
        wide=True,
    )


def _movements_of(level: dict[str, Any]) -> Any:
    def base(actor: Actor) -> Any:
        return LISTING.base(actor).where(
            StockMovement.variant == level["variant_id"], StockMovement.warehouse == level["warehouse_id"]
        )

    shown = tuple(column for column in LISTING.columns if column.name not in {"sku", "product", "warehouse"})
    return replace(LISTING, key="movements_of_level", base=base, columns=shown, default_sort="-id")


def _signed(ctx: Ctx, value: int) -> str:
    return f"+{ctx.number(value)}" if value > 0 else ctx.number(value)


PAGES = [
    Page(
        path="/movements",
        title=TITLE,
        permission=P.STOCK_VIEW,
        group="inventory",
        order=20,
        icon="history",
        build=build,
    ),
    Page(
        path="/inventory/{level}",
        title=STOCK,
        permission=P.STOCK_VIEW,
        group="inventory",
        nav=False,
        build=build_level,
    ),
]
