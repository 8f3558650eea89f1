"""Background work: jobs with their timetable and runs, and events that nobody could handle."""

from datetime import timedelta

from models import EventStatus, JobRun, OutboxEvent, Text
from services import wiring
from services.core import operations
from services.core.db import read, write
from services.core.jobs import Job
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Actor, Permission
from services.core.text import Said
from ui_pages.kit import (
    Bulk,
    Ctx,
    Empty,
    action_button,
    card,
    chip_markup,
    data_table,
    el,
    html,
    list_row,
    page_title,
)
from ui_pages.registry import Page

TITLE = Text("后台任务", "Background jobs")
EVENTS = Text("事件", "Events")
RUN = Text("立即运行", "Run now")
STARTED = Text("已开始", "Started")
REPLAY = Text("重放", "Replay")
EVERY_S, EVERY_M, EVERY_H = (
    Text("每 {n} 秒", "every {n} s"),
    Text("每 {n} 分钟", "every {n} min"),
    Text("每 {n} 小时", "every {n} h"),
)
DAILY = Text("每天 {at}", "daily at {at}")
NEVER = Text("从未运行", "never ran")
TIMETABLE = Text("时间表", "Timetable")
NO_PARKED = Empty(
    Text("没有搁置的事件", "No parked events"), Text("每个事件都已处理", "Every event was handled")
)
RUNS = Listing(
    key="job_runs",
    title=TITLE,
    base=operations.job_runs,
    columns=(
        Column(JobRun.key, sortable=False),
        Column(JobRun.status, sortable=False),
        Column(JobRun.started_at, sortable=False),
        Column(JobRun.finished_at, sortable=False),
        Column(JobRun.done, kind="int", sortable=False),
        Column(JobRun.total, kind="int", sortable=False),
        Column(JobRun.message, sortable=False),
    ),
    row_id=JobRun.id,
    permission=Permission.JOBS_VIEW,
    facets=(Facet(JobRun.status),),
    topic="job_run",
)
OUTBOX = Listing(
    key="events",
    title=EVENTS,
    base=operations.outbox,
    columns=(
        Column(OutboxEvent.name, sortable=False),
        Column(OutboxEvent.status, sortable=False),
        Column(OutboxEvent.attempts, kind="int", sortable=False),
        Column(OutboxEvent.at, sortable=False),
        Column(OutboxEvent.due_at, sortable=False, hidden=True),
        Column(OutboxEvent.error, sortable=False),
    ),
    row_id=OutboxEvent.id,
    permission=Permission.JOBS_VIEW,
    views=(
        View("parked", Text("已搁置", "Parked"), lambda: OutboxEvent.status == EventStatus.PARKED),
        View("pending", Text("待处理", "Pending"), lambda: OutboxEvent.status == EventStatus.PENDING),
        View("all", Text("全部", "All")),
    ),
    topic="outbox_event",
)


async def build_jobs(ctx: Ctx) -> None:
    """The timetable above, the runs below."""
    with page_title(ctx, TITLE):
        pass
    last = await read(operations.last_runs, ctx.actor)
    with card(ctx.t(TIMETABLE)):
        for job in wiring.JOBS:
            _job(ctx, job, last.get(job.key))
    names = {job.key: ctx.t(job.text) for job in wiring.JOBS}
    await data_table(ctx, RUNS, show={"key": lambda key: names.get(key, key)})


def _job(ctx: Ctx, job: Job, run: JobRun | None) -> None:
    async def start(actor: Actor) -> None:
        await write(operations.start_job, job, actor=actor)

    state = (
        [chip_markup(ctx, run.status), " ", el("span", ctx.instant(run.started_at), class_="sub num")]
        if run
        else [ctx.t(NEVER)]
    )
    with list_row():
        html(el("b", ctx.t(job.text)), el("div", ctx.t(_timetable(job)), class_="sub small")).classes("grow")
        html(el("span", *state, class_="sec"))
        action_button(ctx, RUN, operations.start_job, start, icon="play", done=STARTED)


def _timetable(job: Job) -> Said:
    if job.at is not None:
        return Said(DAILY, at=f"{job.at:%H:%M}")
    every = job.every or timedelta()
    seconds = int(every.total_seconds())
    if seconds % 3600 == 0:
        return Said(EVERY_H, n=seconds // 3600)
    return Said(EVERY_M, n=seconds // 60) if seconds % 60 == 0 else Said(EVERY_S, n=seconds)


async def build_events(ctx: Ctx) -> None:
    """Parked events first: what failed eight times, and the error."""
    with page_title(ctx, EVENTS, crumbs=[(TITLE, "/jobs"), (EVENTS, "")]):
        pass
    replay = Bulk(operations.replay_event, REPLAY, icon="rotate-ccw")
    await data_table(ctx, OUTBOX, bulk=[replay], empty=NO_PARKED)


PAGES = [
    Page(
        path="/jobs",
        title=TITLE,
        permission=Permission.JOBS_VIEW,
        group="system",
        order=60,
        icon="timer",
        build=build_jobs,
    ),
    Page(
        path="/events",
        title=EVENTS,
        permission=Permission.JOBS_VIEW,
        group="system",
        order=65,
        icon="workflow",
        build=build_events,
        badge=operations.parked_count,
    ),
]
