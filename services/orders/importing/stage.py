"""A file of order lines read once into columns of numbers: half a million lines in about 40 MB.

Every word (order number, SKU, description, date, customer, country) is kept once in a list and named by its place. The
stage is saved beside the upload together with the plan made from it, so an import that was killed goes on with the very
same decisions. Files are plain: one line of JSON, then the columns.
"""

import json
import os
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORDS = ("docs", "skus", "names", "dates", "customers", "countries")
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
ALL = (*COLUMNS, *PLANNED)


class Stage:
    """The lines of a file as columns, the words they name, and the plan."""

    docs: list[str]
    skus: list[str]
    names: list[str]
    dates: list[str]
    customers: list[str]
    countries: list[str]
    row: "array[int]"
    doc: "array[int]"
    sku: "array[int]"
    name: "array[int]"
    date: "array[int]"
    customer: "array[int]"
    country: "array[int]"
    quantity: "array[int]"
    unit_minor: "array[int]"
    net_minor: "array[int]"
    kind: "array[int]"
    order: "array[int]"
    starts: "array[int]"
    doc_order: "array[int]"
    doc_at: "array[int]"
    doc_state: "array[int]"
    match_line: "array[int]"
    match_ref: "array[int]"
    match_quantity: "array[int]"
    match_minor: "array[int]"
    rest_line: "array[int]"
    rest_quantity: "array[int]"
    rest_minor: "array[int]"
    opening_sku: "array[int]"
    opening_quantity: "array[int]"
    lot_line_id: "array[int]"
    lot_order_id: "array[int]"

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        for name in WORDS:
            setattr(self, name, [])
        for name, kind in ALL:
            setattr(self, name, array(kind))

    def __len__(self) -> int:
        return len(self.row)

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
        self.order, self.starts = order, counts

    def save(self, path: Path) -> None:
        """Write everything to a file, durable before the first chunk is."""
        head = {
            "words": {name: getattr(self, name) for name in WORDS},
            "facts": self.facts,
            "lengths": {name: len(getattr(self, name)) for name, _ in ALL},
        }
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
            for name, _ in ALL:
                getattr(self, name).tofile(file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)

    @classmethod
    def load(cls, path: Path) -> "Stage":
        """Read what save() wrote."""
        stage = cls()
        with path.open("rb") as file:
            head = json.loads(file.readline())
            stage.facts = head["facts"]
            for name in WORDS:
                setattr(stage, name, head["words"][name])
            for name, _ in ALL:
                getattr(stage, name).fromfile(file, head["lengths"][name])
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
