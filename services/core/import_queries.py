"""Reading imports: runs and their rejected rows."""

from pathlib import Path
from typing import Any

from models import ImportReject, ImportRun, ImportStatus
from services.core import import_words  # noqa: F401 - registers itself
from services.core.errors import NotFound
from services.core.importing import IMPORTERS, Importer, KeptFile, keep_file
from services.core.permissions import Actor, Permission, check_permission, requires

RUNNING = (ImportStatus.QUEUED, ImportStatus.RUNNING)


def runs(actor: Actor) -> Any:
    """The imports, for whoever may see them."""
    check_permission(actor, Permission.IMPORTS_VIEW)
    return ImportRun.select()


def run_by_number(number: str, actor: Actor) -> ImportRun:
    """One import. Raises NotFound."""
    found = runs(actor).where(ImportRun.number == number).first()
    if found is None:
        raise NotFound()
    return found


def first_rejects(run: ImportRun, actor: Actor, limit: int = 50) -> list[ImportReject]:
    """The first rejected rows of an import, in the order of the file."""
    check_permission(actor, Permission.IMPORTS_VIEW)
    query = ImportReject.select().where(ImportReject.run == run.id)
    return list(query.order_by(ImportReject.row_number, ImportReject.id).limit(limit))


def same_file(sha256: str) -> ImportRun | None:
    """The last finished import of the same bytes, to warn before it is brought in again."""
    query = ImportRun.select().where(
        ImportRun.file_sha256 == sha256, ImportRun.status == ImportStatus.FINISHED
    )
    return query.order_by(ImportRun.id.desc()).first()


def kinds() -> list[Importer]:
    """The kinds of import, in the order in which a new shop needs them."""
    return sorted(IMPORTERS.values(), key=lambda importer: (importer.order, importer.kind))


@requires(Permission.IMPORTS_RUN, once=False)
def keep_upload(path: Path, name: str, *, actor: Actor) -> KeptFile:  # noqa: ARG001 - the guard reads it
    """Keep a file that came through the browser; the temporary copy goes."""
    try:
        return keep_file(path, name)
    finally:
        path.unlink(missing_ok=True)
