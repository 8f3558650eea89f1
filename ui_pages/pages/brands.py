"""Brands: the list; a drawer renames, archives and shows the history of one."""

from nicegui import ui

from models import Brand, Text
from services import catalogue
from services.core.db import read, write
from services.core.listing import Column, Listing, View
from services.core.permissions import Actor, P
from ui_pages.kit import (
    Bulk,
    Ctx,
    Empty,
    action_button,
    attempt,
    button,
    captioned,
    data_table,
    dialog_foot,
    drawer,
    form_for,
    html,
    link,
    name_actions,
    page_title,
    timeline,
    window,
)
from ui_pages.registry import Page

TITLE, NEW, CREATE = Text("品牌", "Brands"), Text("新建品牌", "New brand"), Text("建立", "Create")
ARCHIVE, RESTORE = Text("归档", "Archive"), Text("恢复", "Restore")
HISTORY, SEE = Text("记录", "History"), Text("查看该品牌的商品", "See its products")
EMPTY = Empty(
    Text("还没有品牌", "No brands yet"),
    Text("品牌用于筛选商品和统计", "Brands filter products and group figures"),
)
name_actions(
    {
        "brand.create": Text("建立品牌", "Brand added"),
        "brand.rename": Text("改名", "Renamed"),
        "brand.archive": Text("归档", "Archived"),
        "brand.restore": Text("恢复", "Restored"),
    }
)
LISTING = Listing(
    key="brands",
    title=TITLE,
    base=catalogue.brands,
    columns=(
        Column(Brand.name, kind="link"),
        Column(
            catalogue.PRODUCTS_OF_BRAND,
            name="used",
            label=Text("商品数", "Products"),
            kind="int",
            sortable=False,
        ),
        Column(Brand.updated_at, sortable=False),
    ),
    row_id=Brand.id,
    permission=P.CATALOGUE_VIEW,
    views=(
        View("all", Text("使用中", "In use"), lambda: Brand.archived_at.is_null()),
        View("archived", Text("已归档", "Archived"), lambda: Brand.archived_at.is_null(False)),
    ),
    search=lambda term: Brand.name.contains(term),
    default_sort="name",
    topic="brand",
)


async def build(ctx: Ctx) -> None:
    """All brands."""
    with page_title(ctx, TITLE):
        action_button(ctx, NEW, catalogue.create_brand, lambda _actor: _new(ctx), kind="primary", icon="plus")

    async def open_row(row_id: int) -> None:
        row = await read(lambda: catalogue.brands(ctx.actor).where(Brand.id == row_id).get())
        await _drawer(ctx, row)

    await data_table(
        ctx,
        LISTING,
        on_open=open_row,
        empty=EMPTY,
        bulk=[
            Bulk(catalogue.archive_brand, ARCHIVE, icon="archive", undo=catalogue.restore_brand),
            Bulk(catalogue.restore_brand, RESTORE, icon="archive-restore"),
        ],
    )


def _new(ctx: Ctx) -> None:
    with window(ctx, NEW) as dialog:
        with captioned(ctx, Brand.name.verbose_name):
            name = ui.input().props("autofocus maxlength=80")

        async def create() -> None:
            async def run(actor: Actor) -> None:
                await write(catalogue.create_brand, name.value or "", actor=actor)

            ok, _ = await attempt(ctx, run)
            if ok:
                dialog.close()
                ctx.go("/brands?q=" + (name.value or ""))

        name.on("keydown.enter", create)
        with dialog_foot():
            button(ctx, CREATE, create, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


async def _drawer(ctx: Ctx, row: Brand) -> None:
    with drawer(ctx, row.name) as dialog:
        html(link(ctx.t(SEE), f"/products?f.brand={row.id}"))
        form_for(
            ctx, row, [Brand.name], catalogue.edit_brand, on_saved=lambda _row: dialog.close(), guard=False
        )
        html(ctx.t(HISTORY)).classes("lb sect")
        await timeline(ctx, row)


PAGE = Page(
    path="/brands",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    order=40,
    icon="award",
    build=build,
)
