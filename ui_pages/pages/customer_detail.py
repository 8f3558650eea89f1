"""One customer: facts, contact data behind a reveal, addresses, history."""

from dataclasses import replace
from typing import Any

from nicegui import ui

from models import Customer, CustomerAddress, Order, Text
from services import crm, orders
from services.core import geo
from services.core.crypto import mask
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Money, Said
from ui_pages.kit import (
    Ctx,
    Draft,
    Empty,
    Form,
    action_button,
    ask_reason,
    attempt,
    badge,
    button,
    card,
    confirm,
    data_table,
    draft,
    drawer,
    el,
    empty_state,
    facts,
    form_for,
    html,
    name_actions,
    page_title,
    refusals,
    timeline,
    two_columns,
)
from ui_pages.kit.form import FormOptions
from ui_pages.pages.customers import ARCHIVE, RESTORE, TITLE, add_place_fields
from ui_pages.registry import Page, subjects

EDIT, SAVE = Text("编辑", "Edit"), Text("保存", "Save")
ARCHIVED = Text("已归档", "Archived")
SURE = Text(
    "归档客户「{name}」?以后不再出现在选择框里,单据保留",
    "Archive {name}? The customer leaves the pickers; documents stay",
)
DETAILS, CONTACT = Text("编辑客户", "Edit the customer"), Text("联系方式", "Contact")
ADDRESSES, HISTORY = Text("收货地址", "Addresses"), Text("记录", "History")
REVEAL, WHY_REVEAL = Text("查看", "Reveal"), Text("查看客户隐私", "Reveal personal data")
NEW_ADDRESS, EDIT_ADDRESS = Text("添加地址", "Add an address"), Text("编辑地址", "Edit the address")
NO_ADDRESS = Text("还没有地址", "No address yet")
NO_ADDRESS_HINT = Text("添加后,下单时可直接选用", "Add one and new orders can take it")
DEFAULT, MAKE_DEFAULT = Text("默认", "Default"), Text("设为默认", "Make default")
REMOVE = Text("删除", "Remove")
REMOVE_SURE = Text(
    "删除「{name}」的这个地址?订单里的地址不受影响",
    "Remove this address of {name}? Orders keep their own copy",
)
REGION = Text("地区", "Region")
AVERAGE = Text("客单价", "Average order")
SINCE = Text("客户自", "Customer since")
ORDERS, NO_ORDERS = Text("订单", "Orders"), Text("还没有下过单", "No orders yet")
HIDES_AFTER_S = 60
FIELDS = (Customer.name, Customer.phone, Customer.email, Customer.accepts_marketing, Customer.note)
ADDRESS_FIELDS = (
    CustomerAddress.recipient,
    CustomerAddress.phone,
    CustomerAddress.country,
    CustomerAddress.province_code,
    CustomerAddress.city_code,
    CustomerAddress.district_code,
    CustomerAddress.street,
    CustomerAddress.postcode,
    CustomerAddress.is_default,
)
CONTACT_FIELDS = (("phone", Customer.phone.verbose_name), ("email", Customer.email.verbose_name))

name_actions(
    {
        "customer.create": Text("建立客户", "Customer added"),
        "customer.edit": Text("修改资料", "Details changed"),
        "customer.archive": Text("归档", "Archived"),
        "customer.restore": Text("恢复", "Restored"),
        "customer.reveal": Text("查看了隐私数据", "Personal data revealed"),
        "customer.address_add": Text("添加地址", "Address added"),
        "customer.address_edit": Text("修改地址", "Address changed"),
        "customer.address_default": Text("更换默认地址", "Default address changed"),
        "customer.address_remove": Text("删除地址", "Address removed"),
        "address.edit": Text("修改地址", "Address changed"),
    }
)
subjects["customer"] = P.CUSTOMERS_VIEW


async def build(ctx: Ctx, number: str) -> None:
    """Facts, contact and addresses at the left; history at the right."""
    customer = await read(crm.customer, number, ctx.actor)
    contact = crm.contact_of(customer, ctx.actor)
    chips = [badge(ctx.t(ARCHIVED))] if customer.archived_at else []
    crumbs = [(TITLE, "/customers"), (number, "")]
    with page_title(ctx, contact.name, crumbs=crumbs, chips=chips, sub=number):
        _actions(ctx, customer, contact.name)
    with two_columns() as (main, side):
        with main:
            with card():
                box = ui.element("div").classes("w-full")
            with card(ctx.t(CONTACT)):
                _contact(ctx, customer)
            with card(ctx.t(ADDRESSES), actions=True) as head:
                list_box = ui.element("div").classes("col-2 w-full")
                with head:
                    _add_address_button(ctx, customer)
            if ctx.can(P.ORDERS_VIEW):
                with card(ctx.t(ORDERS), pad=False):
                    await _orders(ctx, customer)
        with side, card(ctx.t(HISTORY)):
            await timeline(ctx, customer)

    async def refresh(ids: set[int]) -> None:
        if customer.id not in ids:
            return
        fresh = await read(crm.customer, number, ctx.actor)
        found = await read(crm.addresses_of, customer.id, ctx.actor)
        if not box.is_deleted:
            _show_figures(ctx, box, fresh)
            _show_addresses(ctx, list_box, fresh, found)

    _show_figures(ctx, box, customer)
    _show_addresses(ctx, list_box, customer, await read(crm.addresses_of, customer.id, ctx.actor))
    ctx.on_change("customer", refresh)


def _actions(ctx: Ctx, customer: Customer, name: str) -> None:
    async def archive(actor: Actor) -> None:
        saved = await write(crm.archive_customer, customer.id, actor=actor)
        ctx.go(f"/customers/{customer.number}?v={saved.version}")

    async def restore(actor: Actor) -> None:
        saved = await write(crm.restore_customer, customer.id, actor=actor)
        ctx.go(f"/customers/{customer.number}?v={saved.version}")

    if customer.archived_at is None:
        action_button(
            ctx,
            ARCHIVE,
            crm.archive_customer,
            archive,
            kind="text",
            icon="archive",
            confirm=Said(SURE, name=name),
        )
    else:
        action_button(ctx, RESTORE, crm.restore_customer, restore, icon="archive-restore")
    action_button(
        ctx, EDIT, crm.edit_customer, lambda _actor: _edit(ctx, customer.number), icon="pencil"
    ).props("data-edit")


async def _edit(ctx: Ctx, number: str) -> None:
    customer = await read(crm.customer, number, ctx.actor)
    with drawer(ctx, DETAILS) as dialog:

        def saved(row: Customer) -> None:
            dialog.close()
            ctx.go(f"/customers/{row.number}?v={row.version}")

        form = form_for(ctx, customer, FIELDS, crm.edit_customer, on_saved=saved, guard=False)
        form.root.classes(add="one")


async def _orders(ctx: Ctx, customer: Customer) -> None:
    """The customer's orders, newest first."""
    shown = tuple(column for column in orders.ORDERS.columns if column.name not in {"ship_name", "customer"})

    def mine(actor: Actor) -> Any:
        return orders.orders(actor).where(Order.customer == customer.id)

    listing = replace(orders.ORDERS, base=mine, columns=shown, views=())
    await data_table(
        ctx, listing, row_href="/orders/{number}", empty=Empty(NO_ORDERS), main=False, bar=False, size=10
    )


def _show_figures(ctx: Ctx, box: ui.element, customer: Customer) -> None:
    average = customer.spent_minor // customer.order_count if customer.order_count else None
    region = geo.line_of(ctx.locale, customer.province_code, customer.city_code)
    if customer.country != geo.CHINA:
        region = geo.country_name(customer.country, ctx.locale)
    rows: list[tuple[Text, Any]] = [
        (Customer.order_count.verbose_name, customer.order_count),
        (Customer.spent_minor.verbose_name, Money(customer.spent_minor, ctx.currency)),
        (AVERAGE, None if average is None else Money(average, ctx.currency)),
        (Customer.first_order_at.verbose_name, customer.first_order_at),
        (Customer.last_order_at.verbose_name, customer.last_order_at),
        (SINCE, customer.created_at),
        (REGION, region),
        (Customer.accepts_marketing.verbose_name, customer.accepts_marketing),
    ]
    if customer.note:
        rows.append((Customer.note.verbose_name, customer.note))
    box.clear()
    with box:
        facts(ctx, rows)


# ── contact data ─────────────────────────────────────────────────────────────────────────────────────────────


def _contact(ctx: Ctx, customer: Customer) -> None:
    with ui.element("div").classes("col-2 w-full"):
        for name, label in CONTACT_FIELDS:
            _sealed(ctx, customer.id, name, label, mask(name, getattr(customer, name)))


def _sealed(
    ctx: Ctx, customer_id: int, name: str, label: Text, masked: str, address_id: int | None = None
) -> None:
    """A masked value with a button that asks why and shows it for a minute."""
    with ui.element("div").classes("sealed"):
        html(el("span", ctx.t(label))).classes("l")
        value = html(el("span", masked or "—", class_="num" if masked else "t-mute"))
        if not masked:
            return

        def hide() -> None:
            if not value.is_deleted:
                value.content = el("span", masked, class_="num")
                opener.set_visibility(True)

        async def show() -> None:
            reason = await ask_reason(ctx, WHY_REVEAL)
            if reason is None:
                return

            async def ask(actor: Actor) -> str:
                return await write(crm.reveal, customer_id, name, reason, address_id=address_id, actor=actor)

            ok, plain = await attempt(ctx, ask)
            if ok and not value.is_deleted:
                value.content = el("span", plain, class_="num strong")
                opener.set_visibility(False)
                with value:
                    ui.timer(HIDES_AFTER_S, hide, once=True)

        opener = button(ctx, REVEAL, show, kind="text", icon="eye")
        reasons = refusals(ctx, crm.reveal)
        if reasons:
            opener.disable()
            opener.tooltip(ctx.t(reasons[0]))


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────


def _add_address_button(ctx: Ctx, customer: Customer) -> None:
    opens = lambda _actor: _address_drawer(ctx, customer, None)  # noqa: E731 - a handler
    action_button(ctx, NEW_ADDRESS, crm.add_address, opens, icon="plus")


def _show_addresses(ctx: Ctx, box: ui.element, customer: Customer, addresses: Any) -> None:
    box.clear()
    with box:
        if not addresses:
            empty_state(ctx, NO_ADDRESS, NO_ADDRESS_HINT, picture="map-pin")
        for address in addresses:
            _address(ctx, customer, address)


def _address(ctx: Ctx, customer: Customer, address: CustomerAddress) -> None:
    name = address.recipient if ctx.can(P.CUSTOMERS_REVEAL) else mask("name", address.recipient)
    codes = (address.province_code, address.city_code, address.district_code)
    region = geo.line_of(ctx.locale, *codes)
    if address.country != geo.CHINA:
        region = geo.country_name(address.country, ctx.locale)
    with ui.element("div").classes("addr"):
        with ui.element("div").classes("grow col-1"):
            chip = badge(ctx.t(DEFAULT), "info") if address.is_default else None
            html(
                el("b", name),
                " ",
                el("span", region, class_="sec"),
                " ",
                el("span", address.postcode, class_="sub num"),
                " ",
                chip,
            )
            _sealed(
                ctx,
                customer.id,
                "street",
                CustomerAddress.street.verbose_name,
                mask("address", address.street),
                address.id,
            )
            _sealed(
                ctx,
                customer.id,
                "phone",
                CustomerAddress.phone.verbose_name,
                mask("phone", address.phone),
                address.id,
            )
        with ui.element("div").classes("row-1 nowrap"):
            _address_actions(ctx, customer, address, name)


def _address_actions(ctx: Ctx, customer: Customer, address: CustomerAddress, name: str) -> None:
    if refusals(ctx, crm.edit_address):
        return

    async def make_default() -> None:
        async def run(actor: Actor) -> None:
            await write(crm.set_default_address, address.id, actor=actor)

        await attempt(ctx, run)

    async def remove() -> None:
        if not await confirm(ctx, Said(REMOVE_SURE, name=name), REMOVE, danger=True):
            return

        async def run(actor: Actor) -> None:
            await write(crm.remove_address, address.id, actor=actor)

        await attempt(ctx, run)

    if not address.is_default:
        button(ctx, "", make_default, kind="text", icon="star", hint=MAKE_DEFAULT)
    button(
        ctx,
        "",
        lambda: _address_drawer(ctx, customer, address),
        kind="text",
        icon="pencil",
        hint=EDIT_ADDRESS,
    )
    button(ctx, "", remove, kind="text", icon="trash-2", hint=REMOVE)


def _address_drawer(ctx: Ctx, customer: Customer, address: CustomerAddress | None) -> None:
    with drawer(ctx, NEW_ADDRESS if address is None else EDIT_ADDRESS) as dialog:

        async def add(edited: Draft, actor: Actor) -> CustomerAddress:
            given = {name: value or "" for name, value in edited.values().items()}
            given["is_default"] = bool(given["is_default"])
            return await write(crm.add_address, customer.id, crm.AddressInput(**given), actor=actor)

        options = FormOptions(
            label=SAVE, verb=crm.add_address, on_saved=lambda _row: dialog.close(), guard=False
        )
        edited = draft(address, ADDRESS_FIELDS, model=CustomerAddress)
        form = Form(ctx, edited, add if address is None else crm.edit_address, options)
        form.root.classes(add="one")
        form.add(CustomerAddress.recipient)
        form.add(CustomerAddress.phone)
        codes = (CustomerAddress.province_code, CustomerAddress.city_code, CustomerAddress.district_code)
        add_place_fields(ctx, form, CustomerAddress.country, codes)
        form.add(CustomerAddress.street, span=True)
        form.add(CustomerAddress.postcode)
        form.add(CustomerAddress.is_default)


PAGE = Page(
    path="/customers/{number}",
    title=TITLE,
    permission=P.CUSTOMERS_VIEW,
    group="customers",
    nav=False,
    build=build,
)
