"""Stock counts from a file: on hand becomes what the file says, by one movement a row. Also: an import's warehouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models import MovementKind, StockLevel, StockMovement, Text, Warehouse
from services.core import audit
from services.core.db import chunks, fetch, marks
from services.core.errors import DomainError
from services.core.events import emit
from services.core.importing import (
    LOOKUP,
    Importer,
    ImportField,
    ImportJob,
    ImportSetting,
    Outcome,
    Tally,
    Unit,
    Verdict,
    Work,
    register_importer,
    register_remover,
)
from services.core.parsing import Unread, clean_id, read_int
from services.core.permissions import Permission
from services.core.text import Said
from services.inventory import ledger
from services.inventory.events import StockOversold
from services.inventory.places import create_first_warehouse
from services.inventory.types import Cause, Change, Dated

MOST = 1_000_000
NO_SKU = Text("没有 SKU {sku}", "There is no SKU {sku}")
NO_WAREHOUSE = Text("没有仓库 {code}", "There is no warehouse {code}")
NOT_YOURS = Text("您无权操作仓库 {code}", "Warehouse {code} is not yours")
OUT_OF_RANGE = Text("数量应在 0 与 {most} 之间", "The quantity must be between 0 and {most}")
TWICE = Text("与第 {row} 行重复", "It repeats row {row}")
USED = Text("导入之后这些库存已被使用", "This stock has been used since")


@dataclass(frozen=True, slots=True)
class Count:
    """One understood row."""

    row: int
    cells: list[str]
    sku: str
    variant_id: int
    warehouse_id: int
    quantity: int


class StockWork(Work):
    """One file of stock counts."""

    def __init__(self, job: ImportJob) -> None:
        super().__init__(job)
        self.warehouses = {row.code.upper(): row for row in Warehouse.select()}
        self.seen: dict[tuple[int, int], int] = {}

    def units(self) -> Iterator[Unit]:
        """A unit a row."""
        return (Unit(1, row) for row in self.job.rows())

    def judge(self, units: Sequence[Unit]) -> Iterator[Verdict]:
        """New where nothing was, update where the figure changes, unchanged where it is the same."""
        counts, refused = self._read(units)
        levels = _levels(counts)
        for count in counts:
            level = levels.get((count.variant_id, count.warehouse_id))
            same = level is not None and level[0] == count.quantity
            outcome = Outcome.NEW if level is None else Outcome.UNCHANGED if same else Outcome.UPDATE
            yield Verdict(count.row, outcome, None, count.cells)
        yield from refused

    def write(self, units: Sequence[Unit], tally: Tally) -> None:
        """Post the differences."""
        seen = dict(self.seen)
        verdicts = {verdict.row: verdict for verdict in self.judge(units)}
        self.seen = seen
        counts, _ = self._read(units)
        levels = _levels(counts)
        for verdict in verdicts.values():
            tally.add(verdict)
        for count in counts:
            if verdicts[count.row].outcome is not Outcome.UNCHANGED:
                self._post(count, levels.get((count.variant_id, count.warehouse_id)))

    def _post(self, count: Count, level: tuple[int, bool] | None) -> None:
        job = self.job
        on_hand, has_moved = level or (0, False)
        if count.quantity == on_hand and level is not None:
            return
        kind = MovementKind.COUNT if has_moved else MovementKind.OPENING
        delta = count.quantity - on_hand
        change = Change(
            kind=kind, variant_id=count.variant_id, warehouse_id=count.warehouse_id, on_hand=delta
        )
        cause = Cause("import_run", job.run_id, job.number)
        after = ledger.post([change], cause=cause, actor=job.actor)[count.variant_id, count.warehouse_id]
        if after.on_hand < after.reserved:
            missing = after.reserved - after.on_hand
            emit(StockOversold(after.level_id, count.variant_id, count.warehouse_id, missing))
        level_id, figure = ("stock_level", after.level_id), {"on_hand": after.on_hand}
        audit.record(job.actor, "stock.import", level_id, before={"on_hand": on_hand}, after=figure)
        movement_id = fetch("SELECT MAX(id) FROM stock_movement")[0][0]
        job.remember("stock", {f"{job.number}:{count.row}": movement_id})

    def _read(self, units: Sequence[Unit]) -> tuple[list[Count], list[Verdict]]:
        counts, refused = [], []
        variants = variants_by_sku(
            [self._cell(unit.load[1], "sku") for unit in units if unit.load[2] is None]
        )
        for unit in units:
            row, cells, problem = unit.load
            try:
                if problem is not None:
                    raise Unread(problem)
                counts.append(self._count(row, cells, variants))
            except Unread as unread:
                refused.append(Verdict(row, Outcome.REJECTED, unread.said, cells))
        return counts, refused

    def _count(self, row: int, cells: list[str], variants: dict[str, int]) -> Count:
        sku = clean_id(self._cell(cells, "sku"))
        variant_id = variants.get(sku.upper())
        if variant_id is None:
            raise Unread(Said(NO_SKU, sku=sku or "—"))
        place = self._warehouse(self._cell(cells, "warehouse"))
        quantity = read_int(self._cell(cells, "quantity"))
        if not 0 <= quantity <= MOST:
            raise Unread(Said(OUT_OF_RANGE, most=MOST))
        earlier = self.seen.setdefault((variant_id, place.id), row)
        if earlier != row:
            raise Unread(Said(TWICE, row=earlier))
        return Count(row, cells, sku, variant_id, place.id, quantity)

    def _warehouse(self, code: str) -> Warehouse:
        code = (code or str(self.job.settings.get("warehouse") or "")).strip().upper()
        found = self.warehouses.get(code)
        if found is None or found.archived_at is not None:
            raise Unread(Said(NO_WAREHOUSE, code=code or "—"))
        scope = self.job.actor.warehouse_ids
        if scope and found.id not in scope:
            raise Unread(Said(NOT_YOURS, code=code))
        return found

    def _cell(self, cells: list[str], key: str) -> str:
        place = self.job.columns.get(key)
        return cells[place].strip() if place is not None and place < len(cells) else ""


def variants_by_sku(skus: Sequence[str]) -> dict[str, int]:
    """{SKU in capitals: variant id}; an exact spelling wins over one that differs by case."""
    wanted = {clean.upper(): clean for sku in skus if (clean := _clean(sku))}
    found: dict[str, int] = {}
    for part in chunks(sorted(wanted), LOOKUP):
        sql = f"SELECT id, sku FROM variant WHERE UPPER(sku) IN ({marks(len(part))}) ORDER BY id"  # noqa: S608
        for variant_id, sku in fetch(sql, part):
            if sku.upper() not in found or wanted[sku.upper()] == sku:
                found[sku.upper()] = variant_id
    return found


def _clean(sku: str) -> str:
    try:
        return clean_id(sku)
    except Unread:
        return ""


def _levels(counts: Sequence[Count]) -> dict[tuple[int, int], tuple[int, bool]]:
    """{(variant, warehouse): (on hand, whether anything ever moved)}."""
    found: dict[tuple[int, int], tuple[int, bool]] = {}
    for part in chunks(sorted({count.variant_id for count in counts}), LOOKUP):
        query = StockLevel.select(StockLevel.variant, StockLevel.warehouse, StockLevel.on_hand)
        for variant_id, warehouse_id, on_hand in query.where(StockLevel.variant.in_(part)).tuples():
            found[variant_id, warehouse_id] = (on_hand, True)
    return found


# ── the warehouse, and taking back ───────────────────────────────────────────────────────────────────────────


def warehouse_for_import(code: str, *, create: bool) -> int | None:
    """The warehouse a file's settings name, else the first to ship from; with `create` one is opened where none is."""
    living = (
        Warehouse.select().where(Warehouse.archived_at.is_null()).order_by(Warehouse.priority, Warehouse.id)
    )
    if code.strip():
        found = living.where(Warehouse.code == code.strip().upper()).first()
        if found is None:
            raise DomainError(Said(NO_WAREHOUSE, code=code))
        return int(found.id)
    first = living.first()
    if first is not None:
        return int(first.id)
    return int(create_first_warehouse().id) if create else None


def take_back_movements(refs: Sequence[Any], job: ImportJob) -> dict[int, Said]:
    """Reverse the movements that references name; where the stock is gone the movement stays and is explained."""
    stayed: dict[int, Said] = {}
    movements = {
        row.id: row
        for row in StockMovement.select().where(StockMovement.id.in_([ref.row_id for ref in refs]))
    }
    cause = Cause("import_run", job.run_id, job.number)
    for ref in refs:
        move = movements[ref.row_id]
        change = Change(
            kind=MovementKind.REVERSAL,
            variant_id=move.variant_id,
            warehouse_id=move.warehouse_id,
            on_hand=-move.on_hand_delta,
        )
        level = StockLevel.get(
            StockLevel.variant == move.variant_id, StockLevel.warehouse == move.warehouse_id
        )
        if change.on_hand < 0 and level.on_hand - level.reserved + change.on_hand < 0:
            stayed[ref.id] = Said(USED)
        else:
            ledger.post([change], cause=cause, actor=job.actor)
    return stayed


def reverse_causes(causes: Sequence[tuple[str, int]], job: ImportJob, at: Any) -> None:
    """Reverse everything that documents moved, in one counter-movement per variant and warehouse."""
    deltas: dict[tuple[int, int], int] = {}
    for kind in dict.fromkeys(kind for kind, _ in causes):
        ids = [row_id for each, row_id in causes if each == kind]
        for part in chunks(ids, LOOKUP):
            sql = (
                "SELECT variant_id, warehouse_id, SUM(on_hand_delta) FROM stock_movement "  # noqa: S608 - marks
                f"WHERE cause_kind = ? AND cause_id IN ({marks(len(part))}) GROUP BY variant_id, warehouse_id"
            )
            for variant_id, warehouse_id, moved in fetch(sql, (kind, *part)):
                pair = (variant_id, warehouse_id)
                deltas[pair] = deltas.get(pair, 0) - int(moved)
    cause = Cause("import_run", job.run_id, job.number)
    moves = [Dated(MovementKind.REVERSAL, *pair, delta, cause, at) for pair, delta in deltas.items() if delta]
    if moves:
        ledger.post_history(moves, actor=job.actor)


register_remover("stock", take_back_movements)
register_remover("opening", take_back_movements)
register_remover("write_off", take_back_movements)


def _warehouse_choices() -> list[tuple[str, Any]]:
    living = (
        Warehouse.select().where(Warehouse.archived_at.is_null()).order_by(Warehouse.priority, Warehouse.id)
    )
    return [(row.code, row.name) for row in living]


def default_warehouse() -> str:
    """The code of the first warehouse to ship from; '' in a shop without one."""
    choices = _warehouse_choices()
    return choices[0][0] if choices else ""


WAREHOUSE_SETTING = ImportSetting(
    key="warehouse", text=Text("仓库", "Warehouse"), default=default_warehouse, choices=_warehouse_choices
)

register_importer(
    Importer(
        kind="stock",
        text=Text("库存", "Stock"),
        hint=Text("把在库数量改成文件里的数字", "Sets what is on hand to the figures of the file"),
        permission=Permission.STOCK_ADJUST,
        order=30,
        fields=(
            ImportField(
                key="sku",
                text=Text("SKU", "SKU"),
                looks="code",
                required=True,
                synonyms=(
                    "StockCode",
                    "Variant SKU",
                    "商品编码",
                    "货号",
                    "规格编码",
                    "商家编码",
                    "Item",
                    "Code",
                ),
            ),
            ImportField(
                key="quantity",
                text=Text("在库数量", "On hand"),
                looks="count",
                required=True,
                synonyms=(
                    "Quantity",
                    "Qty",
                    "Variant Inventory Qty",
                    "数量",
                    "库存",
                    "库存数量",
                    "盘点数量",
                    "Stock",
                ),
            ),
            ImportField(
                key="warehouse",
                text=Text("仓库代码", "Warehouse code"),
                synonyms=("Warehouse", "仓库", "Location", "库位"),
            ),
        ),
        open=StockWork,
        settings=(WAREHOUSE_SETTING,),
        undo_order=("stock",),
    )
)
