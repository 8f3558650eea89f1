"""Who listens to what, and what runs by itself: three tables, no functions."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from models import Text
from services import analytics, crm, identity, inventory, notifications, orders
from services.core import anchors, upkeep
from services.core.background import Round
from services.core.events import Event
from services.core.jobs import Job

SUBSCRIPTIONS: tuple[tuple[type[Event], Callable[[Any], None]], ...] = (
    (identity.ShopOpened, inventory.open_first_warehouse),
    (identity.ShopOpened, orders.open_first_channel),
    (inventory.StockOversold, orders.hold_oversold_orders),
    (orders.OrderPlaced, crm.record_purchase),
    (orders.OrderCancelled, crm.record_cancellation),
    (orders.OrderRefunded, crm.record_spending),
)

JOBS: list[Job] = [
    Job(
        key="anchor",
        text=Text("固定审计链位置", "Anchor the audit log"),
        run=anchors.drop_anchor,
        every=timedelta(hours=1),
        is_quiet=True,
    ),
    Job(
        key="check",
        text=Text("夜间数据检查", "Nightly data check"),
        run=notifications.check_nightly,
        at=time(3, 0),
    ),
    Job(
        key="purge",
        text=Text("清理过期记录", "Forget what is out of date"),
        run=upkeep.purge_old,
        at=time(3, 30),
    ),
    Job(key="tidy", text=Text("整理数据库", "Tidy the database"), run=upkeep.tidy_database, at=time(4, 0)),
]

LOOPS: tuple[Round, ...] = (analytics.follow_changes,)
