"""Promises on stock: the only writer of reserved. A promise is made only while available stock covers it.

`picks` may name a variant × warehouse twice: they are added up before anything is checked.
"""

from collections.abc import Mapping, Sequence

from models import MovementKind
from services.core.db import fetch, marks
from services.core.permissions import Actor
from services.inventory import ledger
from services.inventory.ledger import Pair
from services.inventory.shortages import out_of_stock
from services.inventory.types import Cause, Change, Figures, Pick, Shortage

ENOUGH = "stock_level.on_hand - stock_level.reserved >= d.n"
PROMISED = "stock_level.reserved + d.n >= 0"


def reserve(picks: Sequence[Pick], *, cause: Cause, actor: Actor) -> None:
    """Promise stock by one conditional UPDATE. Raises OutOfStock when it is no longer available."""
    needed = _totals(picks)
    figures = _move_reserved(needed, ENOUGH)
    if len(figures) < len(needed):
        raise out_of_stock(_short(needed, figures))
    _record(MovementKind.RESERVE, needed, figures, cause, actor)


def release(picks: Sequence[Pick], *, cause: Cause, actor: Actor) -> None:
    """Give promised stock back to the warehouses where it was promised."""
    given_back = {pair: -quantity for pair, quantity in _totals(picks).items()}
    figures = _move_reserved(given_back, PROMISED)
    _insist(given_back, figures)
    _record(MovementKind.RELEASE, given_back, figures, cause, actor)


def commit(picks: Sequence[Pick], *, cause: Cause, actor: Actor) -> None:
    """Let promised stock leave the house: on hand and reserved go down together, in one movement."""
    totals = _totals(picks)
    kept = {pair: -quantity for pair, quantity in totals.items()}
    _insist(kept, _move_reserved(kept, PROMISED))
    changes = [
        Change(
            kind=MovementKind.SALE,
            variant_id=variant_id,
            warehouse_id=warehouse_id,
            on_hand=-quantity,
            reserved=-quantity,
        )
        for (variant_id, warehouse_id), quantity in totals.items()
    ]
    ledger.post(changes, cause=cause, actor=actor)


def _totals(picks: Sequence[Pick]) -> dict[Pair, int]:
    totals: dict[Pair, int] = {}
    for pick in picks:
        if pick.quantity <= 0:
            raise ValueError("a pick has a positive quantity")
        pair = (pick.variant_id, pick.warehouse_id)
        totals[pair] = totals.get(pair, 0) + pick.quantity
    return totals


def _move_reserved(deltas: Mapping[Pair, int], condition: str) -> dict[Pair, Figures]:
    values = [figure for pair, delta in deltas.items() for figure in (*pair, delta)]
    sql = (
        f"WITH d (variant_id, warehouse_id, n) AS (VALUES {marks(len(deltas), 3)}) "  # noqa: S608 - marks only
        "UPDATE stock_level SET reserved = stock_level.reserved + d.n FROM d "
        "WHERE stock_level.variant_id = d.variant_id AND stock_level.warehouse_id = d.warehouse_id "
        f"AND {condition} RETURNING stock_level.variant_id, stock_level.warehouse_id, "
        "stock_level.id, stock_level.on_hand, stock_level.reserved"
    )
    return {(row[0], row[1]): Figures(*row[2:]) for row in fetch(sql, values)}


def _record(
    kind: MovementKind,
    deltas: Mapping[Pair, int],
    figures: Mapping[Pair, Figures],
    cause: Cause,
    actor: Actor,
) -> None:
    changes = [
        Change(kind=kind, variant_id=variant_id, warehouse_id=warehouse_id, on_hand=0, reserved=delta)
        for (variant_id, warehouse_id), delta in deltas.items()
    ]
    ledger.record(changes, figures, cause=cause, actor=actor)


def _insist(deltas: Mapping[Pair, int], figures: Mapping[Pair, Figures]) -> None:
    if len(figures) < len(deltas):
        missing = sorted(set(deltas) - set(figures))
        raise RuntimeError(f"more given back than promised for (variant, warehouse) {missing}")


def _short(needed: Mapping[Pair, int], figures: Mapping[Pair, Figures]) -> list[Shortage]:
    short = []
    for (variant_id, warehouse_id), quantity in needed.items():
        if (variant_id, warehouse_id) not in figures:
            sql = "SELECT on_hand - reserved FROM stock_level WHERE variant_id = ? AND warehouse_id = ?"
            there = fetch(sql, (variant_id, warehouse_id))
            short.append(Shortage(variant_id, quantity, there[0][0] if there else 0))
    return short
