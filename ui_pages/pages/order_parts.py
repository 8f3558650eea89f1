"""The blocks of the order page that only show: goods, parcels, money, where it goes, what it is."""

from typing import Any

from nicegui import ui

from models import Order, OrderLine, Payment, Refund, Return, Shipment, Text
from services import orders
from services.core import geo
from services.core.crypto import mask
from services.core.db import write
from services.core.permissions import Actor, P
from services.core.text import Money, Said, label_of
from ui_pages.kit import (
    Ctx,
    Markup,
    ask_reason,
    attempt,
    button,
    chip_markup,
    el,
    facts,
    html,
    icon,
    link,
    refusals,
    simple_table,
)

SKU, QTY, UNIT = Text("商品", "Item"), Text("数量", "Qty"), Text("单价", "Unit price")
DISCOUNT, NET, MOVED = Text("优惠", "Discount"), Text("小计", "Total"), Text("已发 / 已退", "Shipped / back")
SUBTOTAL, SHIPPING, TOTAL = Text("商品金额", "Goods"), Text("运费", "Shipping"), Text("应付", "Total")
PAID, DUE = Text("已收", "Paid"), Text("待收", "Due")
ITEM, COST = Text("项目", "Item"), Text("金额", "Amount")
REFUNDED, WAITING = Text("已退", "Refunded"), Text("待复核", "Awaiting approval")
REFUNDABLE = Text("还可退", "Refundable")
NO_TRACKING = Text("未发出", "Not handed over yet")
REVEAL, REVEAL_WHAT = Text("查看", "Reveal"), Text("查看{what}", "Reveal: {what}")
GUEST = Text("散客(没有客户档案)", "Guest (no customer record)")
HIDES_AFTER_S = 60
STAMPS = (
    Order.confirmed_at,
    Order.paid_at,
    Order.shipped_at,
    Order.delivered_at,
    Order.completed_at,
    Order.cancelled_at,
)


def goods(ctx: Ctx, detail: orders.OrderDetail) -> None:
    """The lines and what they add up to."""
    order = detail.order
    heads = [
        (SKU, "left"), (UNIT, "right"), (QTY, "right"), (DISCOUNT, "right"), (NET, "right"), (MOVED, "right")
    ]  # fmt: skip
    rows = [_line(ctx, order, line) for line in detail.lines]
    simple_table(ctx, heads, rows).classes("goods-t")
    sums: list[tuple[Any, int]] = [(SUBTOTAL, order.subtotal_minor)]
    if order.discount_minor:
        sums.append((DISCOUNT, -order.discount_minor))
    sums.append((SHIPPING, order.shipping_minor))
    sums += [
        (charge.description or label_of(charge.kind).text, charge.amount_minor)
        for charge in detail.charges
        if charge.kind != "shipping"
    ]
    pairs = [
        el("div", el("dt", ctx.t(words)), el("dd", ctx.money(minor, order.currency), class_="num"))
        for words, minor in sums
    ]
    total = el("dd", ctx.money(order.total_minor, order.currency), class_="num")
    html(el("dl", *pairs, el("div", el("dt", ctx.t(TOTAL)), total, class_="sum"), class_="sums"))


def _line(ctx: Ctx, order: Order, line: OrderLine) -> tuple[Any, ...]:
    name = el("span", el("b", line.name), el("small", line.sku, class_="num"), class_="item")
    moved = f"{ctx.number(line.shipped_qty)} / {ctx.number(line.returned_qty)}"
    discount = Money(line.discount_minor, order.currency) if line.discount_minor else None
    return (
        name,
        Money(line.unit_price_minor, order.currency),
        line.quantity,
        discount,
        Money(line.net_minor, order.currency),
        moved,
    )


def money(ctx: Ctx, panel: orders.MoneyPanel) -> None:
    """What was ordered, went back and may still go back, per line; the sentences make it add up."""

    def shown(minor: int) -> Money | None:
        return Money(minor, panel.currency) if minor else None

    heads = [(ITEM, "left"), (COST, "right"), (REFUNDED, "right"), (REFUNDABLE, "right")]
    rows = [
        (
            ctx.t(row.label),
            Money(row.net_minor, panel.currency),
            shown(row.refunded_minor + row.requested_minor),
            shown(row.refundable_minor),
        )
        for row in panel.rows
    ]
    foot = (
        ctx.t(TOTAL),
        Money(panel.total_minor, panel.currency),
        shown(panel.refunded_minor + panel.requested_minor),
        shown(panel.refundable_minor),
    )
    figures = [
        (PAID, panel.paid_minor, ""),
        (REFUNDED, panel.refunded_minor, ""),
        (DUE, panel.due_minor, "t-warn"),
    ]
    if panel.requested_minor:
        figures.insert(2, (WAITING, panel.requested_minor, "t-warn"))
    html(
        el(
            "div",
            *(
                el(
                    "div",
                    el("small", ctx.t(words)),
                    el("b", ctx.money(minor, panel.currency), class_=f"num {tone if minor else ''}"),
                )
                for words, minor, tone in figures
            ),
            class_="figures",
        )
    )
    simple_table(ctx, heads, rows, foot=foot)
    html(el("div", *(el("p", ctx.t(said)) for said in panel.explained), class_="explained"))


def _figure(ctx: Ctx, minor: int, currency: str, tone: str) -> Markup:
    return el("b", ctx.money(minor, currency), class_=f"num {tone if minor else ''}")


def parcel(ctx: Ctx, detail: orders.OrderDetail, shipment: Shipment) -> None:
    """One parcel: number, state, where from, tracking, what is in it."""
    names = {line.id: line for line in detail.lines}
    contents = ", ".join(
        f"{names[part.line_id].sku} × {part.quantity}" for part in detail.shipment_lines.get(shipment.id, [])
    )
    place = shipment.warehouse.name if shipment.warehouse_id else "—"
    sent = (
        el("span", shipment.carrier, " ", el("span", shipment.tracking_number, class_="num"))
        if shipment.tracking_number
        else el("span", ctx.t(NO_TRACKING), class_="sub")
    )
    at = shipment.delivered_at or shipment.shipped_at
    html(
        el("div", el("b", shipment.number, class_="num"), " ", chip_markup(ctx, shipment.status), " ",
           el("span", icon("warehouse", 14), " ", place, class_="sub")),
        el("div", sent, el("span", f" · {ctx.instant(at)}", class_="sub") if at else None),
        el("div", contents, class_="sub"),
    ).classes("grow")  # fmt: skip


def payment(ctx: Ctx, order: Order, paid: Payment) -> None:
    """One payment."""
    with ui.element("div").classes("list-row"):
        html(
            el(
                "div",
                el("b", paid.number, class_="num"),
                " ",
                el("span", ctx.t(label_of(paid.method).text), class_="sec"),
            ),
            el(
                "div",
                ctx.instant(paid.received_at),
                f" · {paid.reference}" if paid.reference else "",
                class_="sub",
            ),
        ).classes("grow")
        html(el("b", f"+{ctx.money(paid.amount_minor, order.currency)}", class_="num t-ok"))


def refund(ctx: Ctx, order: Order, given: Refund) -> None:
    """One refund, paid or waiting."""
    approved = f" · {given.approved_by}" if given.approved_by else ""
    html(
        el("div", el("b", given.number, class_="num"), " ", chip_markup(ctx, given.status), " ",
           el("span", ctx.t(label_of(given.method).text), class_="sec")),
        el("div", ctx.instant(given.refunded_at), " · ", given.reason, approved, class_="sub"),
    ).classes("grow")  # fmt: skip
    html(el("b", f"−{ctx.money(given.amount_minor, order.currency)}", class_="num"))


def back(ctx: Ctx, detail: orders.OrderDetail, made: Return) -> None:
    """One return: what came back and what became of it."""
    names = {line.id: line for line in detail.lines}
    contents: list[Any] = []
    for part in detail.return_lines.get(made.id, []):
        words = f"{names[part.line_id].sku} × {part.quantity}"
        contents += [words, " ", chip_markup(ctx, part.disposition), " "]
    place = made.warehouse.name if made.warehouse_id else "—"
    reason = f" · {made.reason}" if made.reason else ""
    html(
        el("div", el("b", made.number, class_="num"), " ", chip_markup(ctx, made.status)),
        el("div", *contents),
        el("div", ctx.instant(made.received_at), f" · {place}{reason}", class_="sub"),
    ).classes("grow")


def about(ctx: Ctx, detail: orders.OrderDetail) -> None:
    """Channel, customer, source and dates."""
    order, buyer = detail.order, detail.customer
    name = ctx.t(Text(detail.channel.name_zh, detail.channel.name_en))
    customer: Any = ctx.t(GUEST)
    if buyer is not None:
        shown = buyer.name if ctx.can(P.CUSTOMERS_REVEAL) else mask("name", buyer.name)
        customer = (
            link(f"{shown} {buyer.number}", f"/customers/{buyer.number}")
            if ctx.can(P.CUSTOMERS_VIEW)
            else shown
        )
    rows: list[tuple[Text, Any]] = [
        (Order.customer.verbose_name, customer),
        (Order.channel.verbose_name, name),
        (Order.source.verbose_name, ctx.t(label_of(order.source).text)),
        (Order.external_number.verbose_name, order.external_number),
        (Order.buyer_note.verbose_name, order.buyer_note),
    ]
    for field in (
        Order.confirmed_at,
        Order.paid_at,
        Order.shipped_at,
        Order.delivered_at,
        Order.completed_at,
        Order.cancelled_at,
    ):
        at = getattr(order, field.name)
        rows += [(field.verbose_name, at)] if at else []
    facts(ctx, [row for row in rows if row[1] not in ("", None)], wide=True)


# ── where it goes ────────────────────────────────────────────────────────────────────────────────────────────


def ship_to(ctx: Ctx, detail: orders.OrderDetail) -> None:
    """Recipient and region; phone and street stay masked until somebody says why they are needed."""
    order = detail.order
    name = order.ship_name if ctx.can(P.CUSTOMERS_REVEAL) else mask("name", order.ship_name)
    region = geo.line_of(ctx.locale, order.ship_province_code, order.ship_city_code, order.ship_district_code)
    if order.ship_country != geo.CHINA:
        region = geo.country_name(order.ship_country, ctx.locale)
    with ui.element("div").classes("col-1 w-full"):
        html(el("b", name), " ", el("span", region, class_="sec"))
        _sealed(ctx, order, "ship_phone", "phone", Order.ship_phone.verbose_name)
        _sealed(ctx, order, "ship_street", "address", Order.ship_street.verbose_name)


def _sealed(ctx: Ctx, order: Order, name: str, kind: str, label: Text) -> None:
    masked = mask(kind, getattr(order, name))
    with ui.element("div").classes("sealed"):
        html(el("span", ctx.t(label))).classes("l")
        value = html(_masked(masked))
        if not masked:
            return

        async def show() -> None:
            reason = await ask_reason(ctx, Said(REVEAL_WHAT, what=label))
            if reason is None:
                return

            async def ask(actor: Actor) -> str:
                return await write(orders.reveal_ship_to, order.id, name, reason, actor=actor)

            ok, plain = await attempt(ctx, ask)
            if ok and not value.is_deleted:
                value.content = el("span", plain, class_="num strong")
                opener.set_visibility(False)
                with value:
                    ui.timer(HIDES_AFTER_S, hide, once=True)

        def hide() -> None:
            if not value.is_deleted:
                value.content = _masked(masked)
                opener.set_visibility(True)

        opener = button(ctx, REVEAL, show, kind="text", icon="eye")
        reasons = refusals(ctx, orders.reveal_ship_to)
        if reasons:
            opener.disable()
            opener.tooltip(ctx.t(reasons[0]))


def _masked(words: str) -> Markup:
    return el("span", words or "—", class_="num" if words else "t-mute")
