"""The simple kinds of import: a document is one row, or the rows that follow each other under one key."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from models import Text
from services.core.db import savepoint
from services.core.errors import DomainError
from services.core.importing import ImportJob, Outcome, Tally, Unit, Verdict, Work
from services.core.parsing import Unread
from services.core.text import Said


class FileRow(NamedTuple):
    """One row as the file has it."""

    number: int
    cells: list[str]
    problem: Said | None


class Document(NamedTuple):
    """What a unit says once its rows are understood, and what becomes of it."""

    outcome: Outcome
    values: Any


class RowWork(Work):
    """Understands units one by one; each is written under its own savepoint, so one refusal does not stop the others."""

    def __init__(self, job: ImportJob) -> None:
        super().__init__(job)
        self.planned: dict[str, int] = {}

    def units(self) -> Iterator[Unit]:
        """Rows that follow each other under the same key are one unit."""
        waiting: list[FileRow] = []
        key = ""
        for number, cells, problem in self.job.rows():
            row = FileRow(number, cells, problem)
            mine = self.cell(cells, self.key_field) if self.key_field and not problem else ""
            if waiting and (not mine or mine != key):
                yield Unit(len(waiting), waiting)
                waiting = []
            waiting.append(row)
            key = mine
        if waiting:
            yield Unit(len(waiting), waiting)

    key_field = ""
    """The field that the rows of one document share; '' when every row stands alone."""

    @abstractmethod
    def understand(self, rows: Sequence[FileRow]) -> Document:
        """What the rows say and what that would do. Raises Unread, DomainError."""

    @abstractmethod
    def store(self, document: Document, rows: Sequence[FileRow]) -> None:
        """Write a document. Raises DomainError."""

    def load(self, units: Sequence[Unit]) -> None:
        """Look up what all the units need, at once."""

    def judge(self, units: Sequence[Unit]) -> Iterator[Verdict]:
        """What would become of the rows."""
        self.load(units)
        for unit in units:
            outcome, said, at = self._judged(unit.load)
            yield from _verdicts(unit.load, outcome, said, at)

    def write(self, units: Sequence[Unit], tally: Tally) -> None:
        """Write what can be written."""
        self.load(units)
        for unit in units:
            outcome, said, at = self._judged(unit.load, is_written=True)
            for verdict in _verdicts(unit.load, outcome, said, at):
                tally.add(verdict)
            if outcome in (Outcome.NEW, Outcome.UPDATE):
                tally.note("created" if outcome is Outcome.NEW else "updated")

    def _judged(self, rows: Sequence[FileRow], is_written: bool = False) -> tuple[Outcome, Said | None, int]:
        """(outcome, reason, the row it is about)."""
        broken = next((row for row in rows if row.problem), None)
        if broken is not None:
            return Outcome.REJECTED, broken.problem, broken.number
        try:
            document = self.understand(rows)
            if is_written and document.outcome in (Outcome.NEW, Outcome.UPDATE):
                with savepoint():
                    self.store(document, rows)
        except BadRow as bad:
            return Outcome.REJECTED, bad.said, bad.row
        except Unread as unread:
            return Outcome.REJECTED, unread.said, rows[0].number
        except DomainError as refusal:
            first = next(iter(refusal.fields.values()), refusal.said)
            return Outcome.REJECTED, first if isinstance(first, Said) else Said(first), rows[0].number
        return document.outcome, None, rows[0].number

    def once(self, key: str, row: int) -> None:
        """Refuse a key that an earlier row of the file already gave."""
        earlier = self.planned.setdefault(key, row)
        if earlier != row:
            raise Unread(Said(Text("与第 {row} 行重复", "It repeats row {row}"), row=earlier))

    def cell(self, cells: Sequence[str], key: str) -> str:
        """The trimmed cell of a field; '' when the file has no such column."""
        place = self.job.columns.get(key)
        return cells[place].strip() if place is not None else ""


class BadRow(Unread):
    """One row of several is what cannot be understood."""

    def __init__(self, said: Said, row: int) -> None:
        super().__init__(said)
        self.row = row


def _verdicts(rows: Sequence[FileRow], outcome: Outcome, said: Said | None, at: int) -> Iterator[Verdict]:
    other = Said(Text("同一商品的第 {row} 行被拒绝", "Row {row} of the same document was refused"), row=at)
    for row in rows:
        yield Verdict(
            row.number,
            outcome,
            said if row.number == at or outcome is not Outcome.REJECTED else other,
            row.cells,
        )


def changed(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The wanted values that differ from the current ones."""
    return {key: value for key, value in wanted.items() if current.get(key) != value}
