"""Orders: the list with its views, confirming and shipping many at once, and finding an order from anywhere."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui

from models import Channel, Order, Text
from services import orders
from services.core import geo
from services.core.errors import Invalid
from services.core.listing import Column, Listing, ListQuery, count_capped, paginate
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Bulk,
    Ctx,
    Empty,
    button,
    data_table,
    dialog_foot,
    html,
    page_title,
    window,
)
from ui_pages.kit.dialogs import CANCEL
from ui_pages.kit.palette import Action, Hit, actions, search_providers
from ui_pages.registry import Page

TITLE, NEW = Text("订单", "Orders"), Text("新建订单", "New order")
CONFIRM, SHIP = Text("确认", "Confirm"), Text("发货", "Ship")
CARRIER = Text("承运商", "Carrier")
NUMBERS = Text("运单号:每行「订单号 运单号」", "Tracking numbers: one line each, “order tracking-number”")
NUMBERS_HELP = Text("可从快递系统导出后整列粘贴", "Paste the two columns from the carrier's export")
NO_NUMBER = Text("没有填写这张订单的运单号", "No tracking number was given for this order")
EMPTY = Empty(
    Text("还没有订单", "No orders yet"),
    Text("手工下单,或导入历史订单", "Take the first one by hand, or import past orders"),
    NEW,
    "/orders/new",
)
LISTING = orders.ORDERS


async def build(ctx: Ctx) -> None:
    """All orders."""
    with page_title(ctx, TITLE):
        if ctx.can(P.ORDERS_PLACE):
            button(ctx, NEW, kind="primary", icon="plus", href="/orders/new")
    await data_table(
        ctx,
        in_language(LISTING, ctx.locale),
        row_href="/orders/{number}",
        bulk=[
            Bulk(
                orders.confirm_order,
                CONFIRM,
                icon="check",
                check=lambda ids, actor: orders.why_not_each(ids, "confirm", actor=actor),
            ),
            Bulk(
                orders.ship_order,
                SHIP,
                icon="truck",
                check=lambda ids, actor: orders.why_not_each(ids, "ship", actor=actor),
                ask=_ask_parcels,
                call=_ship_one,
            ),
        ],
        show={"ship_province_code": lambda code: geo.name_of(code, ctx.locale) if code else None},
        empty=EMPTY,
    )


def in_language(listing: Listing, locale: str) -> Listing:
    """The list with channels named in the reader's language."""
    if locale == "zh":
        return listing
    english = {"channel": Column(Channel.name_en, name="channel", label=Order.channel.verbose_name)}
    return replace(listing, columns=tuple(english.get(column.name, column) for column in listing.columns))


async def _ask_parcels(ctx: Ctx) -> dict[str, Any] | None:
    """The carrier, and the tracking number of each order."""
    with window(ctx, SHIP, wide=True) as dialog:
        with ui.element("div").classes("fd"):
            html(ctx.t(CARRIER)).classes("lb")
            carrier = carrier_input(ctx)
        with ui.element("div").classes("fd"):
            html(ctx.t(NUMBERS)).classes("lb")
            pasted = ui.textarea().props('rows=8 input-class="num"')
            pasted.props["aria-label"] = ctx.t(NUMBERS)
            html(ctx.t(NUMBERS_HELP)).classes("hp")
        with dialog_foot():
            button(ctx, CANCEL, lambda: dialog.submit(None))
            button(ctx, SHIP, lambda: dialog.submit(True), kind="primary")
    ok = await dialog
    dialog.delete()
    if not ok:
        return None
    pairs = [line.replace(",", " ").split() for line in (pasted.value or "").splitlines()]
    numbers = {pair[0]: pair[1] for pair in pairs if len(pair) >= 2}
    return {"carrier": carrier.value or "", "numbers": numbers}


def carrier_input(ctx: Ctx) -> Any:
    """A box for the carrier that offers the usual ones and takes any."""
    made = ui.input(autocomplete=list(orders.CARRIERS)).props("maxlength=40")
    made.props["aria-label"] = ctx.t(CARRIER)
    return made


def _ship_one(order_id: int, *, carrier: str, numbers: dict[str, str], actor: Actor) -> Order:
    order = orders.order_by_id(order_id, actor)
    number = numbers.get(order.number) or numbers.get(order.external_number or "-")
    if not number:
        raise Invalid(Said(NO_NUMBER))
    parcel = orders.ShipInput(order_id=order_id, carrier=carrier, tracking_number=number)
    return orders.ship_order(parcel, actor=actor)


# ── the menu's count, and the palette ────────────────────────────────────────────────────────────────────────


def _waiting(actor: Actor) -> int:
    """How many orders wait to be confirmed or shipped."""
    waiting = orders.is_to_confirm() | orders.is_to_ship()
    return count_capped(orders.orders(actor).where(waiting), 999)[0]


def _find(term: str, actor: Actor) -> Sequence[Hit]:
    if not actor.can(P.ORDERS_VIEW) or len(term) < 2:
        return []
    found = paginate(LISTING, ListQuery(search=term, size=5), actor, count=False)
    return [
        Hit(row["number"], f"/orders/{row['number']}", row["ship_name"] or "", TITLE, "shopping-cart")
        for row in found.rows
    ]


search_providers.append(_find)
actions.append(Action(NEW, "/orders/new", P.ORDERS_PLACE, words="xiadan place"))

PAGE = Page(
    path="/orders",
    title=TITLE,
    permission=P.ORDERS_VIEW,
    group="sales",
    order=10,
    icon="shopping-cart",
    keys="o",
    badge=_waiting,
    build=build,
)
