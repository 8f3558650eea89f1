"""One run of an import, from its last committed chunk to its end.

Each chunk is one transaction that writes the rows, their references, the rejected rows and the position in the file
(`state.cursor`), so a killed run goes on exactly after its last chunk. Chunks grow and shrink towards CHUNK_S.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep, thread_time
from typing import Any

from models import ImportReject, ImportRun, ImportStatus, Text
from services.core import tabular
from services.core.clock import now
from services.core.db import after_commit, bulk_insert, long_write, transaction
from services.core.errors import DomainError
from services.core.events import touch
from services.core.importing import (
    Importer,
    ImportJob,
    Outcome,
    Tally,
    Unit,
    Work,
    columns_of,
    importer_of,
    propose_mapping,
)
from services.core.permissions import Actor
from services.core.text import Said

log = logging.getLogger("zhanggui.imports")
CHUNK_S = 0.05
SMALLEST, FIRST, LARGEST = 50, 300, 1000
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
        began = (
            thread_time()
        )  # the work itself: a busy machine must not shrink the chunks and multiply the commits
        self.state["cursor"] = cursor
        self.done += sum(unit.rows for unit in batch)
        with transaction():
            if self.run.is_dry_run:
                for verdict in work.judge(batch):
                    self.tally.add(verdict)
            else:
                work.write(batch, self.tally)
            self._store()
            took = thread_time() - began
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
