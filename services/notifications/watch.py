"""The nightly look at the invariants: owners hear when something does not hold."""

from models import Text
from services.core.invariants import check_all
from services.core.jobs import Progress
from services.core.text import Said
from services.notifications.inbox import holders_of, notify


def check_nightly(progress: Progress) -> None:
    """Check everything that must always hold and tell the owners about each rule that is broken."""
    verdicts = check_all()
    broken = [verdict for verdict in verdicts if not verdict.holds]
    for verdict in broken:
        said = Said(Text("数据检查未通过:{rule}", "A data check fails: {rule}"), rule=verdict.invariant.text)
        notify(holders_of(("owner",)), said, link="/jobs", key=f"check:{verdict.invariant.key}")
    keys = ", ".join(verdict.invariant.key for verdict in broken)
    progress.tell(len(verdicts), len(verdicts), keys and f"✗ {keys}")
