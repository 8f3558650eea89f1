"""A GBP shop, pieces of the online_retail slice, and a digest of everything an import writes."""

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from models import CreditNote, Customer, ImportReject, ImportRun, Order, OrderLine, StockLevel, StockMovement
from services import catalogue, crm, inventory, orders  # noqa: F401 - they offer their kinds of import
from services.core.db import fetch, transaction
from services.core.import_runs import run_import_file
from services.core.options import forget_options, store_option
from services.core.permissions import SYSTEM

SLICE = Path(__file__).parents[1] / "data" / "online_retail_slice.csv.gz"
REAL = Path(__file__).parents[3] / "shared" / "data"
Table = list[list[str]]


def make_british() -> None:
    """The books in pounds, the day in London."""
    with transaction():
        store_option("shop.currency", "GBP")
        store_option("shop.timezone", "Europe/London")
    forget_options()


@cache
def _slice() -> tuple[tuple[str, ...], ...]:
    with gzip.open(SLICE, "rt", encoding="utf-8", newline="") as file:
        return tuple(tuple(row) for row in csv.reader(file))


def piece(first: int = 0, count: int = 1500) -> Table:
    """Header and `count` rows of the slice, cut at whole invoices."""
    header, *rows = _slice()
    start, end = _edge(rows, first), _edge(rows, first + count)
    return [list(header), *(list(row) for row in rows[start:end])]


def _edge(rows: Sequence[Sequence[str]], place: int) -> int:
    while 0 < place < len(rows) and rows[place][0] == rows[place - 1][0]:
        place += 1
    return place


def as_csv(table: Iterable[Sequence[Any]], path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write a table as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def changed(table: Table, column: str, change: Callable[[str], str]) -> Table:
    """The table with one column rewritten."""
    place = table[0].index(column)
    return [table[0], *([*row[:place], change(row[place]), *row[place + 1 :]] for row in table[1:])]


def bring(kind: str, path: Path, **kwargs: Any) -> ImportRun:
    """Import a file as the command line does."""
    kwargs.setdefault("actor", SYSTEM)
    return run_import_file(kind, path, **kwargs)


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    """(row, reason) of the rejected rows, in row order."""
    rows = ImportReject.select().where(ImportReject.run == run.id).order_by(ImportReject.row_number)
    return [(row.row_number, row.reason_en) for row in rows]


def digest() -> dict[str, Any]:
    """What an import leaves behind, without ids and clock times."""
    states = (Order.payment_state, Order.fulfilment_state, Order.item_count)
    money = (Order.total_minor, Order.paid_minor, Order.refunded_minor)
    placed = Order.select(Order.number, Order.external_number, Order.placed_at, *states, *money)
    figures = (OrderLine.returned_qty, OrderLine.refunded_qty, OrderLine.refunded_minor)
    lines = OrderLine.select(
        Order.external_number, OrderLine.position, OrderLine.sku, OrderLine.net_minor, *figures
    )
    bought = (Customer.order_count, Customer.spent_minor, Customer.first_order_at, Customer.last_order_at)
    moved = (
        "SELECT v.sku, m.kind, COUNT(*), SUM(m.on_hand_delta), MIN(m.on_hand_after) FROM stock_movement m "
        "JOIN variant v ON v.id = m.variant_id GROUP BY v.sku, m.kind ORDER BY v.sku, m.kind"
    )
    levels = "SELECT v.sku, l.on_hand FROM stock_level l JOIN variant v ON v.id = l.variant_id ORDER BY v.sku"
    return {
        "orders": sorted(placed.tuples()),
        "lines": sorted(lines.join(Order).tuples()),
        "notes": sorted(CreditNote.select(CreditNote.external_number, CreditNote.amount_minor).tuples()),
        "customers": sorted(Customer.select(Customer.number, Customer.country, *bought).tuples()),
        "moves": fetch(moved),
        "levels": fetch(levels),
        "refunds": fetch("SELECT COUNT(*), SUM(amount_minor) FROM refund"),
        "payments": fetch("SELECT COUNT(*), SUM(amount_minor) FROM payment"),
        "returns": fetch("SELECT COUNT(*), SUM(quantity) FROM return_line"),
    }


def stock_sums() -> tuple[int, int]:
    """(all that is on hand, all that was ever moved)."""
    on_hand = sum(level.on_hand for level in StockLevel.select())
    return on_hand, sum(move.on_hand_delta for move in StockMovement.select())
