"""Taking an order by hand: type or scan goods, find or add the buyer, see price and warehouse while typing."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from models import Channel, Order, Return, Text, Variant
from services import catalogue, inventory, orders
from services.core.db import read, write
from services.core.errors import DomainError
from services.core.money import from_minor
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    Draft,
    attempt,
    button,
    card,
    draft,
    el,
    empty_state,
    field,
    html,
    note,
    page_title,
    search_select,
    toast,
    two_columns,
)
from ui_pages.kit.form import Form, FormOptions
from ui_pages.pages.customers import add_place_fields
from ui_pages.pages.inventory import available_words, variant_search
from ui_pages.pages.order_buyer import Buyer
from ui_pages.pages.order_typing import Row, discount_of, line_of, whole_of
from ui_pages.pages.orders import NEW, TITLE
from ui_pages.registry import Page

GOODS, BUYER, WHERE_TO, SUM = (
    Text("商品", "Goods"),
    Text("客户", "Customer"),
    Text("收货", "Ship to"),
    Text("合计", "Sum"),
)
ADD = Text("扫码,或输入 SKU、品名、条码添加", "Scan, or type a SKU, name or barcode to add")
ITEM, QTY, PRICE = Text("商品", "Item"), Text("数量", "Qty"), Text("单价", "Unit price")
OFF, NET, REMOVE = Text("优惠", "Discount"), Text("小计", "Total"), Text("移除", "Remove")
NOTHING = Text("还没有商品", "No goods yet")
NOTHING_HINT = Text("在上面的框里扫码或输入", "Scan or type in the box above")
PLACE, DRAFT = Text("下单", "Place the order"), Text("存为草稿", "Save as a draft")
PLACED, SAVED = (
    Text("已下单 {number}", "Placed {number}"),
    Text("草稿已保存 {number}", "Draft {number} saved"),
)
DISCOUNT, WHY = Text("整单优惠", "Order discount"), Text("优惠或改价原因", "Why the price was changed")
PERCENT_HELP = Text("金额,或百分比如 5%", "An amount, or a percentage such as 5%")
CHANNEL = Text("渠道", "Channel")
SUBTOTAL, TAKEN_OFF, SHIPPING, TOTAL = (
    Text("商品金额", "Goods"),
    Text("优惠", "Discount"),
    Text("运费", "Shipping"),
    Text("应付", "Total"),
)
HEADS = (ITEM, QTY, PRICE, OFF, NET)
ABOUT = (
    Order.ship_name,
    Order.ship_phone,
    Order.ship_country,
    Order.ship_province_code,
    Order.ship_city_code,
    Order.ship_district_code,
    Order.ship_street,
    Order.channel,
    Order.external_number,
    Order.shipping_minor,
    Order.buyer_note,
    Order.note,
)


class Entry:
    """The order being typed, and the elements that follow it."""

    def __init__(self, ctx: Ctx, channels: Sequence[Channel]) -> None:
        self.ctx, self.channels = ctx, channels
        self.rows: list[Row] = []
        self.nets: list[Any] = []
        self.off = ""
        self.may_discount = ctx.can(P.ORDERS_DISCOUNT)
        self.why = draft(None, (Return.reason,))
        self.turn = 0

    # ── the screen ───────────────────────────────────────────────────────────

    def build(self) -> None:
        """Goods and address at the left, buyer and sum at the right."""
        ctx = self.ctx
        with two_columns() as (main, side):
            with main:
                with card(ctx.t(GOODS)):
                    self.picker = search_select(
                        ctx, variant_search(ctx), label=ADD, once=True, on_pick=self.add
                    )
                    self.table = ui.element("div").classes("w-full")
                with card(ctx.t(WHERE_TO)):
                    self.form = self._address()
            with side:
                self.buyer = Buyer(ctx, self.form)
                with card(ctx.t(SUM)):
                    if self.may_discount:
                        self._discount()
                    self.sums = html("").classes("w-full")
        self.draw()
        self.picker.focus()

    def _address(self) -> Form:
        ctx = self.ctx
        edited = draft(None, ABOUT)
        edited.channel = self.channels[0].id if self.channels else None
        options = FormOptions(label=PLACE, done=None, verb=orders.place_order, on_saved=self.placed)
        form = Form(ctx, edited, self.save, options)
        form.add(Order.ship_name, required=True)
        form.add(Order.ship_phone)
        codes = (Order.ship_province_code, Order.ship_city_code, Order.ship_district_code)
        add_place_fields(ctx, form, Order.ship_country, codes)
        form.add(Order.ship_street, span=True)
        names = [(channel.id, Text(channel.name_zh, channel.name_en)) for channel in self.channels]
        form.add(Order.channel, choices=names)
        form.add(Order.external_number)
        form.add(Order.shipping_minor)
        form.add(Order.buyer_note)
        form.add(Order.note)
        edited.listeners.append(lambda name: self.later() if name in {"shipping_minor", "channel"} else None)
        with form.foot:
            button(ctx, DRAFT, self.keep, icon="file").move(form.foot, 1)
        return form

    def _discount(self) -> None:
        ctx = self.ctx
        with ui.element("div").classes("form-grid"):
            with ui.element("div").classes("fd"):
                html(ctx.t(DISCOUNT)).classes("lb")
                box = ui.input(on_change=self._off_changed).props('debounce=250 input-class="num text-right"')
                box.props["aria-label"] = ctx.t(DISCOUNT)
                html(ctx.t(PERCENT_HELP)).classes("hp")
            self.why_bound = field(ctx, self.why, Return.reason, label=WHY)

    def _off_changed(self, event: Any) -> None:
        self.off = event.value or ""
        self.later()

    def draw(self) -> None:
        """The lines, and what they come to."""
        ctx = self.ctx
        self.table.clear()
        self.nets = []
        with self.table:
            if not self.rows:
                empty_state(ctx, NOTHING, NOTHING_HINT, picture="scan-barcode")
                self.sums.content = ""
                return
            html(*(el("span", ctx.t(words)) for words in HEADS), el("span")).classes("entry head")
            for row in self.rows:
                self._line(row)
        self.later()

    def _line(self, row: Row) -> None:
        ctx, variant = self.ctx, row.variant
        with ui.element("div").classes("entry"):
            words = f"{variant.product.name} {variant.title}".strip()
            html(el("b", words), el("small", f"{variant.sku} · {available_words(ctx, row.places)}")).classes(
                "item"
            )
            self._box(row, "quantity", QTY, "")
            price = f"{from_minor(variant.price_minor, ctx.currency):f}"
            for name, label, hint in (("price", PRICE, price), ("off", OFF, "0")):
                made = self._box(row, name, label, hint)
                made.classes("opt" if name == "off" else "")
                made.set_enabled(self.may_discount)
            self.nets.append(html("").classes("net num opt"))
            button(ctx, "", lambda: self.remove(row), kind="text", icon="x", hint=REMOVE)

    def _box(self, row: Row, name: str, label: Text, hint: str) -> Any:
        def typed(event: Any) -> None:
            setattr(row, name, event.value or "")
            self.later()

        made = ui.input(value=getattr(row, name), on_change=typed)
        made.props('debounce=250 inputmode=decimal input-class="num text-right"')
        made.props["aria-label"] = self.ctx.t(label)
        made.props["placeholder"] = hint
        return made

    # ── typing ───────────────────────────────────────────────────────────────

    async def add(self, variant_id: int | None) -> None:
        """A variant was chosen or scanned: one more of it."""
        if variant_id is None:
            return
        known = next((row for row in self.rows if row.variant.id == variant_id), None)
        if known is not None:
            known.quantity = str(whole_of(known.quantity) + 1)
        else:
            variant = await read(
                lambda: catalogue.variants(self.ctx.actor).where(Variant.id == variant_id).get()
            )
            there = await read(inventory.availability, [variant_id], self.ctx.actor)
            self.rows.append(Row(variant, there[variant_id]))
        self.form.mark_dirty()
        self.draw()

    def remove(self, row: Row) -> None:
        """Take a line away."""
        self.rows = [other for other in self.rows if other is not row]
        self.draw()

    # ── the sum ──────────────────────────────────────────────────────────────

    def later(self) -> None:
        """Ask for the price again."""
        self.turn += 1
        ui.timer(0, self._price, once=True)

    async def _price(self) -> None:
        turn = self.turn
        if not self.rows or self.sums.is_deleted:
            return
        try:
            quote = await read(orders.quote_order, self.order(), actor=self.ctx.actor)
        except DomainError as refusal:
            self.sums.content = el("div", self.ctx.t(refusal.said), class_="note-band bad", role="alert")
            return
        if turn == self.turn and not self.sums.is_deleted:
            self._show(quote)

    def _show(self, quote: orders.Quote) -> None:
        ctx, priced = self.ctx, quote.priced
        for net, line in zip(self.nets, priced.lines, strict=False):
            net.content = ctx.money(line.net_minor)
        pairs = [
            (SUBTOTAL, priced.subtotal_minor),
            (TAKEN_OFF, -priced.discount_minor),
            (SHIPPING, priced.shipping_minor),
        ]
        rows = [
            el("div", el("dt", ctx.t(words)), el("dd", ctx.money(minor), class_="num"))
            for words, minor in pairs
        ]
        total = el(
            "div", el("dt", ctx.t(TOTAL)), el("dd", ctx.money(priced.total_minor), class_="num"), class_="sum"
        )
        self.sums.content = el(
            "div",
            el("dl", *rows, total, class_="sums plain"),
            *(el("div", ctx.t(said), class_="note-band bad", role="alert") for said in quote.missing),
            *(el("div", ctx.t(said), class_="note-band info") for said in quote.sourcing),
            el("ol", *(el("li", ctx.t(said)) for said in quote.trace), class_="trace"),
            class_="col-2",
        )

    def order(self) -> orders.PlaceOrder:
        """The input as typed. Raises Invalid for what cannot be read."""
        edited = self.form.draft
        values = edited.values()
        return orders.PlaceOrder(
            channel_id=values["channel"] or 0,
            lines=tuple(line_of(row, self.ctx.currency) for row in self.rows),
            ship_to=orders.ShipTo(
                name=self.buyer.plain("ship_name"),
                phone=self.buyer.plain("ship_phone"),
                country=values["ship_country"] or "CN",
                province_code=values["ship_province_code"] or "",
                city_code=values["ship_city_code"] or "",
                district_code=values["ship_district_code"] or "",
                street=self.buyer.plain("ship_street"),
            ),
            customer_id=self.buyer.customer_id,
            shipping_minor=values["shipping_minor"] or 0,
            discount=discount_of(self.off, self.ctx.currency),
            discount_reason=self.why.reason or "",
            note=values["note"] or "",
            buyer_note=values["buyer_note"] or "",
            external_number=values["external_number"] or "",
        )

    # ── placing ──────────────────────────────────────────────────────────────

    async def save(self, _edited: Draft, actor: Actor) -> Order:
        """Place what is typed."""
        return await write(orders.place_order, self.order(), actor=actor)

    def placed(self, order: Order) -> None:
        """Show the order that was made."""
        toast(self.ctx, Said(PLACED, number=order.number))
        self.ctx.go(f"/orders/{order.number}")

    async def keep(self) -> None:
        """Keep it as a draft."""

        async def run(actor: Actor) -> Order:
            return await write(orders.save_draft, self.order(), actor=actor)

        ok, order = await attempt(self.ctx, run)
        if ok:
            self.form.mark_clean()
            toast(self.ctx, Said(SAVED, number=order.number))
            self.ctx.go(f"/orders/{order.number}")


async def build(ctx: Ctx) -> None:
    """The entry form."""
    with page_title(ctx, NEW, crumbs=[(TITLE, "/orders"), (NEW, "")]):
        pass
    channels = await read(lambda: list(orders.channels(ctx.actor)))
    if not channels:
        note(ctx, Text("请先建立一个渠道", "Create a channel first"), "warn")
        return
    Entry(ctx, channels).build()


PAGE = Page(
    path="/orders/new",
    title=NEW,
    permission=P.ORDERS_PLACE,
    group="sales",
    nav=False,
    build=build,
)
