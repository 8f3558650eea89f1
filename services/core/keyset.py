"""Keyset positions: a page begins beyond a row's (sort value, id), so page 10,000 costs what page 1 does.

A cursor is opaque and belongs to one sort. Where the sort value is a person's name it is sealed: cursors stand in
addresses, and whoever sees masked names must not read them there.
"""

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from peewee import Expression, Field, fn

from models import Text, UtcField
from services.core.crypto import KeyMismatch, keyring
from services.core.errors import Invalid

LARGEST = 2**63 - 1
NOTHING: dict[str, Any] = {"INT": 0, "BIGINT": 0, "BOOL": False, "DATE": date.min}
PLACE = "cursor.name"
Edge = tuple[Any, int]


def sort_key(column: Any, row_id: Field) -> Any:
    """What a list is sorted by; NULL sorts like nothing (0, "" or the first day), because no row is beyond NULL."""
    if column is None:
        return row_id
    if not column.is_nullable:
        return column.expr
    return fn.COALESCE(column.expr, NOTHING.get(getattr(column.expr, "field_type", ""), ""))


def beyond(key: Any, row_id: Field, edge: Edge, down: bool) -> Any:
    """The condition for the rows after `edge` in the order (key, id), downwards or upwards."""
    value, last_id = edge
    if key is row_id:
        return row_id < last_id if down else row_id > last_id
    if isinstance(key, Field) and not isinstance(value, str):
        value = key.python_value(value)
    step = Expression(key, "<" if down else ">", value)
    tie = Expression(key, "=", value) & (row_id < last_id if down else row_id > last_id)
    loose = Expression(key, "<=" if down else ">=", value)
    return loose & (step | tie)


def encode(row: Mapping[str, Any], column: Any, backwards: bool) -> str:
    """The cursor beyond a row, which carries its sort value as `_key`."""
    value = row["_key"]
    if isinstance(value, datetime):
        value = UtcField().db_value(value)
    elif isinstance(value, date):
        value = value.isoformat()
    if _is_personal(column):
        value = keyring().seal(value, PLACE).hex()
    name = "id" if column is None else column.name
    packed = json.dumps([backwards, value, row["id"], name]).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(cursor: str, column: Any) -> tuple[bool, Edge | None]:
    """(backwards, edge) of a cursor; no edge for the first page. Raises Invalid for what is none of this sort's."""
    if not cursor:
        return False, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, value, row_id, name = json.loads(base64.urlsafe_b64decode(padded))
        if name != ("id" if column is None else column.name) or not _fits(value) or not 0 < row_id <= LARGEST:
            raise _lost()
        if _is_personal(column):
            value = keyring().open(bytes.fromhex(value), PLACE)
        return bool(backwards), (value, int(row_id))
    except (ValueError, TypeError, KeyMismatch):
        raise _lost() from None


def _is_personal(column: Any) -> bool:
    return column is not None and bool(column.pii)


def _fits(value: Any) -> bool:
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) <= LARGEST)


def _lost() -> Invalid:
    return Invalid(Text("翻页位置无效,请回到第一页", "That page position is not valid; go to the first page"))
