"""Warehouses: places that hold stock."""

from models import Text, Warehouse
from services import inventory
from services.core import geo
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    Draft,
    Empty,
    action_button,
    data_table,
    drawer,
    form_for,
    name_actions,
    page_title,
)
from ui_pages.registry import Page

TITLE, NEW, EDIT = (
    Text("仓库", "Warehouses"),
    Text("新建仓库", "New warehouse"),
    Text("编辑仓库", "Edit the warehouse"),
)
CREATE = Text("建立仓库", "Create the warehouse")
ARCHIVE, REOPEN = Text("归档", "Archive"), Text("重新启用", "Reopen")
SURE = Text(
    "归档仓库「{name}」?须先清空库存;流水保留", "Archive warehouse {name}? It must be empty; history stays"
)
PRIORITY_HELP = Text("数字小的先发货", "The lowest number delivers first")
EMPTY = Empty(Text("还没有仓库", "No warehouses yet"), Text("建立后才能入库", "Stock is received into one"))
LISTING = inventory.WAREHOUSES
FIELDS = (Warehouse.code, Warehouse.name, Warehouse.province_code, Warehouse.priority)

name_actions(
    {
        "warehouse.create": Text("新建仓库", "Warehouse opened"),
        "warehouse.edit": Text("修改仓库", "Warehouse changed"),
        "warehouse.archive": Text("归档仓库", "Warehouse archived"),
        "warehouse.reopen": Text("重新启用仓库", "Warehouse reopened"),
    }
)


async def build(ctx: Ctx) -> None:
    """All warehouses in the order in which they deliver; a row opens its form."""
    with page_title(ctx, TITLE):
        action_button(ctx, NEW, inventory.create_warehouse, lambda _: _new(ctx), kind="primary", icon="plus")

    async def open_row(row_id: int) -> None:
        _edit(ctx, await read(inventory.warehouse, row_id, ctx.actor))

    await data_table(
        ctx,
        LISTING,
        on_open=open_row,
        show={"province_code": lambda code: geo.name_of(code, ctx.locale) if code else None},
        empty=EMPTY,
    )


def _inputs(ctx: Ctx) -> dict[str, dict[str, object]]:
    provinces = [("", "—")] + [(place.code, geo.name_of(place.code, ctx.locale)) for place in geo.provinces()]
    return {"province_code": {"choices": provinces}, "priority": {"help": PRIORITY_HELP}}


def _new(ctx: Ctx) -> None:
    with drawer(ctx, NEW) as dialog:

        async def save(edited: Draft, actor: Actor) -> Warehouse:
            given = edited.values()
            new = inventory.NewWarehouse(
                code=given["code"] or "",
                name=given["name"] or "",
                province_code=given["province_code"] or "",
                priority=given["priority"],
            )
            return await write(inventory.create_warehouse, new, actor=actor)

        form_for(
            ctx, None, FIELDS, save, label=CREATE, verb=inventory.create_warehouse, guard=False,
            inputs=_inputs(ctx), on_saved=lambda _: dialog.close(),
        ).root.classes(add="one")  # fmt: skip


def _edit(ctx: Ctx, place: Warehouse) -> None:
    with drawer(ctx, EDIT) as dialog:

        async def save(edited: Draft, actor: Actor) -> Warehouse:
            change = inventory.WarehouseChange(**edited.changes())
            return await write(inventory.edit_warehouse, place.id, edited.version, change, actor=actor)

        async def close(actor: Actor) -> None:
            await write(inventory.archive_warehouse, place.id, place.version, actor=actor)
            dialog.close()

        async def reopen(actor: Actor) -> None:
            await write(inventory.reopen_warehouse, place.id, place.version, actor=actor)
            dialog.close()

        form_for(
            ctx, place, FIELDS[1:], save, verb=inventory.edit_warehouse, guard=False,
            inputs=_inputs(ctx), on_saved=lambda _: dialog.close(),
        ).root.classes(add="one")  # fmt: skip
        if place.archived_at is None:
            sure = Said(SURE, name=place.name)
            action_button(
                ctx, ARCHIVE, inventory.archive_warehouse, close, kind="danger", icon="archive", confirm=sure
            )
        else:
            action_button(ctx, REOPEN, inventory.reopen_warehouse, reopen, icon="archive-restore")


PAGE = Page(
    path="/warehouses",
    title=TITLE,
    permission=P.STOCK_VIEW,
    group="inventory",
    order=30,
    icon="warehouse",
    build=build,
)
