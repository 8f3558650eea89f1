"""The drawers of the order page: payment, parcel, hold, cancellation, return, refund."""

from collections.abc import Callable
from typing import Any, Protocol

from nicegui import ui

from models import (
    HoldCause,
    Order,
    OrderHold,
    OrderLine,
    Payment,
    PaymentMethod,
    Refund,
    Return,
    ReturnDisposition,
    Shipment,
    Text,
)
from services import inventory, orders
from services.core.db import read, write
from services.core.money import to_minor
from services.core.permissions import Actor
from services.core.text import Said, label_of
from ui_pages.kit import Ctx, Draft, action_button, dialog_foot, draft, drawer, el, field, html, note, toast
from ui_pages.kit.form import Form, FormOptions

PAY, PAID = Text("登记收款", "Record a payment"), Text("已登记收款", "Payment recorded")
SHIP, SHIPPED = Text("发货", "Ship"), Text("已发货", "Shipped")
HOLD, HELD = Text("挂起订单", "Hold the order"), Text("已挂起", "Held")
CANCEL, CANCELLED = (
    Text("取消订单", "Cancel the order"),
    Text("已取消,库存已释放", "Cancelled; its stock is free again"),
)
CANCEL_REFUND = Text("取消并退款", "Cancel and refund")
GIVES_BACK = Text(
    "已收 {money}:取消的同时全部退回,库存回到原仓库",
    "{money} was paid: it goes back, and the stock to where it was",
)
FREES = Text("占用的库存会回到原仓库", "The reserved stock becomes available again where it was")
RETURN, RETURNED = Text("登记退货", "Record a return"), Text("已登记退货", "Return recorded")
REFUND, REFUNDED = Text("退款", "Refund"), Text("已退款", "Refunded")
REQUESTED = Text("退款超过额度,已提交另一人复核", "Above the limit: another person has to approve it")
METHOD, REASON, PLACE = Text("方式", "Method"), Text("原因", "Reason"), Text("退回仓库", "Into warehouse")
SAME_PLACE = Text("原发货仓库", "Where they came from")
BACK_QTY, WHAT_BECOMES = Text("退回数量", "Came back"), Text("处置", "Disposition")
MOST = Text("最多 {n}", "at most {n}")
UNITS, AMOUNT = Text("件数", "Units"), Text("金额", "Amount")
UNITS_HELP = Text("可按件退 {n} · 还可退 {money}", "{n} units · {money} left")
BY_UNITS = Text("按件计算", "by units")
SHIPPING, OTHER = Text("运费", "Shipping"), Text("其他与多付", "Fees, overpayment")
WILL = Text("将退 {money}", "{money} goes back")
WILL_ASK = Text(
    "将申请退 {money}:超过额度,由另一人复核后退出",
    "{money} will be requested: above the limit, another person approves",
)
SECOND = Text("您是申请人,须由另一人复核", "You asked for it; another person approves")
APPROVE, REJECT = Text("复核通过", "Approve"), Text("驳回", "Reject")
APPROVE_SURE = Text("退款 {number}:退出 {money}?", "Refund {number}: pay back {money}?")
UNDO_RETURN = Text("撤销", "Undo")


class Shown(Protocol):
    """What the order page hands over."""

    detail: Any
    money: Any
    why_not: dict[str, list[Said]]

    @property
    def order(self) -> Order:
        """The order."""
        ...


def needs_refund(shown: Shown) -> bool:
    """Whether money was kept that goes back when the order is cancelled."""
    kept = shown.money.paid_minor - shown.money.refunded_minor
    others = [
        said for said in shown.why_not["cancel"] if "money" not in said.values or shown.money.requested_minor
    ]
    return kept > 0 and not others


def _form(
    ctx: Ctx, edited: Draft, save: Any, verb: Any, label: Text, done: Any, close: Callable[[], None]
) -> Form:
    options = FormOptions(label=label, done=done, verb=verb, guard=False, on_saved=lambda _: close())
    form = Form(ctx, edited, save, options)
    form.root.classes(add="one")
    return form


async def pay(ctx: Ctx, shown: Shown) -> None:
    """Money that came in; the amount is what is still due."""
    order = shown.order

    async def save(edited: Draft, actor: Actor) -> Payment:
        given = edited.values()
        paid = orders.PaymentInput(
            order_id=order.id,
            method=given["method"],
            amount_minor=given["amount_minor"] or 0,
            reference=given["reference"] or "",
            received_at=given["received_at"],
        )
        return await write(orders.record_payment, paid, actor=actor)

    with drawer(ctx, PAY) as dialog:
        columns = (Payment.method, Payment.amount_minor, Payment.reference, Payment.received_at)
        edited = draft(None, columns)
        edited.method, edited.amount_minor, edited.received_at = (
            PaymentMethod.ALIPAY,
            shown.money.due_minor or None,
            None,
        )
        form = _form(ctx, edited, save, orders.record_payment, PAY, PAID, dialog.close)
        form.add(Payment.method)
        form.add(Payment.amount_minor, currency=order.currency)
        form.add(Payment.reference, span=True)
        form.add(Payment.received_at, required=False, span=True)


async def ship(ctx: Ctx, shown: Shown, parcel: Shipment | None = None) -> None:
    """Carrier and tracking number for the waiting parcels, or for one."""
    order = shown.order

    async def save(edited: Draft, actor: Actor) -> Order:
        given = edited.values()
        sent = orders.ShipInput(
            order_id=order.id,
            carrier=given["carrier"] or "",
            tracking_number=given["tracking_number"] or "",
            weight_g=given["weight_g"] or 0,
            shipment_id=parcel.id if parcel else None,
        )
        return await write(orders.ship_order, sent, actor=actor)

    with drawer(ctx, SHIP) as dialog:
        edited = draft(None, (Shipment.carrier, Shipment.tracking_number, Shipment.weight_g))
        edited.carrier = orders.CARRIERS[0]
        form = _form(ctx, edited, save, orders.ship_order, SHIP, SHIPPED, dialog.close)
        form.add(Shipment.carrier, required=True, span=True).element.set_autocomplete(list(orders.CARRIERS))
        form.add(Shipment.tracking_number, required=True, span=True).element.props("autofocus")
        form.add(Shipment.weight_g, required=False)


async def hold(ctx: Ctx, shown: Shown) -> None:
    """Why the order must not move on."""

    async def save(edited: Draft, actor: Actor) -> OrderHold:
        given = edited.values()
        held = orders.HoldInput(order_id=shown.order.id, cause=given["cause"], detail=given["detail"] or "")
        return await write(orders.hold_order, held, actor=actor)

    with drawer(ctx, HOLD) as dialog:
        edited = draft(None, (OrderHold.cause, OrderHold.detail))
        edited.cause = HoldCause.MANUAL
        form = _form(ctx, edited, save, orders.hold_order, HOLD, HELD, dialog.close)
        form.add(OrderHold.cause, span=True)
        form.add(OrderHold.detail, span=True)


async def cancel(ctx: Ctx, shown: Shown) -> None:
    """Why the order is called off, and how the money goes back when some was paid."""
    order, gives_back = shown.order, needs_refund(shown)

    async def save(edited: Draft, actor: Actor) -> Order:
        given = edited.values()
        called_off = orders.CancelOrder(
            order_id=order.id,
            reason=given["reason"] or "",
            refund_method=given["method"] if gives_back else None,
        )
        return await write(orders.cancel_order, called_off, actor=actor)

    with drawer(ctx, CANCEL) as dialog:
        kept = ctx.amount(shown.money.paid_minor - shown.money.refunded_minor, order.currency)
        note(ctx, Said(GIVES_BACK, money=kept) if gives_back else FREES, "warn" if gives_back else "info")
        edited = draft(None, (Refund.reason, Refund.method))
        edited.method = PaymentMethod.ALIPAY
        label = CANCEL_REFUND if gives_back else CANCEL
        form = _form(ctx, edited, save, orders.cancel_order, label, CANCELLED, dialog.close)
        form.add(Refund.reason, required=True, span=True)
        if gives_back:
            form.add(Refund.method, span=True)


# ── returns ──────────────────────────────────────────────────────────────────────────────────────────────────


async def take_back(ctx: Ctx, shown: Shown) -> None:
    """What came back, counted line by line, and what becomes of it."""
    lines = [line for line in shown.detail.lines if line.shipped_qty > line.returned_qty]
    places = await read(lambda: {place.id: place.name for place in inventory.all_warehouses(ctx.actor)})
    dispositions = {what: ctx.t(label_of(what).text) for what in ReturnDisposition}
    with drawer(ctx, RETURN, wide=True) as dialog:
        inputs: dict[int, tuple[Any, Any]] = {}
        for line in lines:
            with ui.element("div").classes("pick-row"):
                _name(ctx, line, Said(MOST, n=line.shipped_qty - line.returned_qty))
                inputs[line.id] = (
                    _whole(ctx, BACK_QTY),
                    ui.select(dispositions, value=ReturnDisposition.RESTOCK).props(
                        f'aria-label="{ctx.t(WHAT_BECOMES)}"'
                    ),
                )
        about = draft(None, (Return.reason,))
        with ui.element("div").classes("form-grid"):
            with ui.element("div").classes("fd"):
                html(ctx.t(PLACE)).classes("lb")
                where = ui.select({0: ctx.t(SAME_PLACE), **places}, value=0).props(
                    f'aria-label="{ctx.t(PLACE)}"'
                )
            field(ctx, about, Return.reason)

        async def run(actor: Actor) -> None:
            counted = tuple(
                orders.ReturnLineInput(
                    line_id=line_id, quantity=int(count.value or 0), disposition=what.value
                )
                for line_id, (count, what) in inputs.items()
                if int(count.value or 0)
            )
            back = orders.ReturnInput(
                order_id=shown.order.id,
                lines=counted,
                reason=about.reason or "",
                warehouse_id=where.value or None,
            )
            await write(orders.record_return, back, actor=actor)
            dialog.close()

        with dialog_foot():
            action_button(ctx, RETURN, orders.record_return, run, kind="primary", done=RETURNED)


# ── refunds ──────────────────────────────────────────────────────────────────────────────────────────────────


async def refund(ctx: Ctx, shown: Shown) -> None:
    """How much goes back, by units or by amounts; the sum is checked while one types."""
    with drawer(ctx, REFUND, wide=True) as dialog:
        _RefundForm(ctx, shown, dialog.close)


class _RefundForm:
    """Inputs per line, shipping and the rest, with the sum below."""

    def __init__(self, ctx: Ctx, shown: Shown, close: Callable[[], None]) -> None:
        self.ctx, self.order, self.currency, self.close = ctx, shown.order, shown.order.currency, close
        self.lines: dict[int, tuple[Any, Any]] = {}
        self.rest: dict[str, Any] = {}
        names = {line.id: line for line in shown.detail.lines}
        for row in shown.money.rows:
            if row.line_id is not None and row.refundable_minor:
                self._line(names[row.line_id], row)
        for key, label, row in self._others(shown):
            with ui.element("div").classes("pick-row"):
                hint = ctx.money(row.refundable_minor, self.currency)
                html(el("b", ctx.t(label)), el("small", ctx.t(Said(MOST, n=hint)))).classes("item")
                ui.element("span")
                self.rest[key] = self._amount(label)
        self.about = draft(None, (Refund.method, Refund.reason))
        self.about.method = PaymentMethod.ALIPAY
        with ui.element("div").classes("form-grid"):
            field(ctx, self.about, Refund.method)
            field(ctx, self.about, Refund.reason, required=True)
        self.said = html("").classes("w-full")
        with dialog_foot():
            action_button(ctx, REFUND, orders.record_refund, self.run, kind="primary")

    def _others(self, shown: Shown) -> list[tuple[str, Text, Any]]:
        found = [("shipping_minor", SHIPPING), ("other_minor", OTHER)]
        rows = [row for row in shown.money.rows if row.line_id is None]
        return [
            (key, label, row) for (key, label), row in zip(found, rows, strict=False) if row.refundable_minor
        ]

    def _line(self, line: OrderLine, row: Any) -> None:
        ctx = self.ctx
        with ui.element("div").classes("pick-row"):
            left = ctx.amount(row.refundable_minor, self.currency)
            _name(ctx, line, Said(UNITS_HELP, n=row.refundable_quantity, money=left))
            units = _whole(ctx, UNITS)
            if not row.refundable_quantity:
                units.disable()
            amount = self._amount(AMOUNT)
            amount.props["placeholder"] = ctx.t(BY_UNITS)
            units.on_value_change(self.changed)
            self.lines[line.id] = (units, amount)

    def _amount(self, label: Text) -> Any:
        made = ui.input().props(
            f'inputmode=decimal debounce=200 suffix="{self.currency}" input-class="num text-right"'
        )
        made.props["aria-label"] = self.ctx.t(label)
        made.on_value_change(self.changed)
        return made

    def given(self) -> orders.RefundInput | None:
        """What is typed, or None while an amount cannot be read."""
        try:
            lines = tuple(
                orders.RefundLineInput(
                    line_id=line_id, quantity=int(units.value or 0), amount_minor=self._minor(amount)
                )
                for line_id, (units, amount) in self.lines.items()
                if units.value or amount.value
            )
            rest = {key: self._minor(box) or 0 for key, box in self.rest.items()}
        except ValueError:
            return None
        method, reason = self.about.method, self.about.reason or ""
        return orders.RefundInput(order_id=self.order.id, method=method, reason=reason, lines=lines, **rest)

    def _minor(self, box: Any) -> int | None:
        typed = str(box.value or "").strip()
        return to_minor(typed, self.currency) if typed else None

    async def changed(self, *_: Any) -> None:
        """Show the sum, or why it does not fit."""
        given = self.given()
        if given is None or not (given.lines or given.shipping_minor or given.other_minor):
            self.said.content = ""
            return
        plan = await read(orders.preview_refund, given, actor=self.ctx.actor)
        if self.said.is_deleted:
            return
        if plan.refused:
            words = "\n".join(self.ctx.t(said) for said in plan.refused)
            self.said.content = el("div", words, class_="note-band bad", role="alert")
            return
        above = await read(orders.is_above_limit, self.order, plan.total_minor)
        money = self.ctx.amount(plan.total_minor, self.currency)
        words = self.ctx.t(Said(WILL_ASK if above else WILL, money=money))
        self.said.content = el("div", words, class_=f"note-band {'warn' if above else 'info'}", role="status")

    async def run(self, actor: Actor) -> None:
        """Send it off."""
        given = self.given() or orders.RefundInput(
            order_id=self.order.id, method=PaymentMethod.OTHER, reason="x"
        )
        made = await write(orders.record_refund, given, actor=actor)
        self.close()
        paid = made.status == orders.REFUND.states.PAID
        toast(self.ctx, REFUNDED if paid else REQUESTED)


def _name(ctx: Ctx, line: OrderLine, hint: Said) -> None:
    html(el("b", line.name), el("small", line.sku, " · ", ctx.t(hint))).classes("item")


def _whole(ctx: Ctx, label: Text) -> Any:
    made = ui.input().props('inputmode=numeric debounce=200 input-class="num text-right" mask="#######"')
    made.props["aria-label"] = ctx.t(label)
    made.props["placeholder"] = ctx.t(label)
    return made
