"""The database: connection, transactions, threads. Everything SQLite-only lives here; inserting.py adds bulk_insert.

Threads: three readers and one writer keep a connection each (`await read(fn)`, `await write(fn)`); two more run what is
slow and no query (`await slow(fn)`: bcrypt, Pillow, openpyxl). A query on the event loop's thread raises.
One process-wide first-in-first-out lock stands before BEGIN IMMEDIATE, so the writer order is fair (decision 8).
"""

import asyncio
import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlparse

from peewee import Function, PostgresqlDatabase, SqliteDatabase

from models import db
from services.core.inserting import bulk_insert as bulk_insert
from services.core.inserting import forget_prepared
from services.core.inserting import insert_row as insert_row
from services.core.settings import Settings

log = logging.getLogger("zhanggui.db")
T = TypeVar("T")
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "cache_size": -32000,
    "mmap_size": 268435456,
    "temp_store": 2,
    "journal_size_limit": 67108864,
}
WRITERS_LOCK = "SELECT pg_advisory_xact_lock(7243001)"


class _LoopGuard:
    """Refuses queries on a thread that runs an event loop."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("a query on the event loop: use await read(), write() or slow()")
        return super().execute_sql(sql, params)  # type: ignore[misc]


class GuardedSqlite(_LoopGuard, SqliteDatabase):
    """SQLite that refuses queries on the event loop."""


class GuardedPostgres(_LoopGuard, PostgresqlDatabase):
    """PostgreSQL that refuses queries on the event loop, and connects anew after the server hung up."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Drop a connection that the server closed, unless it was inside a transaction."""
        if not self.transaction_depth() and not self.is_closed() and self.connection().closed:
            self.close()
        return super().execute_sql(sql, params)


class _FairLock:
    """A lock that serves its waiters in the order they came."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self) -> None:
        with self._gate:
            if not self._held and not self._waiting:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def release(self) -> None:
        with self._gate:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class _ThreadState(threading.local):
    depth = 0
    doomed = False
    is_reader = False
    callbacks: list[Callable[[], None]]


_state = _ThreadState()
_lock = _FairLock()
_pools: dict[str, ThreadPoolExecutor] = {}
_readers = 3


# ── connection ───────────────────────────────────────────────────────────────────────────────────────────────


def connect(settings: Settings) -> None:
    """Point the models at the database that `settings` names and open it on this thread."""
    global _readers
    disconnect()
    _readers = settings.readers
    if settings.is_sqlite:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        database = GuardedSqlite(str(settings.sqlite_path), pragmas=PRAGMAS)
    else:
        parts = urlparse(settings.database_url)
        database = GuardedPostgres(
            parts.path.lstrip("/"),
            host=parts.hostname,
            port=parts.port or 5432,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or "") or None,
            prefer_psycopg3=True,
            **dict(parse_qsl(parts.query)),
        )
    db.initialize(database)
    forget_prepared()
    database.connect(reuse_if_open=True)


def disconnect() -> None:
    """Close this thread's connection and end the worker threads."""
    for pool in _pools.values():
        pool.shutdown(wait=True, cancel_futures=True)
    _pools.clear()
    if db.obj is not None and not db.is_closed():
        db.close()


def is_sqlite() -> bool:
    """Whether the models stand on SQLite."""
    return isinstance(db.obj, SqliteDatabase)


class _JoinedText(Function):
    """GROUP_CONCAT on SQLite, STRING_AGG on PostgreSQL."""

    def __sql__(self, ctx: Any) -> Any:
        self.name = "GROUP_CONCAT" if is_sqlite() else "STRING_AGG"
        return super().__sql__(ctx)


def joined_text(expression: Any, separator: str = ",") -> Any:
    """An aggregate: the texts of several rows in one, on both engines."""
    return _JoinedText("GROUP_CONCAT", (expression, separator))


# ── transactions ─────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing. A nested one joins; a refusal that leaves a nested one dooms the whole."""
    if _state.depth:
        _state.depth += 1
        try:
            yield
        except BaseException:
            _state.doomed = True
            raise
        finally:
            _state.depth -= 1
        return
    if _state.is_reader:
        raise RuntimeError("a transaction on a reader thread: use await write()")
    _lock.acquire()
    try:
        _state.depth, _state.doomed, _state.callbacks = 1, False, []
        with db.atomic("IMMEDIATE") if is_sqlite() else db.atomic():
            if not is_sqlite():
                db.execute_sql(
                    WRITERS_LOCK
                )  # the command line writes beside the server; SQLite's BEGIN waits by itself
            yield
            if _state.doomed:
                raise RuntimeError("a refused command was swallowed inside a transaction")
    finally:
        _state.depth = 0
        _lock.release()
    for callback in _state.callbacks:
        try:
            callback()
        except Exception:  # what is committed must not look refused, and the others want to hear of it too
            log.exception("a listener failed after the commit")


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of a transaction that may fail alone: one row of a bulk command."""
    if not _state.depth:
        raise RuntimeError("savepoint() needs a transaction around it")
    doomed = _state.doomed
    kept = len(_state.callbacks)
    try:
        with db.savepoint():
            yield
    except BaseException:
        _state.doomed = doomed
        del _state.callbacks[kept:]
        raise


@contextmanager
def snapshot() -> Iterator[None]:
    """Several reads that see one state of the database; nothing may be written inside."""
    if is_sqlite():
        with db.atomic("DEFERRED"):
            yield
        return
    with db.atomic():
        db.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def in_transaction() -> bool:
    """Whether this thread is inside a transaction."""
    return _state.depth > 0


def after_commit(callback: Callable[[], None]) -> None:
    """Call once the transaction is durable; nothing happens when it rolls back."""
    if not _state.depth:
        raise RuntimeError("after_commit() needs a transaction around it")
    _state.callbacks.append(callback)


@contextmanager
def long_write() -> Iterator[None]:
    """This thread is about to write very much: fewer checkpoints, and no file pages mapped into the process (SQLite)."""
    if not is_sqlite():
        yield
        return
    db.execute_sql("PRAGMA wal_autocheckpoint = 10000")
    db.execute_sql("PRAGMA mmap_size = 0")
    try:
        yield
    finally:
        db.execute_sql("PRAGMA wal_autocheckpoint = 1000")
        db.execute_sql(f"PRAGMA mmap_size = {PRAGMAS['mmap_size']}")


# ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────


def _open(is_reader: bool) -> None:
    """Prepare a worker thread; its first query connects, because a pool whose initializer fails is broken for good."""
    _state.is_reader = is_reader


def _pool(name: str) -> ThreadPoolExecutor:
    pool = _pools.get(name)
    if pool is None:
        sizes = {"read": _readers, "write": 1, "slow": 2, "exports": 2, "jobs": 2}
        initargs = (name == "read",)
        pool = ThreadPoolExecutor(sizes[name], f"db-{name}", initializer=_open, initargs=initargs)
        _pools[name] = pool
    return pool


async def _on(name: str, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    context = contextvars.copy_context()
    call = partial(context.run, partial(fn, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_pool(name), call)


async def read(fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a reading function on a reader thread."""
    return await _on("read", fn, *args, **kwargs)


async def write(fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a verb on the writer thread."""
    return await _on("write", fn, *args, **kwargs)


async def slow(fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run what takes long and is no short query: hashing, pictures, spreadsheets."""
    return await _on("slow", fn, *args, **kwargs)


async def export(fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a step of a file that somebody downloads; apart from slow(), so that no sign-in waits for a large one."""
    return await _on("exports", fn, *args, **kwargs)


def submit_job(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Start a long background job on its own threads; returns its Future."""
    return _pool("jobs").submit(partial(fn, *args, **kwargs))


# ── hand SQL ─────────────────────────────────────────────────────────────────────────────────────────────────


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run hand SQL written with ? placeholders on either engine; returns its rows ([] for none)."""
    cursor = db.execute_sql(sql if is_sqlite() else _for_postgres(sql), params)
    return cursor.fetchall() if cursor.description else []


def marks(count: int, width: int = 1) -> str:
    """Placeholders: marks(3) = ?, ?, ? and marks(2, 2) = (?, ?), (?, ?)."""
    return ", ".join([_group(width)] * count)


@lru_cache(maxsize=64)
def _group(width: int) -> str:
    return "?" if width == 1 else "(" + ", ".join(["?"] * width) + ")"


@lru_cache(maxsize=512)
def _for_postgres(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
