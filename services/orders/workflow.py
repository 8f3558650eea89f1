"""The machines of orders, parcels, returns and refunds, and the actions beside them, with their guards."""

from dataclasses import dataclass

from models import FulfilmentState, OrderStatus, PaymentState, RefundStatus, ReturnStatus, ShipmentStatus
from services.core.machine import Guard, Machine, Move
from services.core.permissions import Actor, Permission, why_not_permitted
from services.core.text import Money, Said, Text

S, P = OrderStatus, Permission
SETTLED = {PaymentState.PAID, PaymentState.OVERPAID, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED}
ARRIVED = {FulfilmentState.DELIVERED, FulfilmentState.PARTIALLY_RETURNED, FulfilmentState.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What the guards look at."""

    status: OrderStatus
    payment_state: PaymentState
    fulfilment_state: FulfilmentState
    currency: str
    total_minor: int
    paid_minor: int
    refunded_minor: int
    requested_minor: int
    open_holds: int
    ordered: int
    waiting: int
    reserved: int
    shipped: int
    on_the_way: int
    delivered: int
    returned: int
    refunded_unreturned: int
    may_ship_unpaid: bool


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────


def no_open_hold(facts: OrderFacts) -> Said | None:
    """Nothing holds the order."""
    text = Text("有 {count} 个未解除的异常:先处理异常", "{count} open holds: release them first")
    return Said(text, count=facts.open_holds) if facts.open_holds else None


def stock_is_reserved(facts: OrderFacts) -> Said | None:
    """Everything still to be shipped lies in a planned parcel."""
    text = Text("还有 {count} 件没有占用库存:先补货", "{count} units have no stock reserved: restock first")
    missing = facts.waiting - facts.reserved
    return Said(text, count=missing) if missing > 0 else None


def nothing_shipped(facts: OrderFacts) -> Said | None:
    """No parcel has left."""
    text = Text(
        "已发货 {count} 件,不能取消:请登记退货并退款",
        "{count} units have left; it cannot be cancelled. Record a return and refund it",
    )
    return Said(text, count=facts.shipped) if facts.shipped else None


def no_money_kept(facts: OrderFacts) -> Said | None:
    """What was paid has gone back."""
    text = Text(
        "已收 {money} 未退:请选择「取消并退款」",
        "{money} paid and not given back: choose “cancel and refund”",
    )
    kept = facts.paid_minor - facts.refunded_minor
    return Said(text, money=Money(kept, facts.currency)) if kept > 0 else None


def no_refund_waits(facts: OrderFacts) -> Said | None:
    """No refund waits for its second person."""
    text = Text(
        "有 {money} 退款待复核:先复核或驳回", "A refund of {money} awaits approval: approve or reject it"
    )
    requested = facts.requested_minor
    return Said(text, money=Money(requested, facts.currency)) if requested else None


def is_settled(facts: OrderFacts) -> Said | None:
    """The order is paid."""
    text = Text("还差 {money} 未付:先登记收款", "{money} still to pay: record the payment first")
    due = Money(facts.total_minor - facts.paid_minor, facts.currency)
    return Said(text, money=due) if facts.payment_state not in SETTLED else None


def is_paid_or_trusted(facts: OrderFacts) -> Said | None:
    """The order is paid, or the shop ships unpaid orders."""
    return None if facts.may_ship_unpaid else is_settled(facts)


def is_delivered(facts: OrderFacts) -> Said | None:
    """Everything arrived."""
    text = Text("还没有全部签收:先登记签收", "Not everything has arrived: record the delivery first")
    return None if facts.fulfilment_state in ARRIVED else Said(text)


def something_waits(facts: OrderFacts) -> Said | None:
    """A planned parcel waits."""
    text = Text("没有待发的包裹", "No parcel waits to be shipped")
    return None if facts.reserved else Said(text)


def nothing_refunded_waits(facts: OrderFacts) -> Said | None:
    """No unit to be shipped has been refunded."""
    text = Text(
        "有 {count} 件已退款但未发货:先取消这些件", "{count} units were refunded and not shipped: cancel them"
    )
    return Said(text, count=facts.refunded_unreturned) if facts.refunded_unreturned else None


def something_is_on_the_way(facts: OrderFacts) -> Said | None:
    """A parcel is on its way."""
    return None if facts.on_the_way else Said(Text("没有在途的包裹", "No parcel is on its way"))


def something_can_come_back(facts: OrderFacts) -> Said | None:
    """A shipped unit has not come back."""
    text = Text("没有可退的件:还没发货,或已全部退回", "Nothing can come back: not shipped, or all returned")
    return None if facts.shipped > facts.returned else Said(text)


def something_is_refundable(facts: OrderFacts) -> Said | None:
    """Some of what was paid is left."""
    text = Text("没有可退的款:未收款,或已全部退", "Nothing to refund: not paid, or all given back")
    left = facts.paid_minor - facts.refunded_minor - facts.requested_minor
    return None if left > 0 else Said(text)


# ── machines ─────────────────────────────────────────────────────────────────────────────────────────────────

ORDER = Machine(
    "order",
    OrderStatus,
    initial=(S.DRAFT, S.PLACED),
    moves=(
        Move("place", S.DRAFT, S.PLACED, P.ORDERS_PLACE, (), Text("下单", "Place")),
        Move(
            "confirm",
            S.PLACED,
            S.CONFIRMED,
            P.ORDERS_CONFIRM,
            (no_open_hold, stock_is_reserved),
            Text("确认", "Confirm"),
        ),
        Move(
            "complete",
            S.CONFIRMED,
            S.COMPLETED,
            P.ORDERS_EDIT,
            (no_open_hold, is_settled, is_delivered, no_refund_waits),
            Text("完成", "Complete"),
        ),
        Move(
            "cancel",
            (S.DRAFT, S.PLACED, S.CONFIRMED),
            S.CANCELLED,
            P.ORDERS_CANCEL,
            (nothing_shipped, no_refund_waits, no_money_kept),
            Text("取消", "Cancel"),
        ),
    ),
)

SHIPMENT = Machine(
    "shipment",
    ShipmentStatus,
    initial=ShipmentStatus.PENDING,
    moves=(
        Move(
            "ship",
            ShipmentStatus.PENDING,
            ShipmentStatus.SHIPPED,
            P.ORDERS_SHIP,
            (),
            Text("发货", "Ship"),
        ),
        Move(
            "deliver",
            ShipmentStatus.SHIPPED,
            ShipmentStatus.DELIVERED,
            P.ORDERS_SHIP,
            (),
            Text("签收", "Deliver"),
        ),
        Move(
            "cancel",
            ShipmentStatus.PENDING,
            ShipmentStatus.CANCELLED,
            P.ORDERS_CANCEL,
            (),
            Text("取消", "Cancel"),
        ),
    ),
)

RETURN = Machine(
    "return",
    ReturnStatus,
    initial=ReturnStatus.RECEIVED,
    moves=(
        Move(
            "cancel",
            ReturnStatus.RECEIVED,
            ReturnStatus.CANCELLED,
            P.ORDERS_RETURN,
            (),
            Text("撤销", "Undo"),
        ),
    ),
)

REFUND = Machine(
    "refund",
    RefundStatus,
    initial=(RefundStatus.REQUESTED, RefundStatus.PAID),
    moves=(
        Move(
            "approve",
            RefundStatus.REQUESTED,
            RefundStatus.PAID,
            P.ORDERS_REFUND,
            (),
            Text("复核通过", "Approve"),
        ),
        Move(
            "reject",
            RefundStatus.REQUESTED,
            RefundStatus.CANCELLED,
            P.ORDERS_REFUND,
            (),
            Text("驳回", "Reject"),
        ),
    ),
)


# ── actions that do not change the status ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done to an order that leaves its status: who may, in which states, and what must hold."""

    text: Text
    permission: Permission
    statuses: tuple[OrderStatus, ...]
    guards: tuple[Guard, ...] = ()


LIVING = (S.PLACED, S.CONFIRMED)
SOLD = (S.CONFIRMED, S.COMPLETED)
ACTIONS: dict[str, Action] = {
    "pay": Action(
        text=Text("登记收款", "Record payment"),
        permission=P.ORDERS_PAY,
        statuses=(S.PLACED, S.CONFIRMED, S.COMPLETED, S.CANCELLED),
    ),
    "ship": Action(
        text=Text("发货", "Ship"),
        permission=P.ORDERS_SHIP,
        statuses=(S.CONFIRMED,),
        guards=(no_open_hold, is_paid_or_trusted, something_waits, nothing_refunded_waits),
    ),
    "deliver": Action(
        text=Text("签收", "Deliver"),
        permission=P.ORDERS_SHIP,
        statuses=SOLD,
        guards=(something_is_on_the_way,),
    ),
    "return": Action(
        text=Text("登记退货", "Record return"),
        permission=P.ORDERS_RETURN,
        statuses=SOLD,
        guards=(something_can_come_back,),
    ),
    "refund": Action(
        text=Text("退款", "Refund"),
        permission=P.ORDERS_REFUND,
        statuses=(S.PLACED, S.CONFIRMED, S.COMPLETED, S.CANCELLED),
        guards=(something_is_refundable,),
    ),
    "hold": Action(text=Text("挂起", "Hold"), permission=P.ORDERS_HOLD, statuses=LIVING),
    "edit": Action(text=Text("编辑", "Edit"), permission=P.ORDERS_EDIT, statuses=tuple(S)),
}
ACTION_STATE = Text(
    "订单{state},不能{action}", "The order is {state}; it cannot be changed by “{action}” now"
)


def why_not_act(name: str, facts: OrderFacts, actor: Actor | None = None) -> list[Said]:
    """Every reason why an action is refused now; [] when it is allowed."""
    action = ACTIONS[name]
    reasons = []
    if actor is not None and not actor.can(action.permission):
        reasons.append(why_not_permitted(action.permission))
    if facts.status not in action.statuses:
        reasons.append(Said(ACTION_STATE, state=facts.status, action=action.text))
        return reasons
    return reasons + [said for guard in action.guards if (said := guard(facts))]


def why_not(facts: OrderFacts, actor: Actor) -> dict[str, list[Said]]:
    """For every move and action of an order the reasons against it now."""
    moves = {move.name: ORDER.why_not(facts.status, move.name, facts, actor) for move in ORDER.moves}
    return {**moves, **{name: why_not_act(name, facts, actor) for name in ACTIONS}}
