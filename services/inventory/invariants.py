"""What must hold about stock."""

from typing import Any

from models import Text
from services.core.db import fetch
from services.core.invariants import LIMIT, invariant


@invariant("I4", Text("库存等于流水之和", "Each stock figure is the sum of its movements"))
def levels_that_are_not_their_movements() -> list[Any]:
    """Levels whose on hand or reserved differs from the movements, and movements without a level or cause."""
    sql = f"""
        SELECT l.id, l.variant_id, l.warehouse_id, l.on_hand, COALESCE(m.on_hand, 0), l.reserved, COALESCE(m.reserved, 0)
        FROM stock_level l LEFT JOIN (
            SELECT variant_id, warehouse_id, SUM(on_hand_delta) AS on_hand, SUM(reserved_delta) AS reserved
            FROM stock_movement GROUP BY variant_id, warehouse_id
        ) m ON m.variant_id = l.variant_id AND m.warehouse_id = l.warehouse_id
        WHERE l.on_hand <> COALESCE(m.on_hand, 0) OR l.reserved <> COALESCE(m.reserved, 0)
        LIMIT {LIMIT}"""  # noqa: S608 - a constant
    wrong = [
        {"level": row[0], "on_hand": row[3], "moved": row[4], "reserved": row[5], "promised": row[6]}
        for row in fetch(sql)
    ]
    strays = f"""
        SELECT m.id FROM stock_movement m LEFT JOIN stock_level l
            ON l.variant_id = m.variant_id AND l.warehouse_id = m.warehouse_id
        WHERE l.id IS NULL OR m.cause_kind = '' LIMIT {LIMIT}"""  # noqa: S608 - a constant
    return wrong + [{"movement": row[0]} for row in fetch(strays)]
