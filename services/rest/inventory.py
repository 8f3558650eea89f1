"""/warehouses, /stock and /movements: what is where, why, and the verbs that change it."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services import inventory
from services.core.db import read, write
from services.rest.auth import Caller
from services.rest.shapes import CursorPage, IfMatch, answer, page_of, plain, wanted_version

router = APIRouter(tags=["inventory"])


@router.get("/warehouses")
async def list_warehouses(request: Request, caller: Caller) -> CursorPage:
    """Warehouses by sourcing priority."""
    return await read(page_of, inventory.WAREHOUSES, request, caller)


@router.post("/warehouses", status_code=201)
async def create_warehouse(new: inventory.NewWarehouse, caller: Caller) -> JSONResponse:
    """Open a warehouse."""
    return answer(await write(inventory.create_warehouse, new, actor=caller), caller, 201)


@router.patch("/warehouses/{warehouse_id}")
async def edit_warehouse(
    warehouse_id: int, change: inventory.WarehouseChange, caller: Caller, if_match: IfMatch = None
) -> JSONResponse:
    """Change a warehouse."""
    version = wanted_version(if_match)
    return answer(await write(inventory.edit_warehouse, warehouse_id, version, change, actor=caller), caller)


@router.get("/stock")
async def list_stock(request: Request, caller: Caller) -> CursorPage:
    """Stock levels: on hand, reserved, available by SKU and warehouse."""
    return await read(page_of, inventory.LEVELS, request, caller)


@router.get("/stock/as-of/{day}")
async def stock_as_of(day: date, caller: Caller) -> JSONResponse:
    """On hand at the end of a business day, for every SKU and warehouse that ever moved."""

    def load() -> list[dict[str, object]]:
        return list(inventory.stock_as_of(day, actor=caller).dicts())

    return JSONResponse({"day": day.isoformat(), "items": plain(await read(load))})


@router.get("/stock/{variant_id}/{warehouse_id}/why")
async def why_on_hand(variant_id: int, warehouse_id: int, caller: Caller) -> JSONResponse:
    """Why on hand is what it is: sums by kind that add up to it, and the last movements."""
    story = await read(inventory.why_on_hand, variant_id, warehouse_id, actor=caller)
    sums = [
        {"kind": part.kind, "on_hand": part.on_hand, "reserved": part.reserved, "count": part.count}
        for part in story.sums
    ]
    body = {
        "sku": story.sku,
        "warehouse": story.warehouse,
        "on_hand": story.on_hand,
        "reserved": story.reserved,
        "sums": sums,
        "last": [dict(row) for row in story.last],
    }
    return JSONResponse(plain(body))


@router.post("/stock/receive", status_code=201)
async def receive_stock(receipt: inventory.StockReceipt, caller: Caller) -> JSONResponse:
    """Take goods into a warehouse."""
    return answer(await write(inventory.receive_stock, receipt, actor=caller), caller, 201)


@router.post("/stock/adjust", status_code=201)
async def adjust_stock(adjustment: inventory.StockAdjustment, caller: Caller) -> JSONResponse:
    """Correct a count, with a reason."""
    return answer(await write(inventory.adjust_stock, adjustment, actor=caller), caller, 201)


@router.post("/stock/write-off", status_code=201)
async def write_off(loss: inventory.WriteOff, caller: Caller) -> JSONResponse:
    """Take lost, broken or expired goods off the books, with a reason."""
    return answer(await write(inventory.write_off, loss, actor=caller), caller, 201)


@router.get("/movements")
async def list_movements(request: Request, caller: Caller) -> CursorPage:
    """The stock ledger, newest first."""
    return await read(page_of, inventory.MOVEMENTS, request, caller)
