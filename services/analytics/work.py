"""What waits for a person: live counts by right, each with the list that shows exactly what was counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models import EventStatus, ImportRun, ImportStatus, OutboxEvent, Text
from services import inventory, orders
from services.core.listing import Listing, ListQuery, apply_query, count_capped
from services.core.permissions import Actor, P
from services.core.text import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A kind of work: who does it, what waits, where it is listed, and how it presses."""

    key: str
    text: Text
    permission: P
    count: Callable[[Actor], tuple[int, bool]]
    href: str
    icon: str
    tone: Tone = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much of one kind waits; not exact means “at least”."""

    work: Work
    count: int
    is_exact: bool


def _listed(listing: Listing, view: str) -> Callable[[Actor], tuple[int, bool]]:
    return lambda actor: count_capped(apply_query(listing, ListQuery(view=view), actor))


def _counted(select: Callable[[], Any]) -> Callable[[Actor], tuple[int, bool]]:
    return lambda _actor: count_capped(select())


WORK: tuple[Work, ...] = (
    Work(
        key="to_confirm",
        text=Text("待确认订单", "Orders to confirm"),
        permission=P.ORDERS_CONFIRM,
        count=_listed(orders.ORDERS, "to_confirm"),
        href="/orders?view=to_confirm",
        icon="inbox",
    ),
    Work(
        key="held",
        text=Text("异常订单", "Orders on hold"),
        permission=P.ORDERS_HOLD,
        count=_listed(orders.ORDERS, "held"),
        href="/orders?view=held",
        icon="triangle-alert",
        tone="bad",
    ),
    Work(
        key="to_pay",
        text=Text("待付款订单", "Orders to be paid"),
        permission=P.ORDERS_PAY,
        count=_listed(orders.ORDERS, "to_pay"),
        href="/orders?view=to_pay",
        icon="wallet",
        tone="warn",
    ),
    Work(
        key="to_ship",
        text=Text("待发货订单", "Orders to ship"),
        permission=P.ORDERS_SHIP,
        count=_listed(orders.ORDERS, "to_ship"),
        href="/orders?view=to_ship",
        icon="truck",
    ),
    Work(
        key="refunds",
        text=Text("待复核退款", "Refunds to approve"),
        permission=P.ORDERS_REFUND,
        count=_listed(orders.ORDERS, "to_approve"),
        href="/orders?view=to_approve",
        icon="rotate-ccw",
        tone="warn",
    ),
    Work(
        key="out",
        text=Text("缺货", "Out of stock"),
        permission=P.STOCK_VIEW,
        count=_listed(inventory.LEVELS, "out"),
        href="/inventory?view=out",
        icon="package-x",
        tone="bad",
    ),
    Work(
        key="low",
        text=Text("低库存", "Low stock"),
        permission=P.STOCK_VIEW,
        count=_listed(inventory.LEVELS, "low"),
        href="/inventory?view=low",
        icon="package",
        tone="warn",
    ),
    Work(
        key="oversold",
        text=Text("超卖", "Oversold"),
        permission=P.STOCK_ADJUST,
        count=_listed(inventory.LEVELS, "oversold"),
        href="/inventory?view=oversold",
        icon="circle-alert",
        tone="bad",
    ),
    Work(
        key="imports",
        text=Text("中断的导入", "Interrupted imports"),
        permission=P.IMPORTS_RUN,
        count=_counted(lambda: ImportRun.select().where(ImportRun.status == ImportStatus.INTERRUPTED)),
        href="/imports",
        icon="file-down",
        tone="warn",
    ),
    Work(
        key="events",
        text=Text("停放的事件", "Parked events"),
        permission=P.JOBS_MANAGE,
        count=_counted(lambda: OutboxEvent.select().where(OutboxEvent.status == EventStatus.PARKED)),
        href="/jobs",
        icon="circle-alert",
        tone="bad",
    ),
)
# These stand on the list even when nothing waits, so that their place never moves.
ALWAYS = frozenset({"to_confirm", "to_pay", "to_ship", "out", "low"})


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for this person, in a fixed order; rare kinds only when something of them waits."""
    found = []
    for work in WORK:
        if actor.can(work.permission):
            count, is_exact = work.count(actor)
            if count or work.key in ALWAYS:
                found.append(Waiting(work=work, count=count, is_exact=is_exact))
    return found
