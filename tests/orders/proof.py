"""What order and stock tests prove: invariants hold, and a refusal changes nothing."""

import hashlib

from models import TABLES
from services.core.invariants import check_all


def assert_sound() -> None:
    """Every invariant holds."""
    broken = [(verdict.invariant.key, verdict.offenders) for verdict in check_all() if not verdict.holds]
    assert broken == []


def fingerprint() -> str:
    """A hash of every row of every table."""
    digest = hashlib.sha256()
    for model in TABLES:
        for row in model.select().order_by(model.id).tuples():
            digest.update(f"{model.__name__}{row!r}".encode())
    return digest.hexdigest()
