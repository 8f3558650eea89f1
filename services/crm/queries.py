"""What can be read about customers, and what of it stays masked."""

import re
from collections.abc import Sequence
from typing import Any

from models import Customer, CustomerAddress
from services.core.crypto import email_index, mask, phone_index, phone_tail_index
from services.core.errors import NotFound
from services.core.permissions import Actor, Permission, check_permission
from services.core.search import matches, matches_or
from services.crm.types import Contact

DIGITS = re.compile(r"[+\d\s()-]{4,20}")


def visible(actor: Actor) -> Any:
    """The customers this actor may see."""
    check_permission(actor, Permission.CUSTOMERS_VIEW)
    return Customer.select()


def customers(actor: Actor) -> Any:
    """The base of every list of customers."""
    return visible(actor)


def customer(number: str, actor: Actor) -> Customer:
    """One customer by number. Raises NotFound."""
    found = visible(actor).where(Customer.number == number).first()
    if found is None:
        raise NotFound()
    return found


def addresses_of(customer_id: int, actor: Actor) -> Sequence[CustomerAddress]:
    """A customer's addresses, the default first."""
    check_permission(actor, Permission.CUSTOMERS_VIEW)
    order = (CustomerAddress.is_default.desc(), CustomerAddress.id)
    return list(CustomerAddress.select().where(CustomerAddress.customer == customer_id).order_by(*order))


def contact_of(found: Customer, actor: Actor) -> Contact:
    """The contact data of a customer as this actor may read it without asking: phone and e-mail stay masked."""
    may_know = actor.can(Permission.CUSTOMERS_REVEAL)
    name = found.name if may_know else mask("name", found.name)
    return Contact(name=name, phone=mask("phone", found.phone), email=mask("email", found.email))


def search_condition(term: str) -> Any:
    """Customers that a search box means: number or name, whole phone or its last four digits, whole e-mail."""
    term = term.strip()
    if "@" in term:
        return Customer.email_bidx == email_index(term)
    if not DIGITS.fullmatch(term):
        return matches(Customer, term)
    if len(re.sub(r"\D", "", term)) == 4:
        return matches_or(Customer, term, Customer.phone_tail_bidx == phone_tail_index(term))
    return matches_or(Customer, term, Customer.phone_bidx == phone_index(term))


def find_customer(term: str, actor: Actor) -> Customer | None:
    """The one customer with this number, phone or e-mail; None when there is none or more than one."""
    exact = (Customer.number == term.strip().upper()) | (Customer.phone_bidx == (phone_index(term) or "-"))
    if "@" in term:
        exact = Customer.email_bidx == email_index(term)
    found = list(visible(actor).where(exact, Customer.archived_at.is_null()).order_by(Customer.id).limit(2))
    return found[0] if len(found) == 1 else None


def find_customers(term: str, actor: Actor, limit: int = 20) -> Sequence[Customer]:
    """The customers a picker offers for what was typed, the latest buyers first."""
    select = visible(actor).where(Customer.archived_at.is_null())
    if term.strip():
        select = select.where(search_condition(term))
    return list(select.order_by(Customer.id.desc()).limit(limit))


def possible_duplicates(
    phone: str, email: str, actor: Actor, besides: int | None = None
) -> Sequence[Customer]:
    """Customers who have the same phone number or e-mail address: a hint while typing, never a refusal."""
    hits = [
        field == index
        for field, index in (
            (Customer.phone_bidx, phone_index(phone)),
            (Customer.email_bidx, email_index(email)),
        )
        if index
    ]
    if not hits:
        return []
    select = visible(actor).where(hits[0] | hits[-1])
    if besides is not None:
        select = select.where(Customer.id != besides)
    return list(select.order_by(Customer.id).limit(5))
