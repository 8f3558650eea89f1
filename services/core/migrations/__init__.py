"""Numbered migrations (playhouse.migrations): expand → backfill → contract."""

from pathlib import Path

from playhouse.migrations import Runner

from models import db

FOLDER = Path(__file__).parent


def migrate() -> list[str]:
    """Bring the database to the newest schema; returns the names of the migrations applied."""
    return list(_runner().up())


def pending() -> list[str]:
    """Names of migrations that are not applied yet."""
    return [migration.name for migration in _runner().status() if not migration.applied]


def _runner() -> Runner:
    return Runner(db.obj, directory=str(FOLDER))
