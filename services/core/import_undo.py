"""Taking an import back: what it created goes, newest first; what something else depends on stays and is explained."""

from collections.abc import Sequence

from peewee import IntegrityError

from models import ExternalRef, ImportRun, ImportStatus, Row, Text
from services.core import audit
from services.core.db import savepoint, transaction
from services.core.events import touch
from services.core.importing import REMOVERS, Importer, ImportJob
from services.core.permissions import Actor
from services.core.tabular import Shape
from services.core.text import Said

STEP = 100
EXPLAINED = 50


def undo_all(run: ImportRun, importer: Importer, actor: Actor) -> None:
    """Remove everything the run's references name, a hundred at a time; safe to call again after a crash."""
    job = ImportJob(
        run_id=run.id,
        number=run.number,
        shape=Shape(path=run.file_path, encoding="", delimiter="", header=(), has_header=True, row_count=0),
        columns={},
        settings=run.settings,
        actor=actor,
    )
    kept: list[tuple[str, Said]] = []
    removed = 0
    for kind in importer.undo_order:
        last: int | None = None
        while True:
            refs = _page(run.id, kind, last)
            if not refs:
                break
            last = refs[-1].id
            with transaction():
                stayed = REMOVERS[kind](refs, job)
                gone = [ref.id for ref in refs if ref.id not in stayed]
                ExternalRef.delete().where(ExternalRef.id.in_(gone)).execute()
                removed += len(gone)
                _store(run.id, removed)
            kept += [(ref.external_id, stayed[ref.id]) for ref in refs if ref.id in stayed]
    _end(run, kept, removed, job)


def _page(run_id: int, kind: str, before: int | None) -> list[ExternalRef]:
    query = ExternalRef.select().where(ExternalRef.run == run_id, ExternalRef.kind == kind)
    if before is not None:
        query = query.where(ExternalRef.id < before)
    return list(query.order_by(ExternalRef.id.desc()).limit(STEP))


def _store(run_id: int, removed: int) -> None:
    counts = {**(ImportRun.get_by_id(run_id).counts or {}), "undone": removed}
    ImportRun.update(counts=counts).where(ImportRun.id == run_id).execute()
    touch("import_run", run_id)


def _end(run: ImportRun, kept: list[tuple[str, Said]], removed: int, job: ImportJob) -> None:
    with transaction():
        counts = {**(ImportRun.get_by_id(run.id).counts or {}), "undone": removed}
        counts["kept"] = [
            {"id": name, "zh": said.render("zh"), "en": said.render("en")} for name, said in kept[:EXPLAINED]
        ]
        counts["kept_count"], counts["archived"] = len(kept), job.state.get("archived", 0)
        left = Said(Text("还有 {n} 项未能撤销", "{n} things could not be taken back"), n=len(kept))
        message = f"{left.render('zh')}\n{left.render('en')}" if kept else ""
        status = ImportStatus.FINISHED if kept else ImportStatus.UNDONE
        ImportRun.update(counts=counts, message=message, status=status).where(
            ImportRun.id == run.id
        ).execute()
        audit.record(job.actor, "import.undone", run, after={"removed": removed, "kept": len(kept)})
        touch("import_run", run.id)


def delete_rows(model: type[Row], refs: Sequence[ExternalRef], why: Said | None = None) -> dict[int, Said]:
    """Delete the rows that references name unless something refers to them; the database decides."""
    key = model._meta.fields["id"]  # type: ignore[attr-defined]
    reason = why or Said(Text("被其他记录引用", "Something else refers to it"))
    try:
        with savepoint():
            model.delete().where(key.in_([ref.row_id for ref in refs])).execute()
        return {}
    except IntegrityError:
        pass
    stayed = {}
    for ref in refs:
        try:
            with savepoint():
                model.delete().where(key == ref.row_id).execute()
        except IntegrityError:
            stayed[ref.id] = reason
    return stayed
