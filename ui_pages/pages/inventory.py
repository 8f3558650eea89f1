"""Stock: what is where, receiving, correcting and writing off, and what was there on a day in the past."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

from nicegui import ui

from models import StockLevel, StockMovement, Text, Variant
from services import catalogue, inventory
from services.core.clock import today
from services.core.db import read, write
from services.core.listing import Column
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    Draft,
    Empty,
    action_button,
    button,
    data_table,
    draft,
    drawer,
    name_actions,
    page_title,
)
from ui_pages.kit.form import Form, FormOptions
from ui_pages.registry import Page

TITLE = Text("库存", "Stock")
RECEIVE, ADJUST, WRITE_OFF = Text("入库", "Receive"), Text("调整", "Adjust"), Text("报损", "Write off")
RECEIVED, ADJUSTED, WRITTEN_OFF = (
    Text("已入库", "Received"),
    Text("已调整", "Adjusted"),
    Text("已报损", "Written off"),
)
VARIANT, PLACE = Text("商品规格", "Variant"), Text("仓库", "Warehouse")
FIND = Text("SKU、条码或品名", "SKU, barcode or name")
QUANTITY, DELTA = Text("数量", "Quantity"), Text("增减数量", "Difference")
DELTA_HELP = Text("多出填正数,短少填负数", "Positive for too many, negative for too few")
REFERENCE, REMARK = Text("来源单号", "Reference"), Text("备注", "Note")
WHEN = Text("发生时间", "When it happened")
WHEN_HELP = Text(
    "留空为现在;补记过去的须不使之后任何一天为负",
    "Empty = now; a late entry must leave no later day below zero",
)
AS_OF, BACK = Text("查过去某天", "Stock on a day"), Text("回到现在", "Back to today")
ON = Text("{day} 结束时的在库", "On hand at the end of {day}")
THEN = Text("当日在库", "On hand then")
EMPTY = Empty(
    Text("还没有库存", "No stock yet"),
    Text(
        "入库后,这里按规格和仓库显示在库、占用与可用",
        "Receive goods, and each variant and warehouse has a row here",
    ),
)
LISTING = inventory.LEVELS

name_actions(
    {
        "stock.receive": Text("入库", "Received"),
        "stock.adjust": Text("调整", "Adjusted"),
        "stock.write_off": Text("报损", "Written off"),
    }
)


async def build(ctx: Ctx) -> None:
    """Levels with their actions."""
    with page_title(ctx, TITLE):
        button(ctx, AS_OF, kind="text", icon="calendar-days", href=f"/inventory/on?day={date_of(ctx)}")
        stock_buttons(ctx)
    await data_table(ctx, LISTING, row_href="/inventory/{id}", empty=EMPTY)


def date_of(ctx: Ctx) -> date:
    """The day asked for in the address, else today."""
    try:
        return date.fromisoformat(ctx.query.get("day", ""))
    except ValueError:
        return today(ctx.zone)


async def build_past(ctx: Ctx) -> None:
    """Levels with what was on hand at the end of a day."""
    day = date_of(ctx)
    with page_title(ctx, Said(ON, day=day).render(ctx.locale), crumbs=[(TITLE, "/inventory"), (AS_OF, "")]):
        chosen = ui.input(value=day.isoformat()).props("type=date")
        chosen.props["aria-label"] = ctx.t(AS_OF)
        chosen.on_value_change(lambda event: event.value and ctx.go(f"/inventory/on?day={event.value}"))
        button(ctx, BACK, icon="undo-2", href="/inventory")
    shown = [
        column for column in LISTING.columns if column.name not in {"reserved", "available", "low_stock_at"}
    ]
    then = Column(inventory.on_hand_at(day), name="then", label=THEN, kind="int", sortable=False)
    past = replace(LISTING, key="stock_past", columns=(*shown[:4], then, *shown[4:]), views=())
    await data_table(ctx, past, row_href="/inventory/{id}", empty=EMPTY)


# ── the drawers ──────────────────────────────────────────────────────────────────────────────────────────────


def stock_buttons(ctx: Ctx, level: dict[str, Any] | None = None) -> None:
    """Receive, adjust and write off: for any variant, or for the given level."""
    action_button(
        ctx, WRITE_OFF, inventory.write_off, lambda _: _write_off(ctx, level), kind="text", icon="trash-2"
    )
    action_button(ctx, ADJUST, inventory.adjust_stock, lambda _: _adjust(ctx, level), icon="pencil")
    action_button(
        ctx,
        RECEIVE,
        inventory.receive_stock,
        lambda _: _receive(ctx, level),
        kind="primary",
        icon="package-plus",
    )


async def _receive(ctx: Ctx, level: dict[str, Any] | None) -> None:
    async def save(edited: Draft, actor: Actor) -> StockLevel:
        given = edited.values()
        receipt = inventory.StockReceipt(
            variant_id=given["variant"] or 0,
            warehouse_id=given["warehouse"] or 0,
            quantity=given["on_hand_delta"] or 0,
            reason=given["reason"] or "",
            reference=given["cause_number"] or "",
            at=given["at"],
        )
        return await write(inventory.receive_stock, receipt, actor=actor)

    form = await _form(ctx, RECEIVE, RECEIVED, inventory.receive_stock, save, level)
    form.add(StockMovement.on_hand_delta, label=QUANTITY, required=True)
    form.add(StockMovement.cause_number, label=REFERENCE)
    form.add(StockMovement.reason, label=REMARK)
    _finish(form, "quantity")


async def _adjust(ctx: Ctx, level: dict[str, Any] | None) -> None:
    async def save(edited: Draft, actor: Actor) -> StockLevel:
        given = edited.values()
        change = inventory.StockAdjustment(
            variant_id=given["variant"] or 0,
            warehouse_id=given["warehouse"] or 0,
            delta=given["on_hand_delta"] or 0,
            reason=given["reason"] or "",
            at=given["at"],
        )
        return await write(inventory.adjust_stock, change, actor=actor)

    form = await _form(ctx, ADJUST, ADJUSTED, inventory.adjust_stock, save, level)
    form.add(StockMovement.on_hand_delta, label=DELTA, help=DELTA_HELP, required=True)
    form.add(StockMovement.reason, required=True)
    _finish(form, "delta")


async def _write_off(ctx: Ctx, level: dict[str, Any] | None) -> None:
    async def save(edited: Draft, actor: Actor) -> StockLevel:
        given = edited.values()
        loss = inventory.WriteOff(
            variant_id=given["variant"] or 0,
            warehouse_id=given["warehouse"] or 0,
            quantity=given["on_hand_delta"] or 0,
            reason=given["reason"] or "",
            at=given["at"],
        )
        return await write(inventory.write_off, loss, actor=actor)

    form = await _form(ctx, WRITE_OFF, WRITTEN_OFF, inventory.write_off, save, level)
    form.add(StockMovement.on_hand_delta, label=QUANTITY, required=True)
    form.add(StockMovement.reason, required=True)
    _finish(form, "quantity")


FIELDS = (
    StockMovement.variant,
    StockMovement.warehouse,
    StockMovement.on_hand_delta,
    StockMovement.cause_number,
    StockMovement.reason,
    StockMovement.at,
)


async def _form(
    ctx: Ctx,
    label: Text,
    done: Text,
    verb: Any,
    save: Callable[[Draft, Actor], Awaitable[StockLevel]],
    level: dict[str, Any] | None,
) -> Form:
    """A drawer that asks for variant and warehouse; the caller adds the rest."""
    places = await read(lambda: [(place.id, place.name) for place in inventory.all_warehouses(ctx.actor)])
    with drawer(ctx, label) as dialog:
        edited = draft(None, FIELDS)
        edited.at = None
        edited.warehouse = level["warehouse_id"] if level else places[0][0] if places else None
        edited.variant = level["variant_id"] if level else None
        options = FormOptions(
            label=label, done=done, verb=verb, guard=False, on_saved=lambda _: dialog.close()
        )
        form = Form(ctx, edited, save, options)
        form.root.classes(add="one")
        chosen = f"{level['sku']} {level['product']} {level['variant']}" if level else ""
        form.add(
            StockMovement.variant,
            label=VARIANT,
            choices=variant_search(ctx),
            chosen=chosen,
            help=FIND,
            span=True,
        )
        form.add(StockMovement.warehouse, label=PLACE, choices=places, span=True)
    return form


def _finish(form: Form, quantity: str) -> None:
    """The time at the end; refusals of the verb find the inputs under the verb's own names."""
    form.add(StockMovement.at, label=WHEN, help=WHEN_HELP, required=False, span=True)
    form.bound |= {
        quantity: form.bound["on_hand_delta"],
        "variant_id": form.bound["variant"],
        "warehouse_id": form.bound["warehouse"],
    }


def variant_search(ctx: Ctx) -> Callable[[str], list[tuple[int, str, str]]]:
    """The search behind a variant box: (id, SKU and name, what is available)."""

    def search(term: str) -> list[tuple[int, str, str]]:
        found: list[Variant] = list(catalogue.find_variants(term, ctx.actor))
        there = inventory.availability([variant.id for variant in found], ctx.actor)
        return [
            (
                variant.id,
                f"{variant.sku} {variant.product.name} {variant.title}".strip(),
                available_words(ctx, there[variant.id]),
            )
            for variant in found
        ]

    return search


def available_words(ctx: Ctx, places: tuple[inventory.Available, ...]) -> str:
    """近仓 10 · 远仓 5"""
    return " · ".join(f"{place.warehouse} {ctx.number(place.available)}" for place in places) or "—"


PAGES = [
    Page(
        path="/inventory",
        title=TITLE,
        permission=P.STOCK_VIEW,
        group="inventory",
        order=10,
        icon="boxes",
        keys="s",
        build=build,
    ),
    Page(
        path="/inventory/on",
        title=AS_OF,
        permission=P.STOCK_VIEW,
        group="inventory",
        nav=False,
        build=build_past,
    ),
]
