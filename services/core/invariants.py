"""What must always hold: each domain registers queries that return the offending rows; [] means it holds.

Run by `python main.py check`, nightly, after a restore, and at the end of every test that journeys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models import Text
from services.core.anchors import anchor_break
from services.core.audit import verify_chain

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule about the data, with the query that finds what breaks it."""

    key: str
    text: Text
    find: Callable[[], list[Any]]


INVARIANTS: dict[str, Invariant] = {}


def invariant(key: str, text: Text) -> Callable[[Callable[[], list[Any]]], Callable[[], list[Any]]]:
    """Register a function that returns (at most LIMIT) rows breaking the rule."""

    def register(find: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
        INVARIANTS[key] = Invariant(key, text, find)
        return find

    return register


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one rule fared."""

    invariant: Invariant
    offenders: list[Any]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the rule."""
        return not self.offenders

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON knows it."""
        offenders = [str(row) for row in self.offenders]
        return {"key": self.invariant.key, "holds": self.holds, "offenders": offenders}


def check_all() -> list[Verdict]:
    """Every rule's verdict, in key order."""
    return [Verdict(rule, rule.find()[:LIMIT]) for _, rule in sorted(INVARIANTS.items())]


@invariant("I12", Text("审计链完整", "The audit chain is unbroken"))
def audit_chain_breaks() -> list[Any]:
    """The first break of the audit chain."""
    return [found for found in (verify_chain(), anchor_break()) if found]
