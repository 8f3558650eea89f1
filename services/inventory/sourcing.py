"""Finding the warehouses that deliver: reads what is available and asks the rules."""

from collections.abc import Sequence

from services.core.db import fetch, marks
from services.inventory.rules import aggregate, choose_places
from services.inventory.shortages import out_of_stock
from services.inventory.types import Need, Place, Sourcing


def source(needs: Sequence[Need], *, wanted_id: int | None = None) -> Sourcing:
    """Which open warehouses deliver `needs`, with reasons. Raises OutOfStock when stock does not cover them."""
    total = aggregate(needs)
    found = choose_places(total, _places([need.variant_id for need in total]), wanted_id)
    if found.shortages:
        raise out_of_stock(found.shortages)
    return found


def _places(variant_ids: Sequence[int]) -> list[Place]:
    sql = (
        "SELECT w.id, w.name, w.priority, l.variant_id, l.on_hand - l.reserved "  # noqa: S608 - marks only
        "FROM stock_level l JOIN warehouse w ON w.id = l.warehouse_id "
        f"WHERE l.variant_id IN ({marks(len(variant_ids))}) AND w.archived_at IS NULL"
    )
    known: dict[int, tuple[str, int, dict[int, int]]] = {}
    for warehouse_id, name, priority, variant_id, available in fetch(sql, variant_ids):
        known.setdefault(warehouse_id, (name, priority, {}))[2][variant_id] = available
    return [
        Place(warehouse_id, name, priority, available)
        for warehouse_id, (name, priority, available) in known.items()
    ]
