"""The warehouse says what the shop's database says (I10): counts and sums of every fact, part by part."""

from typing import Any

from models import Text
from services.analytics.warehouse.feeding import refresh_warehouse
from services.analytics.warehouse.store import is_open, store
from services.core.db import fetch, snapshot
from services.core.invariants import invariant

PART = 50_000
TRIES = 3
_BASE = "CASE WHEN {rate} = 1000000 THEN {amount} ELSE (2 * {amount} * {rate} + 1000000) / 2000000 END"
# What is compared: its name, then (part, count, sum) on either side.
COMPARED: tuple[tuple[str, str, str], ...] = (
    (
        "orders",
        f"SELECT id / {PART}, COUNT(*), SUM({_BASE.format(amount='total_minor', rate='rate_ppm')}) "
        "FROM sales_order GROUP BY 1",
        f"SELECT order_id // {PART}, count(*), CAST(sum(total_minor) AS BIGINT) FROM fact_order GROUP BY 1",
    ),
    (
        "order lines",
        f"SELECT order_id / {PART}, COUNT(*), SUM(quantity) FROM order_line GROUP BY 1",
        f"SELECT order_id // {PART}, count(*), CAST(sum(quantity) AS BIGINT) FROM fact_order_line "
        "WHERE line_id > 0 GROUP BY 1",
    ),
    (
        "refunds",
        f"SELECT r.id / {PART}, COUNT(*), SUM({_BASE.format(amount='r.amount_minor', rate='o.rate_ppm')}) "
        "FROM refund r JOIN sales_order o ON o.id = r.order_id GROUP BY 1",
        f"SELECT refund_id // {PART}, count(DISTINCT refund_id), CAST(sum(amount_minor) AS BIGINT) FROM fact_refund "
        "WHERE refund_id IS NOT NULL GROUP BY 1",
    ),
    (
        "credit notes",
        f"SELECT id / {PART}, COUNT(*), SUM({_BASE.format(amount='amount_minor', rate='rate_ppm')}) "
        "FROM credit_note GROUP BY 1",
        f"SELECT note_id // {PART}, count(DISTINCT note_id), CAST(sum(amount_minor) AS BIGINT) FROM fact_refund "
        "WHERE note_id IS NOT NULL GROUP BY 1",
    ),
    (
        "stock movements",
        f"SELECT id / {PART}, COUNT(*), SUM(on_hand_delta) FROM stock_movement WHERE on_hand_delta <> 0 GROUP BY 1",
        f"SELECT movement_id // {PART}, count(*), CAST(sum(quantity) AS BIGINT) FROM fact_stock_movement GROUP BY 1",
    ),
)


KEY = "I10"


@invariant(KEY, Text("经营数据与业务数据一致", "The figures agree with the shop's data"))
def warehouse_differences() -> list[Any]:
    """Parts of facts that differ, as (fact, part, in the shop, in the warehouse); [] where no warehouse is open."""
    if not is_open():
        return []
    found: list[Any] = []
    for _ in range(TRIES):  # people may commit between the two looks
        refresh_warehouse()
        found = _differences()
        if not found:
            break
    return found


def _differences() -> list[Any]:
    with snapshot():
        ours = [_parts(fetch(sql)) for _, sql, _ in COMPARED]
    theirs = [_parts(store().ask(sql)) for _, _, sql in COMPARED]
    return [
        (name, part, shop.get(part), warehouse.get(part))
        for (name, _, _), shop, warehouse in zip(COMPARED, ours, theirs, strict=True)
        for part in sorted(shop.keys() | warehouse.keys())
        if shop.get(part) != warehouse.get(part)
    ]


def _parts(rows: list[tuple[Any, ...]]) -> dict[int, tuple[int, int]]:
    return {int(row[0]): (int(row[1]), int(row[2])) for row in rows}
