"""Customers: the list, and adding one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from models import Customer, Text
from services import crm
from services.core import geo
from services.core.clock import now
from services.core.db import read, write
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Actor, P
from ui_pages.kit import (
    Bulk,
    Ctx,
    Draft,
    Empty,
    Form,
    action_button,
    data_table,
    draft,
    drawer,
    el,
    html,
    page_title,
)
from ui_pages.kit.form import FormOptions
from ui_pages.kit.palette import Action, Hit, actions, search_providers
from ui_pages.registry import Page

TITLE = Text("客户", "Customers")
NEW = Text("新建客户", "New customer")
ADD = Text("添加客户", "Add the customer")
ADDED = Text("客户已添加", "The customer was added")
SAME = Text("可能已有这位客户:", "This may be a customer already: ")
ARCHIVE, RESTORE = Text("归档", "Archive"), Text("恢复", "Restore")
EMPTY = Empty(
    Text("还没有客户", "No customers yet"),
    Text(
        "客户会随订单和导入自动建立,也可以手工添加",
        "Orders and imports bring customers by themselves; or add one by hand",
    ),
    NEW,
    "/customers?new=1",
)


NEW_FIELDS = (
    Customer.name,
    Customer.phone,
    Customer.email,
    Customer.country,
    Customer.province_code,
    Customer.city_code,
    Customer.accepts_marketing,
    Customer.note,
)


def _living() -> Any:
    return Customer.archived_at.is_null()


def province_choices(actor: Actor) -> list[tuple[str, str]]:
    """The provinces of China in the reader's language."""
    return [(place.code, geo.name_of(place.code, actor.locale)) for place in geo.provinces()]


LISTING = Listing(
    key="customers",
    title=TITLE,
    base=crm.customers,
    columns=(
        Column(Customer.number, kind="link"),
        Column(Customer.name),
        Column(Customer.phone),
        Column(Customer.email, hidden=True),
        Column(Customer.province_code, sortable=False),
        Column(Customer.country, hidden=True, sortable=False),
        Column(Customer.order_count, kind="int"),
        Column(Customer.spent_minor),
        Column(Customer.last_order_at),
        Column(Customer.first_order_at, hidden=True, sortable=False),
        Column(Customer.accepts_marketing, kind="bool", hidden=True, sortable=False),
        Column(Customer.created_at),
    ),
    row_id=Customer.id,
    permission=P.CUSTOMERS_VIEW,
    facets=(Facet(Customer.province_code, choices=province_choices),),
    ranges=("spent_minor", "order_count", "last_order_at", "created_at"),
    views=(
        View("all", Text("全部", "All"), _living),
        View("repeat", Text("回头客", "Repeat buyers"), lambda: _living() & (Customer.order_count >= 2)),
        View(
            "new",
            Text("30 天内新增", "New in 30 days"),
            lambda: _living() & (Customer.created_at >= now() - timedelta(days=30)),
        ),
        View("idle", Text("未下过单", "No orders yet"), lambda: _living() & (Customer.order_count == 0)),
        View("archived", Text("已归档", "Archived"), lambda: Customer.archived_at.is_null(False)),
    ),
    search=crm.search_condition,
    default_sort="-created_at",
    topic="customer",
)


async def build_list(ctx: Ctx) -> None:
    """All customers."""
    with page_title(ctx, TITLE):
        action_button(
            ctx, NEW, crm.create_customer, lambda _actor: add_customer(ctx), kind="primary", icon="user-plus"
        )
    await data_table(
        ctx,
        LISTING,
        row_href="/customers/{number}",
        bulk=[
            Bulk(crm.archive_customer, ARCHIVE, icon="archive", undo=crm.restore_customer),
            Bulk(crm.restore_customer, RESTORE, icon="archive-restore"),
        ],
        show={"province_code": lambda code: geo.name_of(code, ctx.locale) if code else None},
        empty=EMPTY,
    )
    if ctx.query.get("new"):
        add_customer(ctx)


def add_customer(ctx: Ctx) -> None:
    """A drawer for a new customer; it hints at customers with the same phone or e-mail while one types."""
    with drawer(ctx, NEW) as dialog:

        async def save(edited: Draft, actor: Actor) -> Customer:
            given = {name: value or "" for name, value in edited.values().items()}
            given["accepts_marketing"] = bool(given["accepts_marketing"])
            return await write(crm.create_customer, crm.CustomerInput(**given), actor=actor)

        def saved(row: Customer) -> None:
            dialog.close()
            ctx.go(f"/customers/{row.number}")

        options = FormOptions(label=ADD, done=ADDED, verb=crm.create_customer, on_saved=saved, guard=False)
        form = Form(ctx, draft(None, NEW_FIELDS), save, options)
        form.root.classes(add="one")
        for column in (Customer.name, Customer.phone, Customer.email):
            form.add(column)
        add_place_fields(ctx, form, Customer.country, (Customer.province_code, Customer.city_code))
        form.add(Customer.accepts_marketing)
        form.add(Customer.note)
        _hint_duplicates(ctx, form)


def add_place_fields(ctx: Ctx, form: Form, country: Any, codes: Sequence[Any]) -> None:
    """Inputs for a country and, when it is China, its region codes one below the other."""
    edited = form.draft
    form.add(country, choices=geo.countries(ctx.locale))
    below = [geo.provinces, geo.cities, geo.districts]
    names = [code.name for code in codes]
    bound = []
    for level, column in enumerate(codes):
        holder = names[level - 1] if level else ""

        def search(term: str, level: int = level, holder: str = holder) -> list[tuple[str, str]]:
            held = below[level](getattr(edited, holder) or "") if holder else geo.provinces()
            found = [(place.code, geo.name_of(place.code, ctx.locale)) for place in held]
            return [hit for hit in found if term.casefold() in hit[1].casefold()]

        chosen = getattr(edited, column.name)
        words = geo.name_of(chosen, ctx.locale) if chosen else ""
        bound.append(form.add(column, choices=search, chosen=words))

    def follow(name: str) -> None:
        changed = -1 if name == country.name else names.index(name) if name in names else None
        if changed is None:
            return
        for lower in names[changed + 1 :]:
            holder = names[changed] if changed >= 0 else ""
            if getattr(edited, lower) and (
                not holder or not getattr(edited, lower).startswith(getattr(edited, holder) or "-")
            ):
                setattr(edited, lower, "")
        for each in bound:
            each.box.set_visibility(getattr(edited, country.name) == geo.CHINA)

    edited.listeners.append(follow)
    follow(country.name) if getattr(edited, country.name) != geo.CHINA else None


def _hint_duplicates(ctx: Ctx, form: Form) -> None:
    band = html("").classes("note-band warn")
    band.set_visibility(False)
    edited = form.draft

    async def look() -> None:
        phone, email = (str(getattr(edited, name) or "") for name in ("phone", "email"))
        found = (
            await read(crm.possible_duplicates, phone, email, ctx.actor)
            if len(phone) > 6 or "@" in email
            else []
        )
        if band.is_deleted:
            return
        band.set_visibility(bool(found))
        links = [
            el(
                "a",
                f"{row.number} {crm.contact_of(row, ctx.actor).name} ",
                href=f"/customers/{row.number}",
                class_="link",
            )
            for row in found
        ]
        band.content = el("span", ctx.t(SAME), *links)

    for name in ("phone", "email"):
        form.bound[name].element.on("blur", look)


def find(term: str, actor: Actor) -> list[Hit]:
    """Customers for the palette: number, name, phone or its tail, e-mail."""
    if not actor.can(P.CUSTOMERS_VIEW):
        return []
    hits = []
    for row in crm.find_customers(term, actor, limit=6):
        contact = crm.contact_of(row, actor)
        note = " · ".join(filter(None, (row.number, contact.phone)))
        hits.append(Hit(contact.name, f"/customers/{row.number}", note, TITLE, "user"))
    return hits


search_providers.append(find)
actions.append(Action(NEW, "/customers?new=1", P.CUSTOMERS_EDIT, "user-plus", "xinjian kehu add"))

PAGE = Page(
    path="/customers",
    title=TITLE,
    permission=P.CUSTOMERS_VIEW,
    group="customers",
    order=10,
    icon="users",
    keys="c",
    build=build_list,
)
