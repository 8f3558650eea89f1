"""What people type into cells, read strictly: ids, counts, amounts, dates. Each reader raises Unread with a sentence."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from models import Text
from services.core.money import exponent, round_div
from services.core.text import Said

DateOrder = Literal["ymd", "dmy", "mdy"]
FLOAT_ID = re.compile(r"\d+\.0+")
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
INTEGER = re.compile(r"[+-]?\d+(\.0+)?")
AMOUNT = re.compile(r"[+-]?\d+(\.\d+)?")
CURRENCY_SIGNS = re.compile(r"[£$€¥¥]|RMB|CNY|GBP|USD|EUR|元")
DATE = re.compile(
    r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?"
    r"(?:[ T]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?秒?\s*([AaPp][Mm])?)?(Z|[+-]\d{2}:?\d{2})?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?")
DATE_LIKE = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*")


class Unread(Exception):
    """A cell that cannot be understood; carries the sentence that says why."""

    def __init__(self, said: Said) -> None:
        self.said = said
        super().__init__(said.render("en"))


def clean_id(text: str) -> str:
    """An identifier without what spreadsheets do to it: 17850.0 → 17850. Raises Unread for 8.50E+12."""
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    if FLOAT_ID.fullmatch(text):
        return text.partition(".")[0]
    if SCIENTIFIC.fullmatch(text) and ("+" in text or "." in text):
        said = Text(
            "“{value}”是被表格软件改成科学计数的编号",
            "“{value}” is an id that a spreadsheet turned into a number",
        )
        raise Unread(Said(said, value=text))
    return text


def clean_text(text: str, limit: int = 200) -> str:
    """One line of text: spaces collapsed, no control characters, at most `limit` characters."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()[:limit]


def read_int(text: str) -> int:
    """A whole number: 6, 6.0, 1,200. Raises Unread."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("\u2212", "-")
    if not INTEGER.fullmatch(plain) or len(plain) > 15:
        raise Unread(Said(Text("“{value}”不是整数", "“{value}” is no whole number"), value=text.strip()[:40]))
    return int(plain.partition(".")[0])


def read_decimal(text: str, comma: bool = False) -> Decimal:
    """An amount: 2.55, £2.55, 1,234.50; with `comma` also 1.234,50. Raises Unread."""
    plain = CURRENCY_SIGNS.sub("", unicodedata.normalize("NFKC", text)).strip().replace(" ", "")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").replace("\u2212", "-")
    plain = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
    if not AMOUNT.fullmatch(plain) or len(plain) > 18:
        raise Unread(Said(Text("“{value}”不是金额", "“{value}” is no amount"), value=text.strip()[:40]))
    return -Decimal(plain) if negative else Decimal(plain)


@lru_cache(maxsize=20_000)
def read_micro(text: str, currency: str, comma: bool = False) -> int:
    """An amount in millionths of the minor unit, so that quantity × price is rounded once. Raises Unread."""
    return int(read_decimal(text, comma).scaleb(exponent(currency) + 6))


def read_minor(text: str, currency: str, comma: bool = False) -> int:
    """An amount in minor units, HALF_UP. Raises Unread."""
    return round_div(read_micro(text, currency, comma), 1_000_000)


def uses_comma(values: Iterable[str]) -> bool:
    """Whether amounts write the decimals after a comma: 2,55 or 1.234,50."""
    commas = points = 0
    for value in values:
        tail = value.strip()
        at, dot = tail.rfind(","), tail.rfind(".")
        if at > dot and (len(tail) - at - 1 != 3 or dot >= 0):
            commas += 1
        elif dot > at:
            points += 1
    return commas > points


def looks_like_date(text: str) -> bool:
    """Whether a cell has the form of a date."""
    return bool(DATE_LIKE.fullmatch(text.strip()))


def read_date(text: str, order: DateOrder, zone: ZoneInfo) -> datetime:
    """A date with or without time, local to `zone` unless it names its offset, as an instant. Raises Unread."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = DATE.fullmatch(plain)
    compact = None if found else COMPACT.fullmatch(plain)
    if found:
        year, month, day = _in_order(found.group(1), found.group(2), found.group(3), order)
        hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
        half = (found.group(7) or "").lower()
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        offset = found.group(8)
    elif compact:
        year, month, day = (int(part) for part in compact.group(1, 2, 3))
        hour, minute, second = (int(part or 0) for part in compact.group(4, 5, 6))
        offset = None
    else:
        raise _no_date(text)
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise _no_date(text) from None
    if offset:
        sign = "+00:00" if offset == "Z" else offset
        return datetime.fromisoformat(local.replace(tzinfo=None).isoformat() + sign).astimezone(UTC)
    return local.astimezone(UTC)


def date_order_of(values: Iterable[str], latest: datetime) -> DateOrder | None:
    """Day first or month first, over all values: what is valid, not ahead of us, and spans least; None = both fit."""
    distinct = set(values)
    utc = ZoneInfo("UTC")
    candidates: list[tuple[int, float, DateOrder]] = []
    for order in ("ymd", "dmy", "mdy"):
        stamps, bad = [], 0
        for value in distinct:
            try:
                stamps.append(read_date(value, order, utc))  # type: ignore[arg-type]
            except Unread:
                bad += 1
        bad += sum(stamp > latest for stamp in stamps)
        if stamps:
            span = (max(stamps) - min(stamps)).total_seconds()
            candidates.append((bad, span, order))  # type: ignore[arg-type]
    if not candidates:
        return "ymd"
    candidates.sort(key=lambda item: item[:2])
    if len(candidates) > 1 and candidates[0][:2] == candidates[1][:2]:
        return "ymd" if any(_starts_with_year(value) for value in distinct) else None
    return candidates[0][2]


def _starts_with_year(value: str) -> bool:
    return bool(re.match(r"\s*\d{4}", value))


def _in_order(first: str, second: str, third: str, order: DateOrder) -> tuple[int, int, int]:
    if len(first) == 4:
        return int(first), int(second), int(third)
    if order == "ymd" or len(third) not in {2, 4}:
        return 0, 0, 0
    year = int(third) + (2000 if len(third) == 2 else 0)
    return (year, int(second), int(first)) if order == "dmy" else (year, int(first), int(second))


def _no_date(text: str) -> Unread:
    return Unread(Said(Text("“{value}”不是日期", "“{value}” is no date"), value=text.strip()[:40]))
