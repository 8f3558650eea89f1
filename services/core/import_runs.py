"""Running imports: in chunks that others can write between, with progress, resumed after a crash, undone on request.

Each chunk is one transaction that writes the rows, their references, the rejected rows and the position in the file
(`state.cursor`), so a killed run goes on exactly after its last chunk. Chunks grow and shrink towards CHUNK_S.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from models import ExternalRef, ImportReject, ImportRun, ImportStatus, Text
from services.core import audit, tabular
from services.core.clock import now
from services.core.db import after_commit, bulk_insert, insert_row, long_write, submit_job, transaction
from services.core.errors import Conflict, DomainError, NotFound
from services.core.events import touch
from services.core.import_undo import undo_all
from services.core.importing import (
    Importer,
    ImportJob,
    KeptFile,
    Outcome,
    Tally,
    Unit,
    Work,
    columns_of,
    default_settings,
    importer_of,
    keep_file,
    propose_mapping,
)
from services.core.numbers import next_number
from services.core.permissions import SYSTEM, Actor, Permission, check_permission, requires
from services.core.text import Said

log = logging.getLogger("zhanggui.imports")
CHUNK_S = 0.05
SMALLEST, FIRST, LARGEST = 50, 300, 1000
REJECT_PAGE = 1000
ACTIVE = (ImportStatus.QUEUED, ImportStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What somebody asks to be brought in."""

    kind: str
    file: KeptFile
    mapping: Mapping[str, str] | None = None
    settings: Mapping[str, Any] | None = None
    is_dry_run: bool = False


@requires(Permission.IMPORTS_RUN)
def start_import(request: ImportRequest, *, actor: Actor) -> ImportRun:
    """Begin to bring a file in; it runs in the background once this is committed."""
    with transaction():
        run = _register(request, actor)
        after_commit(lambda: submit_job(execute, run.id, actor))
        return run


def run_import_file(
    kind: str,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    *,
    settings: Mapping[str, Any] | None = None,
    actor: Actor = SYSTEM,
    progress: Callable[[ImportRun], None] | None = None,
) -> ImportRun:
    """Bring a file in and wait for it (the command line and tests). Raises Invalid; a later failure is in the run."""
    request = ImportRequest(
        kind=kind, file=keep_file(path), mapping=mapping, settings=settings, is_dry_run=dry_run
    )
    return run_import(request, actor=actor, progress=progress)


@requires(Permission.IMPORTS_RUN, once=False)
def run_import(
    request: ImportRequest, *, actor: Actor, progress: Callable[[ImportRun], None] | None = None
) -> ImportRun:
    """Bring a file in on this thread and return its record."""
    with transaction():
        run = _register(request, actor)
    return execute(run.id, actor, progress)


def resume_interrupted(*, wait: bool = False) -> int:
    """Go on with every import that a stop or crash of the server left unfinished; called at start. Returns how many."""
    with transaction():
        stuck = list(
            ImportRun.select()
            .where(ImportRun.status.in_([*ACTIVE, ImportStatus.INTERRUPTED]))
            .order_by(ImportRun.id)
        )
        left = [run.id for run in stuck]
        ImportRun.update(status=ImportStatus.INTERRUPTED).where(ImportRun.id.in_(left)).execute()
    for run in stuck:
        if wait:
            execute(run.id, _actor_of(run))
        else:
            submit_job(execute, run.id, _actor_of(run))
    return len(stuck)


@requires(Permission.IMPORTS_UNDO)
def start_undo(run_id: int, *, actor: Actor) -> ImportRun:
    """Begin to take back what an import created; what cannot go is explained in the record."""
    with transaction():
        run = _undoable(run_id)
        audit.record(actor, "import.undo", run)
        after_commit(lambda: submit_job(undo_now, run_id, actor))
        return run


@requires(Permission.IMPORTS_UNDO, once=False)
def undo_import(run_id: int, *, actor: Actor) -> ImportRun:
    """Take back what an import created, on this thread."""
    with transaction():
        audit.record(actor, "import.undo", _undoable(run_id))
    return undo_now(run_id, actor)


def undo_now(run_id: int, actor: Actor) -> ImportRun:
    """The work behind both undo verbs."""
    run = ImportRun.get_by_id(run_id)
    undo_all(run, importer_of(run.kind), actor)
    return ImportRun.get_by_id(run_id)


def rejects_csv(run: ImportRun, locale: str) -> Iterator[bytes]:
    """The rejected rows as a CSV: row number, reason, and the row as it was in the file."""
    shape_header = (run.counts or {}).get("header", [])
    words = ("行号", "原因") if locale == "zh" else ("Row", "Reason")
    return tabular.csv_lines([*words, *shape_header], _reject_pages(run, locale))


def _reject_pages(run: ImportRun, locale: str) -> Iterator[list[list[Any]]]:
    last = 0
    while True:
        query = ImportReject.select().where(ImportReject.run == run.id, ImportReject.id > last)
        page = list(query.order_by(ImportReject.id).limit(REJECT_PAGE))
        if not page:
            return
        yield [[row.row_number, row.reason_zh if locale == "zh" else row.reason_en, *row.raw] for row in page]
        last = page[-1].id


def _register(request: ImportRequest, actor: Actor) -> ImportRun:
    importer = importer_of(request.kind)
    check_permission(actor, importer.permission)
    run_id = insert_row(
        ImportRun,
        number=next_number("IM"),
        kind=importer.kind,
        file_name=request.file.name,
        file_path=str(request.file.path),
        file_sha256=request.file.sha256,
        mapping=dict(request.mapping or {}),
        settings=default_settings(importer, request.settings),
        is_dry_run=request.is_dry_run,
        status=ImportStatus.QUEUED,
        counts={"rights": _rights_of(actor)},
        started_by=actor.name,
        staff_id=actor.staff_id,
        started_at=now(),
    )
    run = ImportRun.get_by_id(run_id)
    audit.record(actor, "import.start", run, after={"file": request.file.name, "sha256": request.file.sha256})
    touch("import_run", run_id)
    return run


def _undoable(run_id: int) -> ImportRun:
    run = ImportRun.get_or_none(ImportRun.id == run_id)
    if run is None:
        raise NotFound()
    if run.status in (*ACTIVE, ImportStatus.INTERRUPTED) or run.is_dry_run:
        raise Conflict(
            Text("导入尚未结束或只是试运行,不能撤销", "It is still running or was a dry run; nothing to undo")
        )
    if run.status == ImportStatus.UNDONE:
        raise Conflict(Text("这次导入已撤销", "This import is undone already"))
    return run


def _rights_of(actor: Actor) -> dict[str, Any]:
    """What a run needs to go on as the same actor after a restart."""
    return {
        "key": actor.key,
        "permissions": sorted(actor.permissions),
        "warehouses": sorted(actor.warehouse_ids),
        "channels": sorted(actor.channel_ids),
    }


def _actor_of(run: ImportRun) -> Actor:
    rights = (run.counts or {}).get("rights")
    if not rights:
        return SYSTEM
    return Actor(
        key=rights["key"],
        name=run.started_by,
        permissions=frozenset(rights["permissions"]),
        staff_id=run.staff_id,
        via="import",
        warehouse_ids=frozenset(rights["warehouses"]),
        channel_ids=frozenset(rights["channels"]),
    )


# ── one run ──────────────────────────────────────────────────────────────────────────────────────────────────


_claims = threading.Lock()
stopping = threading.Event()
"""Set while the server stops: a running import ends after its chunk and goes on at the next start."""


class _Stopped(Exception):
    """The server is stopping."""


def execute(run_id: int, actor: Actor, progress: Callable[[ImportRun], None] | None = None) -> ImportRun:
    """Bring the file of a queued or interrupted run in; a refusal or bug ends it as failed, with the sentence."""
    with _claims, transaction():
        waiting = (ImportStatus.QUEUED, ImportStatus.INTERRUPTED)
        claimed = (
            ImportRun.update(status=ImportStatus.RUNNING)
            .where(ImportRun.id == run_id, ImportRun.status.in_(waiting))
            .execute()
        )
    if not claimed:
        return ImportRun.get_by_id(run_id)
    try:
        with long_write():
            _Runner(ImportRun.get_by_id(run_id), actor, progress).go()
    except _Stopped:
        with transaction():
            ImportRun.update(status=ImportStatus.INTERRUPTED).where(ImportRun.id == run_id).execute()
    except DomainError as refusal:
        _end(run_id, ImportStatus.FAILED, _both(refusal.said))
    except Exception as failure:
        log.exception("import failed", extra={"run": run_id})
        _end(run_id, ImportStatus.FAILED, f"{type(failure).__name__}: {failure}"[:1000])
    return ImportRun.get_by_id(run_id)


class _Runner:
    """Carries one run from its last committed chunk to its end."""

    def __init__(self, run: ImportRun, actor: Actor, progress: Callable[[ImportRun], None] | None) -> None:
        self.run, self.progress = run, progress
        self.actor = replace(actor, via="import", request_id="")
        self.state: dict[str, Any] = dict(run.counts or {})
        self.tally = Tally(self.state.get("detail"))
        self.done = run.rows_done
        self.base = [run.created_count, run.updated_count, run.unchanged_count, run.rejected_count]
        self.began, self.done_before, self.told = perf_counter(), run.rows_done, 0.0

    def go(self) -> None:
        run, importer = self.run, importer_of(self.run.kind)
        job = self._job(importer)
        work = importer.open(job)
        run.rows_total = work.total
        limit, cursor, skip = FIRST, 0, int(self.state.get("cursor", 0))
        batch: list[Unit] = []
        size = 0
        try:
            for unit in work.units():
                cursor += 1
                if cursor <= skip:
                    continue
                if stopping.is_set():
                    raise _Stopped
                batch.append(unit)
                size += unit.size
                if size >= limit:
                    limit = self._chunk(work, batch, cursor, limit)
                    batch, size = [], 0
            if batch:
                self._chunk(work, batch, cursor, limit)
            self._finish(work)
        finally:
            work.close()

    def _job(self, importer: Importer) -> ImportJob:
        settings = self.run.settings
        path = Path(self.run.file_path)
        shape = tabular.inspect(
            path, encoding=settings.get("encoding", ""), delimiter=settings.get("delimiter", "")
        )
        self.state["header"] = list(shape.header)
        mapping = self.run.mapping or propose_mapping(importer, shape)
        self.run.mapping = mapping
        return ImportJob(
            run_id=self.run.id,
            number=self.run.number,
            shape=shape,
            columns=columns_of(importer, shape, mapping),
            settings=settings,
            actor=self.actor,
            is_dry_run=self.run.is_dry_run,
            state=self.state,
            commit=self._commit,
            pause=lambda: sleep(0.001),
        )

    def _chunk(self, work: Work, batch: list[Unit], cursor: int, limit: int) -> int:
        """Write one chunk; returns how large the next one should be."""
        began = perf_counter()
        self.state["cursor"] = cursor
        self.done += sum(unit.rows for unit in batch)
        with transaction():
            if self.run.is_dry_run:
                for verdict in work.judge(batch):
                    self.tally.add(verdict)
            else:
                work.write(batch, self.tally)
            self._store()
            took = perf_counter() - began
        sleep(0.001)  # lets the loop and the readers have the interpreter
        wanted = int(limit * min(1.5, max(0.5, CHUNK_S * 0.8 / max(took, 1e-4))))
        return max(SMALLEST, min(LARGEST, wanted))

    def _commit(self, tally: Tally) -> None:
        """Store what a work found before its first chunk (rejected rows of the first pass)."""
        with transaction():
            ImportReject.delete().where(ImportReject.run == self.run.id).execute()
            self.tally = tally
            self.base = [0, 0, 0, 0]
            self.done = sum(tally.by_outcome.values())
            self._store()

    def _store(self) -> None:
        _insert_rejects(self.run.id, self.tally)
        seconds = perf_counter() - self.began
        rate = (self.done - self.done_before) / seconds if seconds > 0 else 0.0
        left = max(0, self.run.rows_total - self.done)
        self.state["detail"] = self.tally.detail
        self.state["rate"] = round(rate)
        self.state["seconds_left"] = round(left / rate) if rate else None
        outcomes = self.tally.by_outcome
        figures = [was + outcomes[outcome] for was, outcome in zip(self.base, Outcome, strict=True)]
        values = dict(
            zip(("created_count", "updated_count", "unchanged_count", "rejected_count"), figures, strict=True)
        )
        ImportRun.update(
            rows_done=self.done,
            rows_total=self.run.rows_total,
            counts=self.state,
            mapping=self.run.mapping,
            **values,
        ).where(ImportRun.id == self.run.id).execute()
        if perf_counter() - self.told > 0.5:
            self.told = perf_counter()
            touch("import_run", self.run.id)
            if self.progress:
                after_commit(lambda: self.progress(ImportRun.get_by_id(self.run.id)))  # type: ignore[misc]

    def _finish(self, work: Work) -> None:
        with transaction():
            if not self.run.is_dry_run:
                work.finish()
            self.run.rows_total = self.done
            self._store()
        status = ImportStatus.CHECKED if self.run.is_dry_run else ImportStatus.FINISHED
        _end(self.run.id, status, "")
        if self.progress:
            self.progress(ImportRun.get_by_id(self.run.id))


def _insert_rejects(run_id: int, tally: Tally) -> None:
    values = []
    for verdict in tally.rejects:
        said = verdict.said or Said(Text("未知原因", "Unknown reason"))
        values.append(
            {
                "run_id": run_id,
                "row_number": verdict.row,
                "reason_zh": said.render("zh")[:300],
                "reason_en": said.render("en")[:300],
                "raw": [cell[:500] for cell in verdict.cells or []],
            }
        )
    bulk_insert(ImportReject, values, ids=False)
    tally.rejects.clear()


def _end(run_id: int, status: ImportStatus, message: str) -> None:
    with transaction():
        ImportRun.update(status=status, message=message, finished_at=now()).where(
            ImportRun.id == run_id
        ).execute()
        touch("import_run", run_id)


def _both(said: Said) -> str:
    """Both languages in one text column, a line each."""
    return f"{said.render('zh')}\n{said.render('en')}"[:2000]


def has_references(run: ImportRun) -> bool:
    """Whether anything the run created is still there."""
    return ExternalRef.select().where(ExternalRef.run == run.id).exists()
