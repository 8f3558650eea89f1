"""Variants as a sheet: the grid of one product's page, and the bulk grid over many products."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from models import Product, Text, Variant
from services import catalogue, inventory
from services.core.db import read, write
from services.core.permissions import Actor, P
from ui_pages.kit import (
    Ctx,
    EditGrid,
    GridAnswer,
    GridColumn,
    GridEdit,
    GridRow,
    card,
    edit_grid,
    note,
    page_title,
)
from ui_pages.pages.products import GRID, TITLE
from ui_pages.registry import Page

AVAILABLE = Text("可用", "Available")
SIZE = 100
SEARCH = Text("品名、货号、SKU、品牌、标签", "Name, code, SKU, brand, tag")
MORE = Text("只显示前 {n} 行,请缩小范围", "Only the first {n} rows are shown; narrow the filter")
HELP = Text(
    "可从 Excel 直接粘贴;回车下移,Ctrl+D 取上一格,Esc 还原。每行单独保存,互不影响",
    "Paste from a sheet; Enter goes down, Ctrl+D takes the cell above, Esc restores. Each row is saved by itself",
)
EDITED: tuple[tuple[Any, str, int], ...] = (
    (Variant.sku, "text", 124),
    (Variant.barcode, "text", 122),
    (Variant.price_minor, "money", 92),
    (Variant.compare_at_minor, "money", 92),
    (Variant.cost_minor, "money", 92),
    (Variant.weight_g, "int", 76),
    (Variant.low_stock_at, "int", 76),
)


def grid_columns(ctx: Ctx, heading: Text) -> list[GridColumn]:
    """The columns this person may see; prices are only shown without the right to change them."""
    shown = [
        column for column in EDITED if column[0] is not Variant.cost_minor or ctx.can(P.CATALOGUE_SEE_COST)
    ]
    may_price = ctx.can(P.CATALOGUE_PRICE)
    return [
        GridColumn("label", heading, "label"),
        *([GridColumn("available", AVAILABLE, "int", 76, editable=False)] if ctx.can(P.STOCK_VIEW) else []),
        *(
            GridColumn(column.name, column.verbose_name, kind, width, editable=kind != "money" or may_price)  # type: ignore[arg-type]
            for column, kind, width in shown
        ),
    ]


def variant_values(row: Variant, available: Mapping[int, int]) -> dict[str, Any]:
    """The cells of a variant."""
    cells = {column.name: getattr(row, column.name) for column, _, _ in EDITED}
    return {**cells, "available": available.get(row.id)}


def available_by_variant(rows: Sequence[Variant], ctx: Ctx) -> dict[int, int]:
    """How many of each may still be promised, over the warehouses this person sees."""
    if not ctx.can(P.STOCK_VIEW):
        return {}
    found = inventory.availability([row.id for row in rows], ctx.actor)
    return {key: sum(place.available for place in places) for key, places in found.items()}


async def save_edits(edits: Sequence[GridEdit], reason: str, actor: Actor) -> list[GridAnswer]:
    """Hand the grid's edits to the bulk verb."""
    given = [
        catalogue.VariantEdit(variant_id=edit.row_id, version=edit.version, changes=edit.changes)
        for edit in edits
    ]
    results = await write(catalogue.edit_variants, given, reason=reason, actor=actor)
    return [GridAnswer(result.row_id, result.said, result.fields) for result in results]


async def build(ctx: Ctx) -> None:
    """A filter and the sheet of all variants that match."""
    term = ctx.query.get("q", "")
    with page_title(ctx, GRID, crumbs=[(TITLE, "/products"), (GRID, "")]):
        box = (
            ui.input(placeholder=ctx.t(SEARCH), value=term)
            .props("debounce=300 clearable")
            .classes("grid-find")
        )
        box.props["aria-label"] = ctx.t(SEARCH)
    with card(pad=False):
        warning = ui.element("div").classes("eg-note")
        rows, is_cut = await read(_rows, ctx, term)
        grid = edit_grid(
            ctx,
            grid_columns(ctx, TITLE),
            rows,
            save=save_edits,
            load=lambda ids: read(_by_ids, ctx, ids),
            verb=catalogue.edit_variants,
        )
    note(ctx, HELP)
    _warn(ctx, warning, is_cut)

    async def find() -> None:
        await _find(ctx, grid, warning, str(box.value or ""))

    box.on_value_change(find)


async def _find(ctx: Ctx, grid: EditGrid, warning: ui.element, term: str) -> None:
    rows, is_cut = await read(_rows, ctx, term)
    if not grid.is_deleted:
        grid.show(rows)
        _warn(ctx, warning, is_cut)


def _warn(ctx: Ctx, warning: ui.element, is_cut: bool) -> None:
    warning.clear()
    if is_cut:
        with warning:
            note(ctx, ctx.t(MORE).format(n=SIZE), "warn")


def _rows(ctx: Ctx, term: str) -> tuple[list[GridRow], bool]:
    living = catalogue.variants(ctx.actor).where(Variant.archived_at.is_null(), Product.archived_at.is_null())
    if term.strip():
        living = living.where(catalogue.search_condition(term) | catalogue.variant_search_condition(term))
    found = list(living.order_by(Product.code, Variant.position, Variant.id).limit(SIZE + 1))
    available = available_by_variant(found[:SIZE], ctx)
    return [_row(row, available) for row in found[:SIZE]], len(found) > SIZE


def _by_ids(ctx: Ctx, ids: Sequence[int]) -> list[GridRow]:
    rows = list(catalogue.variants(ctx.actor).where(Variant.id.in_(list(ids))))
    available = available_by_variant(rows, ctx)
    return [_row(row, available) for row in rows]


def _row(row: Variant, available: Mapping[int, int]) -> GridRow:
    product = row.product
    return GridRow(
        id=row.id,
        version=row.version,
        label=product.name,
        note=row.title,
        href=f"/products/{product.code}",
        thumb=f"/media/{product.cover_id}" if product.cover_id else "",
        values=variant_values(row, available),
    )


PAGE = Page(
    path="/products/grid",
    title=GRID,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    nav=False,
    build=build,
)
