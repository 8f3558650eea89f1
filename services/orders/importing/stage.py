"""A file of order lines read once into columns of numbers: half a million lines in about 40 MB.

Every word (order number, SKU, description, date, customer, country) is kept once in a list and named by its place. The
stage is saved beside the upload together with the plan made from it, so an import that was killed goes on with the very
same decisions. Files are plain: one line of JSON, then the columns.
"""

import json
import os
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NO_ROW = 0xFFFFFFFF
WORDS = ("docs", "skus", "names", "dates", "customers", "countries", "people")
COLUMNS = (
    ("row", "I"),
    ("doc", "I"),
    ("sku", "I"),
    ("name", "I"),
    ("date", "I"),
    ("customer", "I"),
    ("country", "I"),
    ("quantity", "i"),
    ("unit_minor", "q"),
    ("net_minor", "q"),
)
# What the plan adds: lines in document order, the state of each document, and how returns were matched.
PLANNED = (
    ("kind", "b"),
    ("order", "I"),
    ("starts", "I"),
    ("doc_order", "I"),
    ("doc_at", "q"),
    ("doc_state", "b"),
    ("match_line", "I"),
    ("match_ref", "i"),
    ("match_quantity", "i"),
    ("match_minor", "q"),
    ("rest_line", "I"),
    ("rest_quantity", "i"),
    ("rest_minor", "q"),
    ("opening_sku", "I"),
    ("opening_quantity", "q"),
    ("lot_line_id", "q"),
    ("lot_order_id", "q"),
)


class Stage:
    """The lines of a file as columns, the words they name, and the plan."""

    def __init__(self) -> None:
        self.words: dict[str, list[str]] = {name: [] for name in WORDS}
        self.columns: dict[str, array[int]] = {name: array(kind) for name, kind in (*COLUMNS, *PLANNED)}
        self.facts: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.columns["row"])

    def __getattr__(self, name: str) -> Any:
        if name in ("words", "columns", "facts"):
            raise AttributeError(name)
        try:
            return self.words[name] if name in WORDS else self.columns[name]
        except KeyError:
            raise AttributeError(name) from None

    def lines_of(self, doc: int) -> "array[int]":
        """The lines of a document, in file order."""
        return self.order[self.starts[doc] : self.starts[doc + 1]]

    def group(self) -> None:
        """Sort the lines by document, keeping the order of the file (a counting sort)."""
        counts = array("I", bytes(4 * (len(self.docs) + 1)))
        for doc in self.doc:
            counts[doc + 1] += 1
        for place in range(1, len(counts)):
            counts[place] += counts[place - 1]
        free = array("I", counts)
        order = array("I", bytes(4 * len(self)))
        for line, doc in enumerate(self.doc):
            order[free[doc]] = line
            free[doc] += 1
        self.columns["order"], self.columns["starts"] = order, counts

    def save(self, path: Path) -> None:
        """Write everything to a file, durable before the first chunk is."""
        head = {
            "words": self.words,
            "facts": self.facts,
            "lengths": {name: len(column) for name, column in self.columns.items()},
        }
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
            for column in self.columns.values():
                column.tofile(file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)

    @classmethod
    def load(cls, path: Path) -> "Stage":
        """Read what save() wrote."""
        stage = cls()
        with path.open("rb") as file:
            head = json.loads(file.readline())
            stage.words, stage.facts = head["words"], head["facts"]
            for name, column in stage.columns.items():
                column.fromfile(file, head["lengths"][name])
        return stage


class Words:
    """A list of words, each kept once; with `fold`, spellings that differ only by case are one word."""

    def __init__(self, kept: list[str], fold: bool = False) -> None:
        self.kept = kept
        self._fold: Callable[[str], str] = str.upper if fold else str
        self._places: dict[str, int] = {}

    def place(self, word: str) -> int:
        """Where the word is kept."""
        found = self._places.get(word)
        if found is None:
            folded = self._fold(word)
            found = self._places.get(folded)
            if found is None:
                found = len(self.kept)
                self.kept.append(word)
                self._places[folded] = found
            self._places[word] = found
        return found


def in_chunks(total: int, size: int) -> Iterator[range]:
    """Ranges that cover 0 … total."""
    for start in range(0, total, size):
        yield range(start, min(total, start + size))
