"""One order with everything on it: what was sold, its parcels, its money, why each action is possible or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from models import HoldCause, Order, PaymentMethod, RefundStatus, Text
from services import orders
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    action_button,
    attachments,
    button,
    card,
    el,
    form_for,
    html,
    list_row,
    name_actions,
    note,
    page_title,
    print_button,
    timeline,
    two_columns,
)
from ui_pages.kit.action_words import name_keys, name_members
from ui_pages.pages import order_dialogs as dialogs
from ui_pages.pages import order_parts as parts
from ui_pages.pages.orders import TITLE
from ui_pages.registry import Page, subjects

CONFIRM, PAY, SHIP = Text("确认", "Confirm"), Text("收款", "Record payment"), Text("发货", "Ship")
DELIVER, COMPLETE, PLACE = Text("签收", "Delivered"), Text("完成", "Complete"), Text("下单", "Place")
HOLD, CANCEL = Text("挂起", "Hold"), Text("取消订单", "Cancel")
RETURN, REFUND, MORE = Text("登记退货", "Record a return"), Text("退款", "Refund"), Text("更多", "More")
RELEASE = Text("解除", "Release")
HELD = Text("{cause}:{detail}", "{cause}: {detail}")
CONFIRMED, PLACED = Text("已确认", "Confirmed"), Text("已下单", "Placed")
DELIVERED, COMPLETED, RELEASED = (
    Text("已签收", "Delivered"),
    Text("已完成", "Completed"),
    Text("已解除", "Released"),
)
GOODS, PARCELS, MONEY = Text("商品", "Goods"), Text("包裹", "Parcels"), Text("资金", "Money")
PAYMENTS, RETURNS = Text("收款与退款", "Payments and refunds"), Text("退货", "Returns")
BUYER, WHERE_TO, ABOUT = Text("客户", "Customer"), Text("收货", "Ship to"), Text("订单信息", "About")
PRICE, HISTORY, FILES = Text("价格依据", "Why this price"), Text("记录", "History"), Text("附件", "Files")
NOTE_SAVED = Text("备注已保存", "Note saved")
NEXT = ("place", "confirm", "pay", "ship", "deliver", "complete")

name_actions(
    {
        "order.place": Text("下单", "Placed"),
        "order.draft": Text("保存草稿", "Draft saved"),
        "order.confirm": Text("确认", "Confirmed"),
        "order.complete": Text("完成", "Completed"),
        "order.cancel": Text("取消", "Cancelled"),
        "order.note": Text("修改备注", "Note changed"),
        "order.pay": Text("收款", "Payment recorded"),
        "order.ship": Text("发货", "Shipped"),
        "order.deliver": Text("签收", "Delivered"),
        "order.return": Text("退货入库", "Goods returned"),
        "order.return_undone": Text("撤销退货", "Return undone"),
        "order.refund": Text("退款", "Refunded"),
        "order.refund_request": Text("申请退款", "Refund requested"),
        "order.refund_reject": Text("驳回退款", "Refund rejected"),
        "order.hold": Text("挂起", "Held"),
        "order.release_hold": Text("解除异常", "Hold released"),
        "order.reveal": Text("查看了收件人隐私", "Personal data revealed"),
        "shipment.ship": Text("包裹发出", "Parcel shipped"),
        "shipment.deliver": Text("包裹签收", "Parcel delivered"),
        "shipment.cancel": Text("包裹取消", "Parcel cancelled"),
        "refund.approve": Text("复核通过", "Refund approved"),
        "refund.reject": Text("复核驳回", "Refund rejected"),
        "return.cancel": Text("撤销退货", "Return undone"),
    }
)
name_keys(
    {
        "document": Text("单号", "Document"),
        "method": Text("方式", "Method"),
        "amount_minor": Text("金额", "Amount"),
        "lines": Text("明细", "Lines"),
        "parcels": Text("包裹", "Parcels"),
        "carrier": Text("承运商", "Carrier"),
        "tracking_number": Text("运单号", "Tracking number"),
        "refund_status": Text("退款状态", "Refund"),
        "cause": Text("异常原因", "Cause"),
        "detail": Text("说明", "Detail"),
    }
)
name_members({"method": PaymentMethod, "refund_status": RefundStatus, "cause": HoldCause})
subjects["order"] = P.ORDERS_VIEW


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page draws from: the order, its money, and the reasons against each action."""

    detail: orders.OrderDetail
    money: orders.MoneyPanel
    why_not: dict[str, list[Said]]

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.detail.order

    def next_step(self) -> str:
        """The action this order waits for; "" when there is none."""
        for name in NEXT:
            is_due = name != "pay" or self.money.due_minor > 0
            if not self.why_not[name] and is_due:
                return name
        return ""


def _load(number: str, actor: Actor) -> Shown:
    detail = orders.detail(number, actor)
    money = orders.money_panel(detail.order.id, actor=actor)
    return Shown(detail, money, orders.why_not(detail.order, actor=actor))


async def build(ctx: Ctx, number: str) -> None:
    """The order; it draws itself again whenever it changes anywhere."""
    shown = await read(_load, number, ctx.actor)
    top = ui.element("div").classes("col-3 w-full")
    with two_columns() as (main, side):
        pass
    host = ui.element("div")

    def draw(now: Shown) -> None:
        for box in (top, facts):
            box.clear()
        main.clear()
        with top:
            _head(ctx, now, host)
        with main:
            _main(ctx, now, host)
        with facts:
            _side(ctx, now)

    with side:
        facts = ui.element("div").classes("col-3 w-full")
        _note(ctx, shown.order)
        with card(ctx.t(FILES)):
            await attachments(ctx, shown.order, add=orders.attach_file, remove=orders.detach_file)
        with card(ctx.t(HISTORY)):
            await timeline(ctx, shown.order)
    draw(shown)

    async def changed(ids: set[int]) -> None:
        if shown.order.id in ids and not top.is_deleted:
            draw(await read(_load, number, ctx.actor))

    ctx.on_change("order", changed)


def _head(ctx: Ctx, shown: Shown, host: ui.element) -> None:
    order = shown.order
    chips = [order.status]
    if order.status not in {orders.ORDER.states.DRAFT}:
        chips += [order.payment_state, order.fulfilment_state]
    crumbs = [(TITLE, "/orders"), (order.number, "")]
    with page_title(ctx, order.number, crumbs=crumbs, chips=chips, sub=ctx.instant(order.placed_at)):
        _actions(ctx, shown, host)
    for hold in shown.detail.holds:
        if hold.released_at is None:
            _hold(ctx, hold)


def _hold(ctx: Ctx, hold: Any) -> None:
    async def release(actor: Actor) -> None:
        await write(orders.release_hold, hold.id, actor=actor)

    with ui.element("div").classes("hold-row"):
        note(ctx, Said(HELD, cause=hold.cause, detail=hold.detail or ctx.instant(hold.opened_at)), "bad")
        action_button(ctx, RELEASE, orders.release_hold, release, icon="lock-open", done=RELEASED)


# ── actions ──────────────────────────────────────────────────────────────────────────────────────────────────


def _actions(ctx: Ctx, shown: Shown, host: ui.element) -> None:
    """The step that is next stands out; the rest is under “more”, greyed with its reasons."""
    order, step = shown.order, shown.next_step()
    print_button(ctx)
    _more(ctx, shown, [name for name in _names(shown) if name != step], host)
    if step != "pay" and not shown.why_not["pay"] and shown.money.due_minor > 0:
        _action(ctx, shown, "pay", host, "secondary")
    if step:
        _action(ctx, shown, step, host, "primary")
    elif order.status == orders.ORDER.states.PLACED:
        _action(ctx, shown, "confirm", host, "primary")


def _more(ctx: Ctx, shown: Shown, names: Sequence[str], host: ui.element) -> None:
    """The menu of the other actions; it is filled when it opens, which keeps the page light."""

    def fill() -> None:
        if not box.default_slot.children:
            with box:
                for name in names:
                    _action(ctx, shown, name, host, "text")

    with button(ctx, MORE, fill, icon="ellipsis"), ui.menu().props("auto-close"):
        box = ui.element("div").classes("act-menu")


def _names(shown: Shown) -> Sequence[str]:
    steps = NEXT if shown.order.status == orders.ORDER.states.DRAFT else NEXT[1:]
    return (*steps, "return", "refund", "hold", "cancel")


def _action(ctx: Ctx, shown: Shown, name: str, host: ui.element, kind: Any) -> None:
    order = shown.order

    def opens(dialog: Any) -> Any:
        async def run(_actor: Actor) -> None:
            with host:
                await dialog(ctx, shown)

        return run

    def calls(verb: Any) -> Any:
        async def run(actor: Actor) -> None:
            await write(verb, order.id, actor=actor)

        return run

    table: dict[str, tuple[Text, Any, Any, str, Text | None]] = {
        "place": (PLACE, orders.place_draft, calls(orders.place_draft), "check", PLACED),
        "confirm": (CONFIRM, orders.confirm_order, calls(orders.confirm_order), "check", CONFIRMED),
        "pay": (PAY, orders.record_payment, opens(dialogs.pay), "wallet", None),
        "ship": (SHIP, orders.ship_order, opens(dialogs.ship), "truck", None),
        "deliver": (DELIVER, orders.deliver_order, calls(orders.deliver_order), "package-check", DELIVERED),
        "complete": (COMPLETE, orders.complete_order, calls(orders.complete_order), "check-check", COMPLETED),
        "return": (RETURN, orders.record_return, opens(dialogs.take_back), "undo-2", None),
        "refund": (REFUND, orders.record_refund, opens(dialogs.refund), "banknote", None),
        "hold": (HOLD, orders.hold_order, opens(dialogs.hold), "pause", None),
        "cancel": (CANCEL, orders.cancel_order, opens(dialogs.cancel), "ban", None),
    }
    label, verb, run, icon, done = table[name]
    why_not = shown.why_not[name]
    if name == "cancel" and dialogs.needs_refund(shown):
        why_not = []
    mine = [said for said in why_not if not refused_by_right(said)]
    action_button(ctx, label, verb, run, kind=kind, icon=icon, why_not=mine, done=done)


def refused_by_right(said: Said) -> bool:
    """Whether a reason is the missing right, which the button says by itself."""
    return "right" in said.values


# ── the two columns ──────────────────────────────────────────────────────────────────────────────────────────


def _main(ctx: Ctx, shown: Shown, host: ui.element) -> None:
    detail = shown.detail
    with card(ctx.t(GOODS), pad=False):
        parts.goods(ctx, detail)
    if detail.shipments:
        with card(ctx.t(PARCELS)):
            for shipment in detail.shipments:
                _parcel(ctx, shown, shipment, host)
    with card(ctx.t(MONEY), pad=False):
        parts.money(ctx, shown.money)
    if detail.payments or detail.refunds:
        with card(ctx.t(PAYMENTS)):
            for payment in detail.payments:
                parts.payment(ctx, detail.order, payment)
            for refund in detail.refunds:
                _refund(ctx, shown, refund)
    if detail.returns:
        with card(ctx.t(RETURNS)):
            for back in detail.returns:
                _return(ctx, shown, back)


def _parcel(ctx: Ctx, shown: Shown, shipment: Any, host: ui.element) -> None:
    several = len(shown.detail.shipments) > 1

    async def ship(_actor: Actor) -> None:
        with host:
            await dialogs.ship(ctx, shown, shipment)

    async def deliver(actor: Actor) -> None:
        await write(orders.deliver_order, shown.order.id, shipment.id, actor=actor)

    with list_row():
        parts.parcel(ctx, shown.detail, shipment)
        if several and shipment.status == orders.SHIPMENT.states.PENDING:
            action_button(
                ctx, SHIP, orders.ship_order, ship, icon="truck", why_not=_state_reasons(shown, "ship")
            )
        if several and shipment.status == orders.SHIPMENT.states.SHIPPED:
            action_button(ctx, DELIVER, orders.deliver_order, deliver, icon="package-check", done=DELIVERED)


def _refund(ctx: Ctx, shown: Shown, refund: Any) -> None:
    async def approve(actor: Actor) -> None:
        await write(orders.approve_refund, refund.id, actor=actor)

    async def reject(actor: Actor, reason: str) -> None:
        await write(orders.reject_refund, refund.id, reason, actor=actor)

    with list_row():
        parts.refund(ctx, shown.order, refund)
        if refund.status == orders.REFUND.states.REQUESTED:
            own = [Said(dialogs.SECOND)] if refund.requester_key == ctx.actor.key else []
            action_button(ctx, dialogs.REJECT, orders.reject_refund, reject, kind="text", ask_reason=True)
            sure = Said(
                dialogs.APPROVE_SURE,
                number=refund.number,
                money=ctx.amount(refund.amount_minor, shown.order.currency),
            )
            action_button(ctx, dialogs.APPROVE, orders.approve_refund, approve, why_not=own, confirm=sure)


def _return(ctx: Ctx, shown: Shown, back: Any) -> None:
    async def undo(actor: Actor, reason: str) -> None:
        await write(orders.cancel_return, back.id, reason, actor=actor)

    with list_row():
        parts.back(ctx, shown.detail, back)
        if back.status == orders.RETURN.states.RECEIVED:
            action_button(ctx, dialogs.UNDO_RETURN, orders.cancel_return, undo, kind="text", ask_reason=True)


def _state_reasons(shown: Shown, name: str) -> list[Said]:
    return [said for said in shown.why_not[name] if not refused_by_right(said)]


def _side(ctx: Ctx, shown: Shown) -> None:
    detail = shown.detail
    with card(ctx.t(WHERE_TO)):
        parts.ship_to(ctx, detail)
    with card(ctx.t(ABOUT)):
        parts.about(ctx, detail)
    sentences = orders.trace_sentences(detail.order.price_trace, detail.order.currency)
    if sentences:
        with card(ctx.t(PRICE)):
            html(el("ol", *(el("li", ctx.t(said)) for said in sentences), class_="trace"))


def _note(ctx: Ctx, order: Order) -> None:
    async def save(order_id: int, version: int, changes: dict[str, Any], *, actor: Actor) -> Order:
        return await write(orders.edit_note, order_id, version, changes.get("note") or "", actor=actor)

    with card():
        form_for(
            ctx,
            order,
            [Order.note],
            lambda edited, actor: save(order.id, edited.version, edited.changes(), actor=actor),
            verb=orders.edit_note,
            done=NOTE_SAVED,
        ).root.classes(add="one bare")


PAGE = Page(
    path="/orders/{number}",
    title=TITLE,
    permission=P.ORDERS_VIEW,
    group="sales",
    nav=False,
    build=build,
)
