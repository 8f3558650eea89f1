"""What keeps the database small and quick: old receipts and events go, statistics and the log are tidied."""

from datetime import timedelta

from models import CommandReceipt, EventStatus, OutboxEvent, SignInAttempt, db
from services.core.clock import now
from services.core.db import is_sqlite, transaction
from services.core.jobs import Progress

KEEP_RECEIPTS = timedelta(days=30)
KEEP_EVENTS = timedelta(days=14)
KEEP_ATTEMPTS = timedelta(days=1)
CHUNK = 1_000


def purge_old(progress: Progress) -> None:
    """Forget receipts, delivered events and failed sign-ins that nobody needs any more, in short transactions."""
    at = now()
    gone = 0
    for model, old in (
        (CommandReceipt, CommandReceipt.at < at - KEEP_RECEIPTS),
        (OutboxEvent, (OutboxEvent.at < at - KEEP_EVENTS) & (OutboxEvent.status == EventStatus.DONE)),
        (SignInAttempt, SignInAttempt.at < at - KEEP_ATTEMPTS),
    ):
        while True:
            with transaction():
                oldest = model.select(model.id).where(old).limit(CHUNK)
                deleted = model.delete().where(model.id.in_(oldest)).execute()
            gone += deleted
            progress.tell(gone, 0)
            if deleted < CHUNK:
                break


def tidy_database(progress: Progress) -> None:
    """Refresh the planner's statistics and shorten SQLite's write-ahead log."""
    if is_sqlite():
        db.execute_sql("PRAGMA optimize")
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    progress.tell(1, 1)
