"""Bring the warehouse up to date: changed ids in, facts replaced, changes forgotten; or everything built anew.

Changes are taken as a prefix of the log; each entity's ids are read again as they are now. Applying the same changes
twice gives the same warehouse, so a crash between the commit here and the forgetting there does no harm.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import UtcField
from services.analytics.warehouse.feeds import FEEDS, FOLLOWERS, Feed, Source
from services.analytics.warehouse.store import Store, connect, create_tables, remove, store
from services.core.clock import now
from services.core.db import fetch, snapshot, transaction
from services.core.events import touch
from services.core.options import base_currency, business_zone

log = logging.getLogger("zhanggui.warehouse")
BATCH = 20_000
REBUILD_ABOVE = 200_000
IN_LIST = 5_000
PARTITION = 50_000
POLL_S = 1.0
FIRST_ORDERS = (
    "UPDATE fact_order SET is_first = FALSE WHERE is_first AND customer_id IN (SELECT customer_id FROM touched)",
    "UPDATE fact_order SET is_first = TRUE WHERE order_id IN (SELECT arg_min(order_id, (placed_at, order_id)) "
    "FROM fact_order WHERE is_counted AND customer_id IN (SELECT customer_id FROM touched) GROUP BY customer_id)",
)
# The log as runs of neighbouring ids.
RUNS = (
    "SELECT MIN(id), MAX(id) FROM (SELECT id, id - ROW_NUMBER() OVER (ORDER BY id) AS island FROM warehouse_change) "
    "AS numbered GROUP BY island ORDER BY 1"
)
Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Freshness:
    """How far the warehouse is: everything committed before `checked_at` is in it; it last changed at `changed_at`."""

    checked_at: datetime | None = None
    changed_at: datetime | None = None
    waiting: int = 0
    is_building: bool = False
    done: int = 0
    total: int = 0


_fresh = Freshness()


def freshness() -> Freshness:
    """How current the figures are."""
    return _fresh


def forget_freshness() -> None:
    """Start to count anew: another database was opened."""
    _fresh.checked_at = _fresh.changed_at = None
    _fresh.waiting, _fresh.is_building, _fresh.done, _fresh.total = 0, False, 0, 0


def refresh_warehouse(tell: Tell | None = None) -> int:
    """Apply every change committed so far; builds the warehouse when it is missing or too far behind."""
    warehouse = store()
    with warehouse.writing:
        begun = now()
        zone, currency = str(business_zone()), base_currency()
        _fresh.waiting = _backlog(REBUILD_ABOVE)
        if not warehouse.is_ready or _fresh.waiting > REBUILD_ABOVE or not _is_for(warehouse, zone, currency):
            applied = rebuild_warehouse(tell)
        else:
            applied = 0
            while batch := _apply_batch(warehouse):
                applied += batch
        _fresh.checked_at, _fresh.waiting = begun, 0
        _fresh.changed_at = begun if applied else _fresh.changed_at
        return applied


def follow_changes(stopping: threading.Event) -> None:
    """One round of the background thread: refresh, then rest."""
    refresh_warehouse()
    stopping.wait(POLL_S)


def rebuild_warehouse(tell: Tell | None = None) -> int:
    """Build a new file from the shop's database beside the present one and swap; returns how many rows were read."""
    warehouse = store()
    with warehouse.writing:
        remove(warehouse.new_path)
        # What is in the log now was committed before anything is read below, so it may be forgotten afterwards.
        covered = fetch(RUNS)
        connection = connect(warehouse.new_path, warehouse.folder)
        _fresh.is_building, _fresh.done = True, 0
        try:
            create_tables(connection, UtcField().db_value(now()), warehouse.version + 1)
            _fill(connection, tell)
        finally:
            connection.close()
            _fresh.is_building = False
        warehouse.swap()
        _forget(covered, warehouse)
        log.info("warehouse rebuilt", extra={"rows": _fresh.done})
        return _fresh.done


# ── some ids ─────────────────────────────────────────────────────────────────────────────────────────────────


def _is_for(warehouse: Store, zone: str, currency: str) -> bool:
    rows = warehouse.ask("SELECT zone, currency FROM state")
    return rows == [(zone, currency)]


def _backlog(cap: int) -> int:
    counted = fetch(f"SELECT COUNT(*) FROM (SELECT 1 FROM warehouse_change LIMIT {cap + 1}) AS capped")
    return int(counted[0][0])


def _apply_batch(warehouse: Store) -> int:
    """Apply a prefix of the log; returns how many changes that were."""
    with snapshot():
        changes = fetch(f"SELECT id, entity, entity_id FROM warehouse_change ORDER BY id LIMIT {BATCH}")
        if not changes:
            return 0
        dirty = _dirty_ids(changes)
        staged = {entity: _staged_by_id(FEEDS[entity], ids) for entity, ids in dirty.items()}
    apply_changes(warehouse, dirty, staged)
    _forget(_runs([row[0] for row in changes]), warehouse)
    return len(changes)


def _dirty_ids(changes: Sequence[tuple[Any, ...]]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for _, entity, entity_id in changes:
        if entity in FEEDS:
            found.setdefault(entity, set()).add(entity_id)
    for leader, follower, table, column in FOLLOWERS:
        for part in _parts(sorted(found.get(leader, ()))):
            rows = fetch(f"SELECT id FROM {table} WHERE {_among(column, part)}")
            found.setdefault(follower, set()).update(row[0] for row in rows)
    return {entity: sorted(found[entity]) for entity in FEEDS if found.get(entity)}


def apply_changes(
    warehouse: Store, dirty: dict[str, list[int]], staged: dict[str, dict[str, dict[str, Any]]]
) -> None:
    """Replace the facts of the dirty ids by the staged rows, in one DuckDB transaction."""
    with warehouse.change() as cursor:
        for entity, ids in dirty.items():
            feed = FEEDS[entity]
            cursor.register("dirty", {"id": _integers(ids)})
            if entity == "order":
                cursor.execute(_touched("fact_order WHERE order_id IN (SELECT id FROM dirty)"))
            for table, key in feed.tables:
                cursor.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT id FROM dirty)")
            _insert(cursor, feed, staged[entity])
            if entity == "order":
                cursor.execute(
                    f"INSERT INTO touched {_customers('fact_order WHERE order_id IN (SELECT id FROM dirty)')}"
                )
                for statement in FIRST_ORDERS:
                    cursor.execute(statement)
            cursor.unregister("dirty")


def _customers(rows: str) -> str:
    return f"SELECT DISTINCT customer_id FROM {rows} AND customer_id IS NOT NULL"


def _touched(rows: str) -> str:
    return f"CREATE OR REPLACE TEMP TABLE touched AS {_customers(rows)}"


def _staged_by_id(feed: Feed, ids: list[int]) -> dict[str, dict[str, Any]]:
    return {
        source.name: _columns(
            source,
            (
                row
                for part in _parts(ids)
                for row in fetch(source.sql.format(ids=_among(source.id_column, part)))
            ),
        )
        for source in feed.sources
    }


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + IN_LIST] for start in range(0, len(ids), IN_LIST))


def _among(column: str, ids: Sequence[int]) -> str:
    return f"{column} IN ({', '.join(str(int(each)) for each in ids)})"


def _runs(ids: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending ids as (first, last) of each run of neighbours: between them stands no row that was not read."""
    runs: list[tuple[int, int]] = []
    for each in ids:
        if runs and runs[-1][1] == each - 1:
            runs[-1] = (runs[-1][0], each)
        else:
            runs.append((each, each))
    return runs


def _forget(runs: Iterable[tuple[Any, ...]], warehouse: Store) -> None:
    """Delete exactly the log rows that were applied, in short transactions; then open pages hear of it."""
    waiting: list[tuple[int, int]] = []
    size = 0
    for first, last in runs:
        for start in range(first, last + 1, BATCH):
            waiting.append((start, min(start + BATCH - 1, last)))
            size += waiting[-1][1] - start + 1
            if size >= BATCH:
                _delete(waiting)
                waiting, size = [], 0
    with transaction():
        _delete(waiting)
        touch("warehouse", warehouse.version)


def _delete(runs: Sequence[tuple[int, int]]) -> None:
    with transaction():
        for first, last in runs:
            fetch("DELETE FROM warehouse_change WHERE id BETWEEN ? AND ?", (first, last))


# ── everything ───────────────────────────────────────────────────────────────────────────────────────────────


def _fill(connection: Any, tell: Tell | None) -> None:
    spans = {feed.entity: _span(feed) for feed in FEEDS.values()}
    _fresh.total = sum(last - first + 1 for first, last in spans.values())
    for feed in FEEDS.values():
        first, last = spans[feed.entity]
        for start in range(first, last + 1, PARTITION):
            end = min(start + PARTITION - 1, last)
            with snapshot():
                staged = {
                    source.name: _columns(
                        source, fetch(source.sql.format(ids=f"{source.id_column} BETWEEN {start} AND {end}"))
                    )
                    for source in feed.sources
                }
            _insert(connection, feed, staged)
            _fresh.done += end - start + 1
            if tell is not None:
                tell(_fresh.done, _fresh.total)
        if feed.entity == "order":
            connection.execute(_touched("fact_order WHERE TRUE"))
            connection.execute(FIRST_ORDERS[1])


def _span(feed: Feed) -> tuple[int, int]:
    first, last = fetch(f"SELECT MIN(id), MAX(id) FROM {feed.id_table}")[0]
    return (first, last) if first is not None else (1, 0)


# ── rows into DuckDB ─────────────────────────────────────────────────────────────────────────────────────────


def _insert(cursor: Any, feed: Feed, staged: dict[str, dict[str, Any]]) -> None:
    zone = str(business_zone())
    for name, columns in staged.items():
        cursor.register(name, columns)
    for statement in feed.statements:
        cursor.execute(statement.replace("{zone}", zone))
    for name in staged:
        cursor.unregister(name)


def _columns(source: Source, rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """Rows as one array a column, which DuckDB reads without copying; executemany would take a thousand times longer."""
    import numpy

    names = [*source.numbers, *source.texts]
    by_column = list(zip(*rows, strict=True)) or [()] * len(names)
    made: dict[str, Any] = {}
    for name, values in zip(names, by_column, strict=True):
        if name in source.texts:
            made[name] = numpy.array(values, dtype=object) if values else numpy.array([], dtype="<U1")
        elif name.endswith("?"):
            mask = numpy.fromiter((value is None for value in values), bool, len(values))
            filled = numpy.fromiter((value or 0 for value in values), "int64", len(values))
            made[name[:-1]] = numpy.ma.masked_array(filled, mask)
        else:
            made[name] = _integers(values)
    return made


def _integers(values: Sequence[int]) -> Any:
    import numpy

    return numpy.fromiter(values, "int64", len(values))
