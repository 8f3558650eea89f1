"""The warehouse file: one connection of this process, a cursor per question, one writer, results kept per version.

DuckDB lets one process open the file, gives every cursor a snapshot, and survives a kill in mid-commit. A gate lets
the rebuilt file replace the old one while nobody reads.
"""

import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models import Text, db
from services.analytics.warehouse.tables import DDL, SCHEMA
from services.core.errors import Unavailable
from services.core.options import base_currency, business_zone

FILE, NEW_FILE = "warehouse.duckdb", "warehouse.new.duckdb"
KEPT_RESULTS = 512
BUILDING = Text(
    "经营数据正在准备,稍候自动显示", "The figures are being prepared; they appear here in a moment"
)
Rows = list[tuple[Any, ...]]


class _Gate:
    """Many may be inside, or one alone: the alone waits until the others have left."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._is_closed = False

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._is_closed = True
            self._changed.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()


class Store:
    """The warehouse of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writing = threading.RLock()
        self.version = 0
        self.is_ready = False
        self._connection: Any = None
        self._gate = _Gate()
        self._kept: OrderedDict[tuple[Any, ...], Rows] = OrderedDict()
        self._keeping = threading.Lock()

    @property
    def path(self) -> Path:
        """The warehouse file."""
        return self.folder / FILE

    @property
    def new_path(self) -> Path:
        """Where a rebuild grows."""
        return self.folder / NEW_FILE

    def open(self) -> None:
        """Open the file if it is whole and of this schema, zone, currency and source; else wait for a rebuild."""
        import duckdb

        remove(self.new_path)
        if not self.path.exists():
            return
        try:
            self._connection = connect(self.path, self.folder)
            self._look()
        except duckdb.Error:
            self.close()

    def close(self) -> None:
        """Close the file; every committed fact is in it."""
        with self._gate.alone():
            if self._connection is not None:
                self._connection.close()
            self._connection, self.is_ready = None, False

    def ask(self, sql: str, params: Sequence[Any] = (), *, scope: tuple[Any, ...] = ()) -> Rows:
        """The rows of a question, kept until the warehouse changes. Raises Unavailable while there is no warehouse."""
        key = (self.version, scope, sql, tuple(params))
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with self._gate.together():
            if not self.is_ready:
                raise Unavailable(BUILDING)
            with self._connection.cursor() as cursor:
                rows: Rows = cursor.execute(sql, list(params)).fetchall()
        with self._keeping:
            self._kept[key] = rows
            while len(self._kept) > KEPT_RESULTS:
                self._kept.popitem(last=False)
        return rows

    @contextmanager
    def change(self) -> Iterator[Any]:
        """A cursor inside a DuckDB transaction that ends with the next version; only for the one who holds `writing`."""
        with self._gate.together(), self._connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
                cursor.execute("UPDATE state SET version = version + 1")
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
        self._forget(self.version + 1)

    def checkpoint(self) -> None:
        """Write the log into the file."""
        with self._gate.together(), self._connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def swap(self) -> None:
        """Put the rebuilt file in the place of the present one."""
        with self._gate.alone():
            if self._connection is not None:
                self._connection.close()
            remove(self.path)
            self.new_path.rename(self.path)
            self._connection = connect(self.path, self.folder)
            self._look()

    def _look(self) -> None:
        row = self._connection.execute("SELECT schema, source, zone, currency, version FROM state").fetchone()
        self.is_ready = row[:4] == (SCHEMA, source_name(), str(business_zone()), base_currency())
        self._forget(max(self.version + 1, row[4]))

    def _forget(self, version: int) -> None:
        with self._keeping:
            self.version = version
            self._kept.clear()


def connect(path: Path, folder: Path) -> Any:
    """A DuckDB connection within this program's limits; it never reaches for the network."""
    import duckdb

    config = {
        "memory_limit": "512MB",
        "threads": "2",
        "temp_directory": str(folder / "warehouse.tmp"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    return duckdb.connect(str(path), config=config)


def create_tables(connection: Any, built_at: int, version: int) -> None:
    """Lay out an empty warehouse."""
    for statement in DDL:
        connection.execute(statement)
    values = [SCHEMA, source_name(), str(business_zone()), base_currency(), version, built_at]
    connection.execute("INSERT INTO state VALUES (?, ?, ?, ?, ?, ?)", values)


def source_name() -> str:
    """Which database the warehouse is fed from, so that another one never answers for it."""
    return Path(str(db.obj.database)).name


def remove(path: Path) -> None:
    """Delete a DuckDB file with its log."""
    path.unlink(missing_ok=True)
    Path(f"{path}.wal").unlink(missing_ok=True)
    shutil.rmtree(path.parent / "warehouse.tmp", ignore_errors=True)


_open: list[Store] = []


def open_warehouse(folder: Path) -> Store:
    """Open the warehouse of a data folder for this process; a missing one is built by the first refresh."""
    close_warehouse()
    opened = Store(folder)
    opened.open()
    _open.append(opened)
    return opened


def close_warehouse() -> None:
    """Close this process's warehouse, if it is open."""
    while _open:
        _open.pop().close()


def is_open() -> bool:
    """Whether this process has a warehouse open."""
    return bool(_open)


def store() -> Store:
    """The open warehouse. Raises Unavailable when this process opened none."""
    if not _open:
        raise Unavailable(BUILDING)
    return _open[-1]
