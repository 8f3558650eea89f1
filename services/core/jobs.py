"""Background jobs: rows in wiring.JOBS, runs in the database, progress that a page shows.

`run_due(now)` is a plain function: tests call it, the server calls it every second on a job thread. Missed runs
collapse into one. Progress is written at most twice a second.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from models import JobRun, JobStatus, Text
from services.core.clock import business_day, day_start, now
from services.core.db import insert_row, transaction
from services.core.events import touch
from services.core.options import business_zone

log = logging.getLogger("zhanggui.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that runs by itself: every so often, or daily at a local time."""

    key: str
    text: Text
    run: Callable[["Progress"], None]
    every: timedelta | None = None
    at: time | None = None
    is_quiet: bool = False


class Progress:
    """What a running job tells its page; also how it learns that somebody cancelled it."""

    def __init__(self, run_id: int | None) -> None:
        self.run_id = run_id
        self._told_at: datetime | None = None

    def tell(self, done: int, total: int, message: str = "") -> None:
        """Report `done` of `total`; cheap to call often."""
        at = now()
        if self.run_id is None or (
            self._told_at and done < total and at - self._told_at < timedelta(seconds=0.5)
        ):
            return
        self._told_at = at
        with transaction():
            JobRun.update(done=done, total=total, message=message).where(JobRun.id == self.run_id).execute()
            touch("job_run", self.run_id)


def run_due(jobs: list[Job], at: datetime) -> int:
    """Run every job whose time has come; returns how many ran."""
    ran = 0
    for job in jobs:
        if _is_due(job, at):
            run_job(job)
            ran += 1
    return ran


def run_job(job: Job) -> JobRun:
    """Run one job now and keep the record; a failure is stored, not raised."""
    with transaction():
        run_id = insert_row(JobRun, key=job.key, status=JobStatus.RUNNING, due_at=now(), started_at=now())
    status, message = JobStatus.SUCCEEDED, ""
    try:
        job.run(Progress(run_id))
    except Exception as failure:
        log.exception("job failed", extra={"job": job.key})
        status, message = JobStatus.FAILED, f"{type(failure).__name__}: {failure}"[:1000]
    with transaction():
        values = {"status": status, "finished_at": now(), **({"message": message} if message else {})}
        JobRun.update(values).where(JobRun.id == run_id).execute()
        _forget_old(job)
        touch("job_run", run_id)
    return JobRun.get_by_id(run_id)


def mark_interrupted() -> None:
    """Close the records of runs that a killed process left open; called when a server starts, so none can be running."""
    left = {"status": JobStatus.FAILED, "finished_at": now(), "message": "interrupted"}
    with transaction():
        JobRun.update(left).where(JobRun.status == JobStatus.RUNNING).execute()


def _is_due(job: Job, at: datetime) -> bool:
    last = JobRun.select(JobRun.started_at).where(JobRun.key == job.key).order_by(JobRun.id.desc()).first()
    if job.every is not None:
        return last is None or at - last.started_at >= job.every
    if job.at is None:
        raise ValueError(f"job {job.key} has neither `every` nor `at`")
    zone = business_zone()
    due = day_start(business_day(at, zone), zone) + timedelta(hours=job.at.hour, minutes=job.at.minute)
    return at >= due and (last is None or last.started_at < due)


def _forget_old(job: Job) -> None:
    """Quiet jobs keep only failures and their last run; the others keep a hundred runs."""
    keep = 1 if job.is_quiet else 100
    newest = JobRun.select(JobRun.id).where(JobRun.key == job.key).order_by(JobRun.id.desc()).limit(keep)
    old = JobRun.delete().where(JobRun.key == job.key, JobRun.id.not_in(newest))
    if job.is_quiet:
        old = old.where(JobRun.status == JobStatus.SUCCEEDED)
    old.execute()
