"""Imports as commands: start one in the background or wait for it, resume after a crash, undo, fetch rejected rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import ImportReject, ImportRun, ImportStatus, Text
from services.core import audit, tabular
from services.core.clock import now
from services.core.db import after_commit, insert_row, submit_job, transaction
from services.core.errors import Conflict, NotFound
from services.core.events import touch
from services.core.import_running import execute
from services.core.import_undo import undo_all
from services.core.importing import (
    KeptFile,
    default_settings,
    importer_of,
    keep_file,
)
from services.core.numbers import next_number
from services.core.permissions import SYSTEM, Actor, Permission, check_permission, requires

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
