"""The words for values of dimensions: channel 3 is Tmall, 33 is Zhejiang, 2 is Tuesday."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from models import FulfilmentState, OrderSource, OrderStatus, PaymentState, Text
from services.analytics.facts import IDS
from services.analytics.warehouse.store import store
from services.core import geo
from services.core.text import format_date, label_of, render

NO_PRODUCT = Text("无商品(运费等)", "No product (shipping …)")
UNKNOWN = Text("未知", "Unknown")
NONE = Text("无", "None")
GUEST = Text("散客", "Guests")
LOYALTY = {"new": Text("新客户", "New"), "returning": Text("老客户", "Returning"), "guest": GUEST}
WEEKDAYS = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
ENUMS: dict[str, type[StrEnum]] = {
    "status": OrderStatus,
    "payment": PaymentState,
    "fulfilment": FulfilmentState,
    "source": OrderSource,
}
NAMED = {
    "channel": "SELECT channel_id, name_zh, name_en FROM dim_channel WHERE channel_id IN",
    "category": "SELECT category_id, name_zh, name_en FROM dim_category WHERE category_id IN",
    "product": "SELECT product_id, name, coalesce(nullif(name_en, ''), name) FROM dim_product WHERE product_id IN",
    "variant": "SELECT variant_id, sku, sku FROM dim_variant WHERE variant_id IN",
    "warehouse": "SELECT warehouse_id, name, name FROM dim_warehouse WHERE warehouse_id IN",
}
MISSING = {"product": NO_PRODUCT, "variant": NO_PRODUCT, "category": NONE, "customer": GUEST}


def words_of(dimension: str, values: Iterable[Any], locale: str) -> dict[Any, str]:
    """{value: words} for values of a dimension as an answer gives them."""
    wanted = list(dict.fromkeys(values))
    if dimension in NAMED:
        return _named(dimension, wanted, locale)
    spell = SPELLED.get(dimension, _plain)
    return {value: spell(dimension, value, locale) for value in wanted}


def filter_words(dimension: str, values: Iterable[str], locale: str) -> list[str]:
    """The words for the values of a filter as an address gives them."""
    typed = [None if value == "" and dimension in IDS else value for value in values]
    if dimension in IDS:
        typed = [int(value) if value else None for value in typed]  # type: ignore[misc]
    return list(words_of(dimension, typed, locale).values())


def _named(dimension: str, values: list[Any], locale: str) -> dict[Any, str]:
    ids = sorted(int(value) for value in values if value is not None)
    found = {}
    if ids:
        rows = store().ask(f"{NAMED[dimension]} ({', '.join(map(str, ids))}) ORDER BY 1")
        found = {row[0]: row[1] if locale == "zh" else row[2] for row in rows}
    nothing = render(MISSING.get(dimension, UNKNOWN), locale)
    return {value: nothing if value is None else found.get(value, f"#{value}") for value in values}


def _plain(dimension: str, value: Any, locale: str) -> str:
    if value is None or value == "":
        return render(MISSING.get(dimension, UNKNOWN), locale)
    return str(value)


def _member(dimension: str, value: Any, locale: str) -> str:
    known = {member.value: member for member in ENUMS[dimension]}
    return render(label_of(known[value]).text, locale) if value in known else str(value)


def _place(dimension: str, value: Any, locale: str) -> str:
    if not value:
        return render(UNKNOWN, locale)
    return geo.name_of(value, locale) if dimension == "province" else geo.country_name(value, locale)


def _time(dimension: str, value: Any, locale: str) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m}" if dimension == "month" else format_date(value, locale)
    return f"{value:02d}:00" if dimension == "hour" else render(WEEKDAYS[int(value) - 1], locale)


def _loyalty(_dimension: str, value: Any, locale: str) -> str:
    return render(LOYALTY.get(value, UNKNOWN), locale)


SPELLED: dict[str, Callable[[str, Any, str], str]] = {
    **dict.fromkeys(ENUMS, _member),
    **dict.fromkeys(("province", "country"), _place),
    **dict.fromkeys(("day", "week", "month", "hour", "weekday"), _time),
    "loyalty": _loyalty,
}
