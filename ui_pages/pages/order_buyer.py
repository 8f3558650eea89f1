"""Who buys: find or add the customer while taking an order; the address comes along without being shown."""

from models import Customer, Text
from services import crm
from services.core import geo
from services.core.crypto import mask
from services.core.db import read, write
from services.core.permissions import Actor, P
from ui_pages.kit import Ctx, Draft, button, card, draft, drawer, html, search_select
from ui_pages.kit.draft import Kept
from ui_pages.kit.form import Form, FormOptions

BUYER = Text("客户", "Customer")
FIND_BUYER = Text("姓名、客户号、手机号或尾号", "Name, number, phone or its last digits")
NEW_BUYER, ADD_BUYER = Text("新客户", "New customer"), Text("添加客户", "Add the customer")
GUEST = Text("不选即为散客", "None chosen = a guest order")


class Buyer:
    """The card of the buyer; fills the order's form and keeps what the browser only gets masked."""

    def __init__(self, ctx: Ctx, form: Form) -> None:
        self.ctx, self.form = ctx, form
        self.customer_id: int | None = None
        self.kept: dict[str, tuple[str, str]] = {}
        with card(ctx.t(BUYER), actions=True) as head:
            with head:
                opener = button(ctx, NEW_BUYER, self.new_buyer, kind="text", icon="user-plus")
                opener.set_enabled(ctx.can(P.CUSTOMERS_EDIT))
            self.picker = search_select(ctx, self._find_buyers, label=FIND_BUYER, on_pick=self.chose)
            html(ctx.t(GUEST)).classes("sub")

    def _find_buyers(self, term: str) -> list[tuple[int, str, str]]:
        actor = self.ctx.actor
        if not actor.can(P.CUSTOMERS_VIEW):
            return []
        return [
            (buyer.id, crm.contact_of(buyer, actor).name, f"{buyer.number} {mask('phone', buyer.phone)}")
            for buyer in crm.find_customers(term, actor)
        ]

    async def chose(self, customer_id: int | None) -> None:
        """A buyer was chosen: the default address fills what is still empty."""
        self.customer_id = customer_id
        if customer_id is None:
            return
        buyer = await read(Customer.get_by_id, customer_id)
        addresses = await read(crm.addresses_of, customer_id, self.ctx.actor)
        edited = self.form.draft
        self._keep("ship_name", "name", addresses[0].recipient if addresses else buyer.name)
        self._keep("ship_phone", "phone", (addresses[0].phone if addresses else None) or buyer.phone)
        if not addresses:
            return
        self._keep("ship_street", "address", addresses[0].street)
        edited.ship_country = addresses[0].country
        for name in ("province_code", "city_code", "district_code"):
            code = getattr(addresses[0], name)
            self.form.bound[f"ship_{name}"].element.known[code] = geo.name_of(code, self.ctx.locale)
            setattr(edited, f"ship_{name}", code)

    def _keep(self, name: str, kind: str, plain: str | None) -> None:
        """Take personal data over without showing it: the browser gets the mask, the order the value."""
        edited = self.form.draft
        if kind == "name" and self.ctx.can(P.CUSTOMERS_REVEAL):
            edited.ship_name = plain or ""
            return
        masked = mask(kind, plain)
        self.kept[name] = (masked, plain or "")
        if kind == "name":
            edited.ship_name = masked
            return
        edited.original[name] = Kept(masked) if plain else None
        setattr(edited, name, edited.original[name])
        self.form.bound[name].element.props["placeholder"] = masked

    def plain(self, name: str) -> str:
        """What was typed, or what the browser only has the mask of."""
        value = getattr(self.form.draft, name)
        masked, plain = self.kept.get(name, ("", ""))
        if isinstance(value, Kept) or (masked and value == masked):
            return plain
        return value if isinstance(value, str) else ""

    def new_buyer(self) -> None:
        """A drawer for a customer nobody knows yet."""
        with drawer(self.ctx, NEW_BUYER) as dialog:

            async def save(edited: Draft, actor: Actor) -> Customer:
                given = {name: value or "" for name, value in edited.values().items()}
                return await write(crm.create_customer, crm.CustomerInput(**given), actor=actor)

            async def saved(row: Customer) -> None:
                dialog.close()
                self.picker.known[row.id] = row.name
                self.picker.value = row.id
                await self.chose(row.id)

            options = FormOptions(
                label=ADD_BUYER, done=None, verb=crm.create_customer, on_saved=saved, guard=False
            )
            form = Form(self.ctx, draft(None, (Customer.name, Customer.phone, Customer.email)), save, options)
            form.root.classes(add="one")
            for column in (Customer.name, Customer.phone, Customer.email):
                form.add(column, span=column is Customer.email)
