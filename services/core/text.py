"""Words in both languages, and the only way numbers, money and dates become words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale as BabelLocale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    get_currency_symbol,
)
from babel.numbers import format_percent as babel_percent

from models import Text
from services.core.money import exponent, from_minor

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = ("zh", "en")
COMPACT_FROM, WHOLE_FROM = 1_000_000, 100_000
Tone = Literal["mute", "ok", "warn", "bad", "info"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that a sentence shows: minor units and currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Label:
    """How an enumeration member is shown: words, colour and icon."""

    text: Text
    tone: Tone = "mute"
    icon: str = ""


class Said:
    """A sentence with values: rendered only at the edge, in the reader's language."""

    __slots__ = ("text", "values")

    def __init__(self, text: Text, **values: Any) -> None:
        self.text = text
        self.values = values

    def render(self, locale: str) -> str:
        """The sentence in `locale`; values that are texts, money, days or members render too."""
        template = self.text.zh if locale == "zh" else self.text.en
        shown = {key: _show(value, locale) for key, value in self.values.items()}
        return template.format_map(shown) if shown else template

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash((self.text, tuple(self.values)))

    def __repr__(self) -> str:
        return f"Said({self.render('en')!r})"


_LABELS: dict[Enum, Label] = {}


def register_labels(labels: Mapping[Enum, Label]) -> None:
    """Add a domain's table of enumeration labels."""
    _LABELS.update(labels)


def label_of(member: Enum) -> Label:
    """The label of an enumeration member. Raises KeyError when its domain registered none."""
    return _LABELS[member]


def render(said: Said | Text | str, locale: str) -> str:
    """Text or Said in `locale`; a plain str (data, not words) passes through."""
    if isinstance(said, Said):
        return said.render(locale)
    if isinstance(said, Text):
        return said.zh if locale == "zh" else said.en
    return said


def _show(value: Any, locale: str) -> str:
    if isinstance(value, Said | Text):
        return render(value, locale)
    if isinstance(value, Money):
        return format_money(value.minor, value.currency, locale)
    if isinstance(value, Enum) and value in _LABELS:
        return render(_LABELS[value].text, locale)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_date(value, locale)
    if isinstance(value, int) and not isinstance(value, bool):
        return format_number(value, locale)
    return str(value)


@lru_cache
def _babel(locale: str) -> BabelLocale:
    return BabelLocale.parse("zh_CN" if locale == "zh" else "en_GB")


def format_money(minor: int, currency: str, locale: str) -> str:
    """¥1,234.50 · £12.00"""
    amount = from_minor(minor, currency)
    return format_currency(amount, currency, locale=_babel(locale))


def currency_sign(currency: str, locale: str) -> str:
    """The short sign, for figures that are all in the currency of the books: ¥ where CN¥ would be exact."""
    sign = str(get_currency_symbol(currency, locale=_babel(locale)))
    return sign if sign == currency else sign.lstrip(currency[:2])


def format_amount(minor: int, currency: str, locale: str) -> str:
    """The number alone, for columns that name the currency once: 1,234.50"""
    digits = exponent(currency)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(from_minor(minor, currency), format=pattern, locale=_babel(locale))


def format_compact_money(minor: int, currency: str, locale: str) -> str:
    """For figures read at a glance: ¥1.24亿, £1.24M; amounts below 100,000 keep their cents, below a million none."""
    amount = from_minor(minor, currency)
    if abs(amount) >= COMPACT_FROM:
        shown = format_compact_currency(amount, currency, locale=_babel(locale), fraction_digits=2)
        return _short_sign(shown, currency, locale)
    if abs(amount) < WHOLE_FROM:
        return _short_sign(format_money(minor, currency, locale), currency, locale)
    return format_whole_money(minor, currency, locale)


def format_whole_money(minor: int, currency: str, locale: str) -> str:
    """Without cents, for columns that are compared and not added up: ¥80,916"""
    whole = round(from_minor(minor, currency))
    shown = format_currency(whole, currency, format="¤#,##0", currency_digits=False, locale=_babel(locale))
    return _short_sign(shown, currency, locale)


def _short_sign(shown: str, currency: str, locale: str) -> str:
    return shown.replace(
        str(get_currency_symbol(currency, locale=_babel(locale))), currency_sign(currency, locale)
    )


def format_compact_number(value: int, locale: str) -> str:
    """12,345 in full; from a million on 1.23M and 123.4万."""
    if abs(value) < COMPACT_FROM:
        return format_number(value, locale)
    return format_compact_decimal(value, locale=_babel(locale), fraction_digits=2)


def format_number(value: int | float, locale: str) -> str:
    """1,234"""
    return format_decimal(value, locale=_babel(locale))


def format_percent(bps: int, locale: str, digits: int = 1) -> str:
    """Basis points as a percentage: 1234 → 12.3%"""
    pattern = "#,##0." + "0" * digits + "%" if digits else "#,##0%"
    return babel_percent(bps / 10_000, format=pattern, locale=_babel(locale))


def format_date(day: date, locale: str) -> str:
    """2026-11-24 in Chinese, 24 Nov 2026 in English."""
    return day.isoformat() if locale == "zh" else babel_date(day, format="d MMM y", locale=_babel(locale))


def format_instant(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """An instant in the business time zone, to the minute."""
    pattern = "yyyy-MM-dd HH:mm" if locale == "zh" else "d MMM y HH:mm"
    return babel_datetime(at, format=pattern, tzinfo=zone, locale=_babel(locale))


def parse_locale(wanted: str | None, default: Locale = "zh") -> Locale:
    """The supported language that an Accept-Language header or LANG value asks for first."""
    for part in (wanted or "").replace("_", "-").lower().split(","):
        code = part.strip().split(";")[0].split("-")[0].split(".")[0]
        if code == "zh":
            return "zh"
        if code in {"en", "c", "posix"}:
            return "en"
    return default
