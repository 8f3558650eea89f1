"""Places that hold stock: open, edit, archive."""

import re

from models import StockLevel, Text, Warehouse
from services.core.clock import now
from services.core.db import transaction
from services.core.editing import create, save_changes
from services.core.errors import Conflict, Invalid
from services.core.permissions import SYSTEM, Actor, Permission, requires
from services.core.text import Said
from services.identity import ShopOpened
from services.inventory import queries
from services.inventory.types import NewWarehouse, WarehouseChange

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,23}")


@requires(Permission.WAREHOUSES_MANAGE)
def create_warehouse(new: NewWarehouse, *, actor: Actor) -> Warehouse:
    """Open a warehouse."""
    code = new.code.strip().upper()
    if not CODE.fullmatch(code):
        text = Text("代码用大写字母、数字、- 和 _,最多 24 个", "Use up to 24 of A–Z, 0–9, - and _")
        raise Invalid(fields={"code": text})
    _check_name(new.name)
    with transaction():
        if Warehouse.select().where(Warehouse.code == code).exists():
            taken = Text("这个代码已被使用,请换一个", "That code is taken; choose another")
            raise Conflict(taken, fields={"code": taken})
        values = {
            "code": code,
            "name": new.name.strip(),
            "province_code": new.province_code,
            "priority": new.priority,
        }
        return create(Warehouse, values, actor, action="warehouse.create")


@requires(Permission.WAREHOUSES_MANAGE)
def edit_warehouse(warehouse_id: int, version: int, change: WarehouseChange, *, actor: Actor) -> Warehouse:
    """Change a warehouse's name, province or priority in sourcing."""
    if change.name is not None:
        _check_name(change.name)
    given = {
        "name": change.name.strip() if change.name is not None else None,
        "province_code": change.province_code,
        "priority": change.priority,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    with transaction():
        queries.warehouse(warehouse_id, actor)
        return save_changes(Warehouse, warehouse_id, version, changes, actor, action="warehouse.edit")


@requires(Permission.WAREHOUSES_MANAGE)
def archive_warehouse(warehouse_id: int, version: int, *, actor: Actor) -> Warehouse:
    """Close an empty warehouse: it keeps its history and delivers nothing any more."""
    with transaction():
        warehouse = queries.warehouse(warehouse_id, actor)
        held = StockLevel.select().where(
            StockLevel.warehouse == warehouse_id, (StockLevel.on_hand > 0) | (StockLevel.reserved > 0)
        )
        if held.exists():
            text = Text(
                "「{name}」还有 {count} 个规格有库存或占用:先清空再归档",
                "“{name}” still holds or promises {count} variants: empty it first",
            )
            raise Conflict(Said(text, name=warehouse.name, count=held.count()))
        return save_changes(
            Warehouse, warehouse_id, version, {"archived_at": now()}, actor, action="warehouse.archive"
        )


@requires(Permission.WAREHOUSES_MANAGE)
def reopen_warehouse(warehouse_id: int, version: int, *, actor: Actor) -> Warehouse:
    """Take an archived warehouse into use again."""
    with transaction():
        queries.warehouse(warehouse_id, actor)
        return save_changes(
            Warehouse, warehouse_id, version, {"archived_at": None}, actor, action="warehouse.reopen"
        )


def open_first_warehouse(event: ShopOpened) -> None:
    """Give a shop that has just opened the warehouse its owner named."""
    if not Warehouse.select().exists():
        create_warehouse(NewWarehouse(code="MAIN", name=event.warehouse), actor=SYSTEM)


def create_first_warehouse() -> Warehouse:
    """Open the warehouse that an import into a shop without one needs."""
    return create_warehouse(NewWarehouse(code="MAIN", name="主仓 Main"), actor=SYSTEM)


def _check_name(name: str) -> None:
    if not name.strip():
        raise Invalid(fields={"name": Text("请填写名称", "Give a name")})
