"""Stock: warehouses, the ledger, promises, and the reasons for every figure."""

from services.inventory import invariants, labels  # noqa: F401 - they register themselves
from services.inventory.events import StockAdjusted, StockOversold, StockReceived, StockWrittenOff
from services.inventory.history import on_hand_at, stock_as_of, why_on_hand
from services.inventory.importing import WAREHOUSE_SETTING, reverse_causes, warehouse_for_import
from services.inventory.ledger import post, post_history, reverse
from services.inventory.places import (
    archive_warehouse,
    create_warehouse,
    edit_warehouse,
    open_first_warehouse,
    reopen_warehouse,
)
from services.inventory.queries import (
    LEVELS,
    MOVEMENTS,
    WAREHOUSES,
    all_warehouses,
    availability,
    level,
    levels,
    low_stock,
    movements,
    total_available,
    warehouse,
)
from services.inventory.reservations import commit, release, reserve
from services.inventory.shortages import OutOfStock
from services.inventory.sourcing import source
from services.inventory.stock import adjust_stock, receive_stock, write_off
from services.inventory.types import (
    Available,
    Cause,
    Change,
    Dated,
    Need,
    NewWarehouse,
    OnHandStory,
    Pick,
    Sourcing,
    StockAdjustment,
    StockReceipt,
    WarehouseChange,
    WriteOff,
)

__all__ = [
    "LEVELS",
    "MOVEMENTS",
    "WAREHOUSES",
    "WAREHOUSE_SETTING",
    "Available",
    "Cause",
    "Change",
    "Dated",
    "Need",
    "NewWarehouse",
    "OnHandStory",
    "OutOfStock",
    "Pick",
    "Sourcing",
    "StockAdjusted",
    "StockAdjustment",
    "StockOversold",
    "StockReceipt",
    "StockReceived",
    "StockWrittenOff",
    "WarehouseChange",
    "WriteOff",
    "adjust_stock",
    "all_warehouses",
    "archive_warehouse",
    "availability",
    "commit",
    "create_warehouse",
    "edit_warehouse",
    "level",
    "levels",
    "low_stock",
    "movements",
    "on_hand_at",
    "open_first_warehouse",
    "post",
    "post_history",
    "receive_stock",
    "release",
    "reopen_warehouse",
    "reserve",
    "reverse",
    "reverse_causes",
    "source",
    "stock_as_of",
    "total_available",
    "warehouse",
    "warehouse_for_import",
    "why_on_hand",
    "write_off",
]
