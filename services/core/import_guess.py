"""Which column holds what: by the names people give columns, else by what the cells look like. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from models import Text
from services.core.parsing import AMOUNT, looks_like_date


class Wanted(Protocol):
    """A field that looks for its column."""

    @property
    def key(self) -> str:
        """Its name in the mapping."""

    @property
    def text(self) -> Text:
        """Its words."""

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Other names people give it."""

    @property
    def looks(self) -> str:
        """The form of its cells."""


def by_name(fields: Sequence[Wanted], header: Sequence[str]) -> dict[str, str]:
    """{field: column} where a column is called as the field is: in either language, by its key or a synonym."""
    plain: dict[str, str] = {}
    for name in header:
        plain.setdefault(_plain(name), name)
    found: dict[str, str] = {}
    for wanted in fields:
        for called in (wanted.key, wanted.text.zh, wanted.text.en, *wanted.synonyms):
            column = plain.get(_plain(called))
            if column is not None and column not in found.values():
                found[wanted.key] = column
                break
    return found


def by_content(fields: Sequence[Wanted], values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """{field: column} where the cells look like the field; the best fit first, each column once."""
    scores = []
    for place, wanted in enumerate(fields):
        judge = LOOKS.get(wanted.looks)
        for position, (name, cells) in enumerate(values.items()):
            filled = [cell for cell in cells if cell]
            score = judge(filled) if judge and len(filled) * 2 > len(cells) else 0.0
            if score > 0.5:
                scores.append((-score, place, position, wanted.key, name))
    found: dict[str, str] = {}
    for _, _, _, key, name in sorted(scores):
        if key not in found and name not in found.values():
            found[key] = name
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _share(cells: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(1 for cell in cells if fits(cell)) / len(cells) if cells else 0.0


def _distinct(cells: Sequence[str]) -> float:
    return len(set(cells)) / len(cells) if cells else 0.0


def _date(cells: Sequence[str]) -> float:
    return 1.2 * _share(cells, looks_like_date)


def _count(cells: Sequence[str]) -> float:
    short = _share(cells, lambda cell: re.fullmatch(r"-?\d{1,4}(\.0+)?", cell))
    return short * (0.95 if _distinct(cells) < 0.9 else 0.6)


def _amount(cells: Sequence[str]) -> float:
    is_amount = _share(cells, lambda cell: AMOUNT.fullmatch(re.sub(r"[£$€¥, ]", "", cell)))
    return is_amount * (1.0 if _share(cells, lambda cell: "." in cell or "," in cell) > 0.3 else 0.4)


def _code(cells: Sequence[str]) -> float:
    """Short, without blanks, with digits, mostly different from row to row."""
    is_code = _share(cells, lambda cell: re.fullmatch(r"[\w.\-/]{3,40}", cell) and re.search(r"\d", cell))
    return is_code * (0.55 + 0.4 * _distinct(cells)) * (0.3 if _share(cells, looks_like_date) > 0.5 else 1.0)


def _document(cells: Sequence[str]) -> float:
    """A code that stands in several rows one after another."""
    same = sum(before == cell for before, cell in pairwise(cells)) / max(1, len(cells) - 1)
    is_code = _share(cells, lambda cell: re.fullmatch(r"[\w\-/]{4,40}", cell) and re.search(r"\d", cell))
    many = len(set(cells)) > 1
    return is_code * (0.98 if same > 0.2 and many else 0.3)


def _words(cells: Sequence[str]) -> float:
    has_words = _share(cells, lambda cell: re.search(r"[A-Za-z一-鿿]{2}", cell) and len(cell) >= 4)
    return has_words * (0.5 + 0.4 * _distinct(cells))


LOOKS: dict[str, Callable[[Sequence[str]], float]] = {
    "date": _date,
    "count": _count,
    "amount": _amount,
    "code": _code,
    "document": _document,
    "words": _words,
}
