"""The variants of one product as a sheet, with the editor of its options and the switch that retires one."""

from nicegui import ui

from models import Product, Text
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor
from services.core.text import Said
from ui_pages.kit import Ctx, GridRow, action_button, attempt, confirm, edit_grid
from ui_pages.pages.product_grid import available_by_variant, grid_columns, save_edits, variant_values
from ui_pages.pages.product_options import option_editor

VARIANT, OPTIONS = Text("规格", "Variant"), Text("编辑规格项", "Edit options")
VARIANT_OFF, VARIANT_ON = (
    Text("停用此规格", "Retire this variant"),
    Text("恢复此规格", "Bring this variant back"),
)
VARIANT_SURE = Text(
    "停用规格 {sku}?不再出售,库存和单据保留", "Retire {sku}? It is sold no more; stock and documents stay"
)


async def variant_sheet(ctx: Ctx, product: Product, head: ui.element) -> None:
    """The sheet; the button that edits the options goes into `head`."""
    rows = await read(_grid_rows, ctx, product.id)

    async def menu(variant_id: int) -> None:
        await _switch_variant(ctx, product, variant_id)

    grid = edit_grid(
        ctx,
        grid_columns(ctx, VARIANT),
        rows,
        save=save_edits,
        load=lambda ids: read(lambda: [row for row in _grid_rows(ctx, product.id) if row.id in ids]),
        verb=catalogue.edit_variants,
        on_menu=menu if ctx.can(catalogue.archive_variant) else None,
    )

    async def reload() -> None:
        fresh = await read(_grid_rows, ctx, product.id)
        if not grid.is_deleted:
            grid.show(fresh)

    with head:
        opens = lambda _actor: option_editor(ctx, product, reload)  # noqa: E731 - a handler
        action_button(ctx, OPTIONS, catalogue.change_matrix, opens, icon="sliders-horizontal")


def _grid_rows(ctx: Ctx, product_id: int) -> list[GridRow]:
    rows = catalogue.variants_of(product_id, ctx.actor)
    living = [row for row in rows if row.archived_at is None]
    gone = [row for row in rows if row.archived_at is not None]
    available = available_by_variant(rows, ctx)
    return [
        GridRow(
            id=row.id,
            version=row.version,
            label=row.title or row.sku,
            values=variant_values(row, available),
            muted=row.archived_at is not None,
            menu=("archive-restore", VARIANT_ON) if row.archived_at else ("archive", VARIANT_OFF),
        )
        for row in (*living, *gone)
    ]


async def _switch_variant(ctx: Ctx, product: Product, variant_id: int) -> None:
    rows = await read(catalogue.variants_of, product.id, ctx.actor)
    row = next(each for each in rows if each.id == variant_id)
    is_living = row.archived_at is None
    if is_living and not await confirm(ctx, Said(VARIANT_SURE, sku=row.sku), VARIANT_OFF, danger=True):
        return

    async def run(actor: Actor) -> None:
        verb = catalogue.archive_variant if is_living else catalogue.restore_variant
        await write(verb, row.id, row.version, actor=actor)

    ok, _ = await attempt(ctx, run)
    if ok:
        ctx.go(f"/products/{product.code}?v={row.version + 1}-{row.id}")
