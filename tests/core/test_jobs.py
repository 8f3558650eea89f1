"""Jobs run when they are due, once however many runs were missed, and keep their failures."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import CommandReceipt, EventStatus, JobRun, JobStatus, OutboxEvent, Text
from services.core import clock, upkeep
from services.core.db import insert_row, transaction
from services.core.jobs import Job, Progress, mark_interrupted, run_due, run_job

pytestmark = pytest.mark.engine
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME = Text("活", "work")


def _job(runs: list, **more) -> Job:
    return Job(key="work", text=NAME, run=lambda progress: runs.append(clock.now()), **more)


def test_missed_runs_of_an_interval_collapse_into_one(shop, midday):
    runs: list = []
    job = _job(runs, every=timedelta(minutes=5))
    for minutes in (0, 4, 5, 60, 61):
        with clock.freeze(midday + timedelta(minutes=minutes)):
            run_due([job], clock.now())
    assert runs == [midday + timedelta(minutes=m) for m in (0, 5, 60)]


def test_a_daily_job_runs_once_a_business_day_at_its_local_time(shop):
    runs: list = []
    job = _job(runs, at=time(3, 0))
    start = datetime(2026, 11, 22, 2, 59, tzinfo=SHANGHAI)
    for hours in range(0, 72, 1):
        with clock.freeze(start + timedelta(hours=hours)):
            run_due([job], clock.now())
    days = [clock.business_day(at, SHANGHAI) for at in runs]
    assert days == sorted(set(days))
    assert len(days) in {3, 4}
    assert all(at.astimezone(SHANGHAI).hour == 3 for at in runs[1:])


def test_a_failure_is_kept_and_not_raised(shop):
    def fail(progress: Progress) -> None:
        progress.tell(3, 10)
        raise ValueError("no paper")

    run = run_job(Job(key="print", text=NAME, run=fail, every=timedelta(days=1)))
    assert (run.status, run.done, run.total) == (JobStatus.FAILED, 3, 10)
    assert "no paper" in run.message


def test_a_quiet_job_leaves_one_good_run(shop, midday):
    job = Job(key="quiet", text=NAME, run=lambda progress: None, every=timedelta(seconds=1), is_quiet=True)
    for seconds in range(5):
        with clock.freeze(midday + timedelta(seconds=seconds)):
            run_job(job)
    assert JobRun.select().where(JobRun.key == "quiet").count() == 1


def test_purging_forgets_only_what_is_old_and_done(shop, midday):
    old = midday - timedelta(days=60)
    with transaction():
        for at, number in ((old, "a"), (midday, "b")):
            insert_row(CommandReceipt, actor_key="x", verb="v", request_id=number, payload_hash="", at=at)
            for status in EventStatus:
                insert_row(OutboxEvent, name="E", payload={}, status=status, at=at, due_at=at)
    upkeep.purge_old(Progress(None))
    assert [row.request_id for row in CommandReceipt.select()] == ["b"]
    left = sorted((row.at == old, row.status.value) for row in OutboxEvent.select())
    assert left == [
        (False, "done"),
        (False, "parked"),
        (False, "pending"),
        (True, "parked"),
        (True, "pending"),
    ]


def test_a_run_that_a_killed_process_left_open_is_closed_at_the_next_start(shop, midday):
    with transaction():
        insert_row(JobRun, key="work", status=JobStatus.RUNNING, due_at=midday, started_at=midday)
    mark_interrupted()
    run = JobRun.get()
    assert (run.status, run.finished_at) == (JobStatus.FAILED, midday)
