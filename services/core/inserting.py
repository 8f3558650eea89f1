"""Inserting rows with SQL prepared once per model and shape: Peewee's query builder costs more than SQLite does."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from peewee import AutoField, CharField, ForeignKeyField, IntegerField, TextField

from models import Editable, Row, db
from services.core.clock import now

T = TypeVar("T")
LONGEST_INSERT = 64
STAMPS = frozenset({"created_at", "updated_at"})


@lru_cache(maxsize=512)
def _prepared(model: Any, keys: tuple[str, ...]) -> tuple[str, str, list[tuple[str, Any, Any, Any]]]:
    """(head of the INSERT, placeholder group, [(key, type that needs no conversion, converter, default)])."""
    meta = model._meta  # type: ignore[attr-defined]
    fields = []
    for field in meta.sorted_fields:
        if isinstance(field, AutoField) and field.name not in keys:
            continue
        given = field.name in keys or _id_name(field) in keys
        if given or field.default is not None or _is_stamp(model, field):
            fields.append(field)
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    head = f'INSERT INTO "{meta.table_name}" ({columns}) VALUES '  # noqa: S608 - names of the models
    group = "(" + ", ".join([db.obj.param] * len(fields)) + ")"
    plan = []
    for field in fields:
        key = _id_name(field) if _id_name(field) in keys else field.name
        default = field.default() if callable(field.default) else field.default
        plan.append((key, _plain_type(field), field.db_value, default))
    return head, group, plan


def _plain_type(field: Any) -> type | None:
    """The Python type that a field stores as it is: skipping the converter there halves the cost of a row."""
    if isinstance(field, ForeignKeyField) or type(field).db_value is IntegerField.db_value:
        if isinstance(field, IntegerField | ForeignKeyField):
            return int
        if isinstance(field, CharField | TextField):
            return str
    return None


def _id_name(field: Any) -> str:
    return getattr(field, "object_id_name", field.name)


def _is_stamp(model: type[Row], field: Any) -> bool:
    return issubclass(model, Editable) and field.name in STAMPS


def bulk_insert(model: type[Row], rows: Sequence[dict[str, Any]], *, ids: bool = True) -> list[int]:
    """Insert rows of one shape with SQL prepared once; returns their ids in order ([] when ids=False).

    Keys are field names or `<ref>_id`; missing fields take their default, Editable stamps take now().
    """
    if not rows:
        return []
    shape: Any = model
    head, group, plan = _prepared(shape, tuple(rows[0]))
    if issubclass(model, Editable):
        stamp = now()
        plan = [
            (key, plain, convert, stamp if key in STAMPS else default)
            for key, plain, convert, default in plan
        ]
    made: list[int] = []
    for chunk in steps(rows):
        params: list[Any] = []
        for row in chunk:
            for key, plain, convert, default in plan:
                value = row.get(key, default)
                params.append(value if value is None or type(value) is plain else convert(value))
        sql = head + ", ".join([group] * len(chunk)) + (" RETURNING id" if ids else "")
        cursor = db.execute_sql(sql, params)
        if ids:
            made += sorted(row[0] for row in cursor.fetchall())
    return made


def steps(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts of few different lengths, so that statements of as many values are found prepared."""
    start = 0
    while start < len(items):
        step = _step(len(items) - start)
        yield items[start : start + step]
        start += step


def _step(left: int) -> int:
    if left >= LONGEST_INSERT:
        return LONGEST_INSERT
    return 1 << (left.bit_length() - 1) if left > 4 else left


def insert_row(model: type[Row], **values: Any) -> int:
    """Insert one row through the prepared SQL; returns its id."""
    return bulk_insert(model, [values])[0]


def forget_prepared() -> None:
    """Prepare anew: the models stand on another database now."""
    _prepared.cache_clear()
