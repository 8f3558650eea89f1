"""Writes history fast: one prepared INSERT a table, rows as tuples of database values, ids given by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import AutoField

from models import EPOCH, MICROSECOND, db
from services.core.db import chunks

Rows = list[tuple[Any, ...]]
MAX_VARIABLES = 30_000


def instant(at: datetime | None) -> int | None:
    """An instant as the database keeps it."""
    return None if at is None else (at - EPOCH) // MICROSECOND


class Sheet:
    """Rows of one table, gathered until they are written; columns not named keep their default."""

    def __init__(self, model: Any, columns: str, last_id: int = 0) -> None:
        self._given = columns.split()
        self._last_id = last_id
        self._rows: Rows = []
        meta = model._meta
        named = [meta.combined[name].column_name for name in self._given]
        rest = [field for field in meta.sorted_fields if field.column_name not in {"id", *named}]
        literals = [_literal(field) for field in rest if not isinstance(field, AutoField)]
        names = ", ".join(f'"{name}"' for name in ["id", *named, *(field.column_name for field in rest)])
        self._head = f'INSERT INTO "{meta.table_name}" ({names}) VALUES '  # noqa: S608 - names of columns
        marks = ", ".join([db.obj.param] * (1 + len(named)))
        self._group = f"({', '.join([marks, *literals])})"

    def add(self, *values: Any) -> int:
        """Note one row; returns its id."""
        self._last_id += 1
        self._rows.append((self._last_id, *values))
        return self._last_id

    def __len__(self) -> int:
        return len(self._rows)

    def write(self) -> None:
        """Put the rows into the database, inside the caller's transaction."""
        width = 1 + len(self._given)
        for part in chunks(self._rows, min(1_000, MAX_VARIABLES // width)):
            values: Sequence[Any] = [value for row in part for value in row]
            db.execute_sql(self._head + ", ".join([self._group] * len(part)), values)
        self._rows = []


def _literal(field: Any) -> str:
    """A field's default as SQL; what has none is NULL."""
    value = field.default() if callable(field.default) else field.default
    if value is None:
        return "NULL"
    value = field.db_value(value)
    return f"'{value}'" if isinstance(value, str) else str(value)
