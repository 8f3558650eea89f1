"""The stock ledger: the only writer of on hand, and the only place where movements are written.

A change is one conditional UPDATE over all variants × warehouses of a document; the movement keeps both figures after
it. Movements are never changed: a mistake is reversed by a counter-entry.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models import MovementKind, StockMovement
from services.core.clock import now
from services.core.db import bulk_insert, fetch, marks
from services.core.events import touch
from services.core.inserting import steps
from services.core.permissions import Actor
from services.inventory.shortages import not_there
from services.inventory.types import Cause, Change, Dated, Figures

Pair = tuple[int, int]  # variant, warehouse


def post(
    changes: Sequence[Change], *, cause: Cause, actor: Actor, at: datetime | None = None
) -> dict[Pair, Figures]:
    """Change on hand by all `changes` at once and write their movements. Raises OutOfStock below zero."""
    deltas: dict[Pair, int] = {}
    for change in changes:
        pair = (change.variant_id, change.warehouse_id)
        deltas[pair] = deltas.get(pair, 0) + change.on_hand
    _open_levels([pair for pair, delta in deltas.items() if delta >= 0])
    figures = _move_on_hand(deltas)
    if len(figures) < len(deltas):
        raise not_there({pair: -delta for pair, delta in deltas.items() if pair not in figures})
    record(changes, figures, cause=cause, actor=actor, at=at)
    return figures


def record(
    changes: Sequence[Change],
    figures: Mapping[Pair, Figures],
    *,
    cause: Cause,
    actor: Actor,
    at: datetime | None = None,
) -> None:
    """Write the movements of changes already applied, and tell open pages; `figures` are those after all of them."""
    at = at or now()
    rows = []
    later: dict[Pair, tuple[int, int]] = {}
    for change in reversed(changes):
        pair = (change.variant_id, change.warehouse_id)
        after = figures[pair]
        on_hand, reserved = later.get(pair, (0, 0))
        rows.append(
            {
                "variant_id": change.variant_id,
                "warehouse_id": change.warehouse_id,
                "kind": change.kind,
                "on_hand_delta": change.on_hand,
                "reserved_delta": change.reserved,
                "on_hand_after": after.on_hand - on_hand,
                "reserved_after": after.reserved - reserved,
                "cause_kind": cause.kind,
                "cause_id": cause.id,
                "cause_number": cause.number,
                "reason": change.reason[:200],
                "actor_name": actor.name,
                "at": at,
            }
        )
        later[pair] = (on_hand + change.on_hand, reserved + change.reserved)
    rows.reverse()
    bulk_insert(StockMovement, rows, ids=False)
    for after in figures.values():
        touch("stock", after.level_id)


def post_history(moves: Sequence[Dated], *, actor: Actor) -> list[int]:
    """Write changes of the past, each with its cause and instant, in their order; returns the movements' ids.

    Nobody is told and no event is made: an import touches what it changes once. Where a level would fall below zero
    (somebody sold in the meantime what an import still had to account for), an opening movement makes up for it.
    """
    deltas: dict[Pair, int] = {}
    lows: dict[Pair, int] = {}
    for move in moves:
        pair = (move.variant_id, move.warehouse_id)
        deltas[pair] = deltas.get(pair, 0) + move.on_hand
        lows[pair] = min(lows.get(pair, 0), deltas[pair])
    levels: dict[Pair, int] = {}
    for part in steps(sorted(deltas)):
        _open_levels(part)
        levels |= _levels_of(part)
    short = {pair: -(levels[pair] + low) for pair, low in lows.items() if levels[pair] + low < 0}
    moves = [*_openings(moves, short), *moves]
    for pair, missing in short.items():
        deltas[pair] += missing
    figures: dict[Pair, Figures] = {}
    for part in steps(sorted(deltas)):
        figures |= _move_on_hand({pair: deltas[pair] for pair in part})
    running = {pair: after.on_hand - deltas[pair] for pair, after in figures.items()}
    rows = []
    for move in moves:
        pair = (move.variant_id, move.warehouse_id)
        running[pair] += move.on_hand
        rows.append(
            {
                "variant_id": move.variant_id,
                "warehouse_id": move.warehouse_id,
                "kind": move.kind,
                "on_hand_delta": move.on_hand,
                "reserved_delta": 0,
                "on_hand_after": running[pair],
                "reserved_after": figures[pair].reserved,
                "cause_kind": move.cause.kind,
                "cause_id": move.cause.id,
                "cause_number": move.cause.number,
                "reason": move.reason,
                "actor_name": actor.name,
                "at": move.at,
            }
        )
    return bulk_insert(StockMovement, rows)[len(short) :]


def reverse(cause: Cause, *, actor: Actor, reason: str) -> None:
    """Write the opposite of everything a document moved on hand; it is moved back where it came from."""
    sql = (
        "SELECT variant_id, warehouse_id, SUM(on_hand_delta) FROM stock_movement "
        "WHERE cause_kind = ? AND cause_id = ? GROUP BY variant_id, warehouse_id ORDER BY variant_id, warehouse_id"
    )
    changes = [
        Change(
            kind=MovementKind.REVERSAL,
            variant_id=variant_id,
            warehouse_id=warehouse_id,
            on_hand=-int(moved),
            reason=reason,
        )
        for variant_id, warehouse_id, moved in fetch(sql, (cause.kind, cause.id))
        if moved
    ]
    if changes:
        post(changes, cause=cause, actor=actor)


def _open_levels(pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    values = [figure for pair in pairs for figure in (*pair, 0, 0)]
    fetch(
        "INSERT INTO stock_level (variant_id, warehouse_id, on_hand, reserved) "  # noqa: S608 - marks only
        f"VALUES {marks(len(pairs), 4)} ON CONFLICT (variant_id, warehouse_id) DO NOTHING",
        values,
    )


def _move_on_hand(deltas: Mapping[Pair, int]) -> dict[Pair, Figures]:
    values = [figure for pair, delta in deltas.items() for figure in (*pair, delta)]
    sql = (
        f"WITH d (variant_id, warehouse_id, n) AS (VALUES {marks(len(deltas), 3)}) "  # noqa: S608 - marks only
        "UPDATE stock_level SET on_hand = stock_level.on_hand + d.n FROM d "
        "WHERE stock_level.variant_id = d.variant_id AND stock_level.warehouse_id = d.warehouse_id "
        "AND stock_level.on_hand + d.n >= 0 RETURNING stock_level.variant_id, stock_level.warehouse_id, "
        "stock_level.id, stock_level.on_hand, stock_level.reserved"
    )
    return {(row[0], row[1]): Figures(*row[2:]) for row in fetch(sql, values)}


def _levels_of(pairs: Sequence[Pair]) -> dict[Pair, int]:
    values = [figure for pair in pairs for figure in pair]
    sql = (
        f"WITH d (variant_id, warehouse_id) AS (VALUES {marks(len(pairs), 2)}) "  # noqa: S608 - marks only
        "SELECT l.variant_id, l.warehouse_id, l.on_hand FROM d JOIN stock_level l "
        "ON l.variant_id = d.variant_id AND l.warehouse_id = d.warehouse_id"
    )
    return {(row[0], row[1]): row[2] for row in fetch(sql, values)}


def _openings(moves: Sequence[Dated], short: Mapping[Pair, int]) -> list[Dated]:
    firsts: dict[Pair, Dated] = {}
    for move in moves:
        firsts.setdefault((move.variant_id, move.warehouse_id), move)
    return [
        Dated(MovementKind.OPENING, *pair, missing, firsts[pair].cause, firsts[pair].at)
        for pair, missing in short.items()
    ]
