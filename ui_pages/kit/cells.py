"""How a value looks in a list: one small JSON value a cell, drawn by data_table.js, so nothing is markup."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from services.core.listing import Listing
from services.core.permissions import Actor
from services.core.text import (
    format_amount,
    format_date,
    format_money,
    format_number,
    format_percent,
    label_of,
    render,
)

RIGHT = frozenset({"money", "int", "percent"})


def columns_for(listing: Listing, actor: Actor, locale: str, currency: str) -> list[dict[str, Any]]:
    """The columns as the component wants them; money names its currency once, in the heading."""
    shown = []
    for column in listing.visible_columns(actor):
        label = render(column.label, locale)
        if column.kind == "money" and not column.extra:
            label = f"{label} ({currency})"
        shown.append(
            {
                "name": column.name,
                "label": "" if column.kind == "thumb" else label,
                "kind": column.kind,
                "sortable": column.sortable,
                "right": column.kind in RIGHT,
                "hidden": column.is_hidden,
            }
        )
    return shown


def row_for(
    listing: Listing, row: Mapping[str, Any], actor: Actor, locale: str, currency: str, href: str
) -> dict[str, Any]:
    """One row: id, link and cells in column order."""
    cells = [
        cell(
            row.get(column.name),
            column.kind,
            locale,
            currency,
            str(row.get(column.extra[0]) or "") if column.extra else "",
        )
        for column in listing.visible_columns(actor)
    ]
    return {"id": row["id"], "href": fill(href, row), "c": cells}


def cell(value: Any, kind: str, locale: str, currency: str, row_currency: str = "") -> Any:
    """A value as its cell."""
    if value is None:
        return None
    if kind == "money":
        return (
            format_money(value, row_currency, locale)
            if row_currency
            else format_amount(value, currency, locale)
        )
    if kind == "percent":
        return format_percent(value, locale)
    if kind == "int":
        return format_number(value, locale)
    if kind == "bool":
        return bool(value)
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, date):
        return format_date(value, locale)
    if kind == "tags":
        return [
            str(tag) for tag in (value.split(",") if isinstance(value, str) else value) if str(tag).strip()
        ]
    if kind == "chip":
        return chip_of(value, locale)
    return render(value, locale) if isinstance(value, tuple) else str(value)


def chip_of(value: Any, locale: str) -> list[str]:
    """[words, tone] of an enumeration member; a plain value is shown as it is."""
    if isinstance(value, Enum):
        label = label_of(value)
        return [render(label.text, locale), label.tone]
    return [str(value), "mute"]


def fill(pattern: str, row: Mapping[str, Any]) -> str:
    """`/orders/{number}` with the row's values; empty when one of them is missing."""
    if not pattern:
        return ""
    try:
        return pattern.format_map({key: "" if value is None else str(value) for key, value in row.items()})
    except KeyError:
        return ""


def spreadsheet_value(value: Any, kind: str, locale: str, zone: Any, currency_digits: int) -> Any:
    """A value for CSV and XLSX: plain numbers and ISO instants, never a formula."""
    if value is None:
        return ""
    if kind == "money":
        return value / 10**currency_digits if currency_digits else value
    if kind == "percent":
        return value / 10_000
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return render(label_of(value).text, locale)
    if isinstance(value, Sequence) and not isinstance(value, str) and not hasattr(value, "_fields"):
        return harmless(", ".join(str(part) for part in value))
    return harmless(render(value, locale) if isinstance(value, tuple) else str(value))


def harmless(text: str) -> str:
    """Text that a spreadsheet program cannot take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} else text
