"""What order and stock tests prove: invariants hold, and a refusal changes nothing."""

import hashlib
from contextlib import contextmanager

import pytest

from models import TABLES, StockLevel, db
from services.core.errors import DomainError
from services.core.invariants import check_all


def assert_sound() -> None:
    """Every invariant holds."""
    broken = [(verdict.invariant.key, verdict.offenders) for verdict in check_all() if not verdict.holds]
    assert broken == []


def fingerprint() -> str:
    """A hash of every row of every table."""
    digest = hashlib.sha256()
    for model in TABLES:
        for row in db.execute_sql(f'SELECT * FROM "{model._meta.table_name}" ORDER BY id').fetchall():
            digest.update(repr(row).encode())
    return digest.hexdigest()


@contextmanager
def refuses(error: type[DomainError], said: str = ""):
    """The command is refused with this error and sentence (English, a part of it), and no row changes."""
    before = fingerprint()
    with pytest.raises(error) as caught:
        yield caught
    assert fingerprint() == before
    sentences = [caught.value.said, *caught.value.reasons, *caught.value.fields.values()]
    shown = [x.render("en") if hasattr(x, "render") else x.en for x in sentences]
    assert not said or any(said in sentence for sentence in shown), shown


def level(variant, warehouse) -> tuple[int, int]:
    """(on hand, reserved)."""
    found = StockLevel.get_or_none(StockLevel.variant == variant.id, StockLevel.warehouse == warehouse.id)
    return (found.on_hand, found.reserved) if found else (0, 0)
