"""Where the audit chain stood, outside the database: a chain whose newest rows were cut off is otherwise intact.

One line an hour and at each stop: row id, MAC, instant. Restoring an older backup begins a new file.
"""

from pathlib import Path

from models import Audit
from services.core.audit import ChainBreak
from services.core.clock import now
from services.core.files import root
from services.core.jobs import Progress

FILE = "audit.anchors"


def path() -> Path:
    """The file of anchors, beside the uploads."""
    return root().parent / FILE


def drop_anchor(progress: Progress | None = None) -> None:
    """Append where the chain stands now, when it moved since the last anchor."""
    last = Audit.select(Audit.id, Audit.mac).order_by(Audit.id.desc()).first()
    if last is None or _last_anchor() == (last.id, last.mac):
        return
    with path().open("a") as file:
        file.write(f"{last.id} {last.mac} {now().isoformat()}\n")
    if progress:
        progress.tell(1, 1)


def anchor_break() -> ChainBreak | None:
    """How the newest anchor does not fit the log, or None."""
    anchored = _last_anchor()
    if anchored is None:
        return None
    row = Audit.get_or_none(Audit.id == anchored[0])
    if row is None:
        return ChainBreak(anchored[0], "this row was written once and is gone: the newest rows were cut off")
    return None if row.mac == anchored[1] else ChainBreak(row.id, "this row is not the one that was written")


def _last_anchor() -> tuple[int, str] | None:
    if not path().exists():
        return None
    lines = path().read_text().split("\n")
    whole = [line.split() for line in lines if len(line.split()) == 3]
    return (int(whole[-1][0]), whole[-1][1]) if whole else None
