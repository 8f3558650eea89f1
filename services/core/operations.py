"""What an administrator sees and does about background work: runs, parked events, replay, run now."""

from typing import Any

from models import EventStatus, JobRun, JobStatus, OutboxEvent, Text
from services.core import audit, events
from services.core.clock import now
from services.core.db import submit_job, transaction
from services.core.errors import Conflict, NotFound
from services.core.jobs import Job, run_job
from services.core.permissions import Actor, Permission, check_permission, requires
from services.core.text import Label, Said, register_labels

register_labels(
    {
        JobStatus.QUEUED: Label(Text("排队中", "Queued"), "mute"),
        JobStatus.RUNNING: Label(Text("运行中", "Running"), "info"),
        JobStatus.SUCCEEDED: Label(Text("成功", "Succeeded"), "ok"),
        JobStatus.FAILED: Label(Text("失败", "Failed"), "bad"),
        JobStatus.CANCELLED: Label(Text("已取消", "Cancelled"), "mute"),
        EventStatus.PENDING: Label(Text("待处理", "Pending"), "info"),
        EventStatus.DONE: Label(Text("已处理", "Done"), "ok"),
        EventStatus.PARKED: Label(Text("已搁置", "Parked"), "bad"),
    }
)


def job_runs(actor: Actor) -> Any:
    """Runs of background jobs."""
    check_permission(actor, Permission.JOBS_VIEW)
    return JobRun.select()


def last_runs(actor: Actor) -> dict[str, JobRun]:
    """The newest run of every job, by key."""
    check_permission(actor, Permission.JOBS_VIEW)
    newest = JobRun.select(JobRun.id).order_by(JobRun.id.desc()).limit(500)
    found: dict[str, JobRun] = {}
    for row in JobRun.select().where(JobRun.id.in_(newest)).order_by(JobRun.id):
        found[row.key] = row
    return found


def outbox(actor: Actor) -> Any:
    """Events and how far their handling is."""
    check_permission(actor, Permission.JOBS_VIEW)
    return OutboxEvent.select()


def parked_count(actor: Actor) -> int:
    """How many events wait for a person."""
    check_permission(actor, Permission.JOBS_VIEW)
    return OutboxEvent.select().where(OutboxEvent.status == EventStatus.PARKED).count()


@requires(Permission.JOBS_MANAGE)
def replay_event(event_id: int, *, actor: Actor) -> OutboxEvent:
    """Hand a parked event to its handlers again; those that succeeded before are not called twice."""
    with transaction():
        row = OutboxEvent.get_or_none(OutboxEvent.id == event_id)
        if row is None:
            raise NotFound()
        if row.status != EventStatus.PARKED:
            said = Said(Text("只有搁置的事件才需要重放", "Only a parked event needs a replay"))
            raise Conflict(said)
        fresh = {"status": EventStatus.PENDING, "attempts": 0, "due_at": now(), "error": ""}
        OutboxEvent.update(fresh).where(OutboxEvent.id == event_id).execute()
        audit.record(actor, "event.replay", row)
        events.touch("outbox_event", event_id)
        events.nudge.set()
        return OutboxEvent.get_by_id(event_id)


@requires(Permission.JOBS_MANAGE, once=False)
def start_job(job: Job, *, actor: Actor) -> None:
    """Run a job now, beside its timetable."""
    if JobRun.select().where(JobRun.key == job.key, JobRun.status == JobStatus.RUNNING).exists():
        raise Conflict(Text("这个任务正在运行", "This job is running"))
    with transaction():
        audit.record(actor, "job.start", ("job", 0), after={"job": job.key})
    submit_job(run_job, job)
