"""Writing history without what a living shop needs at every row: secondary indexes, search and the log of changes.

They are taken off the tables of the history and put back, from the database's own words, before anybody acts: an index
built once is sorted once; kept up row by row, indexes would be most of the work of a million orders.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models import db
from services.core.db import fetch, is_sqlite, marks, transaction
from services.core.search import SEARCHED

Parts = list[tuple[str, str, str]]  # kind, name, the statement that makes it


@contextmanager
def bare(models: tuple[Any, ...]) -> Iterator[None]:
    """The tables of these models without secondary indexes and insert triggers, for the time of the block."""
    tables = [model._meta.table_name for model in models]
    parts = _sqlite_parts(tables) if is_sqlite() else _postgres_indexes(tables)
    with transaction():
        for kind, name, _ in parts:
            db.execute_sql(f'DROP {kind} "{name}"')
        _switch_triggers(tables, "DISABLE")
    try:
        yield
    finally:
        _restore(models, tables, parts)


def _restore(models: tuple[Any, ...], tables: list[str], parts: Parts) -> None:
    if is_sqlite():
        db.execute_sql("PRAGMA temp_store = 1")  # sort a large index in a file, not in memory
    with transaction():
        for _, _, statement in parts:
            db.execute_sql(statement)
        _switch_triggers(tables, "ENABLE")
        if is_sqlite():
            for model in models:
                if model in SEARCHED:
                    search = f"{model._meta.table_name}_fts"
                    db.execute_sql(f"INSERT INTO {search} ({search}) VALUES ('rebuild')")  # noqa: S608
    if is_sqlite():
        db.execute_sql("PRAGMA temp_store = 2")


def _sqlite_parts(tables: list[str]) -> Parts:
    sql = (
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND ("  # noqa: S608 - marks only
        "(type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%') OR (type = 'trigger' AND name LIKE '%/_i' ESCAPE '/')) "
        f"AND tbl_name IN ({marks(len(tables))}) ORDER BY rowid"
    )
    return [(kind.upper(), name, statement) for kind, name, statement in fetch(sql, tables)]


def _postgres_indexes(tables: list[str]) -> Parts:
    sql = (
        "SELECT 'INDEX', indexname, indexdef FROM pg_indexes WHERE schemaname = CURRENT_SCHEMA() "  # noqa: S608
        f"AND indexdef NOT LIKE 'CREATE UNIQUE%' AND tablename IN ({marks(len(tables))}) ORDER BY indexname"
    )
    return [(kind, name, statement) for kind, name, statement in fetch(sql, tables)]


def _switch_triggers(tables: list[str], word: str) -> None:
    """PostgreSQL can hold its triggers still; SQLite's were dropped with the indexes."""
    if not is_sqlite():
        for table in tables:
            db.execute_sql(f"ALTER TABLE {table} {word} TRIGGER USER")
