"""Customers: create, edit, archive, restore."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from models import Customer, Text
from services.core import editing
from services.core.clock import now
from services.core.crypto import email_index, phone_index, phone_tail_index
from services.core.db import transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.events import emit
from services.core.numbers import next_serial
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.crm.addresses import insert_address
from services.crm.events import CustomerChanged
from services.crm.rules import address_problems, customer_problems
from services.crm.types import CustomerInput

EDITABLE = frozenset(
    {"name", "phone", "email", "country", "province_code", "city_code", "accepts_marketing", "note"}
)
ALREADY_ARCHIVED = Text("该客户已归档", "This customer is archived already")
NOT_ARCHIVED = Text("该客户没有归档", "This customer is not archived")
REGION = ("country", "province_code", "city_code")


@requires(Permission.CUSTOMERS_EDIT)
def create_customer(given: CustomerInput, *, actor: Actor) -> Customer:
    """Add a customer, with a first address if one is given. Raises Invalid, Conflict."""
    values = asdict(given)
    del values["address"]
    problems = customer_problems(values)
    if given.address is not None:
        found = address_problems(asdict(given.address))
        problems |= {f"address.{field}": said for field, said in found.items()}
    if problems:
        raise Invalid(fields=problems)
    with transaction():
        values["number"] = _free_number(given.number)
        customer = editing.create(Customer, _stored(values), actor, action="customer.create")
        if given.address is not None:
            insert_address(customer.id, given.address, is_default=True)
            customer = Customer.get_by_id(customer.id)
        emit(CustomerChanged(customer.id))
        return customer


@requires(Permission.CUSTOMERS_EDIT)
def edit_customer(customer_id: int, version: int, changes: Mapping[str, Any], *, actor: Actor) -> Customer:
    """Change what is known about a customer. Raises Invalid, NotFound, Conflict."""
    unknown = set(changes) - EDITABLE
    if unknown:
        said = Said(Text("不能修改「{names}」", "{names} cannot be edited"), names=", ".join(sorted(unknown)))
        raise Invalid(said)
    with transaction():
        row = Customer.get_or_none(Customer.id == customer_id)
        if row is None:
            raise NotFound()
        judged = dict(changes)
        if set(REGION) & set(changes) or "phone" in changes:
            judged = {**{field: getattr(row, field) for field in REGION}, **changes}
        problems = customer_problems(judged)
        if problems:
            raise Invalid(fields=problems)
        saved = editing.save_changes(
            Customer, customer_id, version, _stored(changes), actor, action="customer.edit"
        )
        emit(CustomerChanged(customer_id))
        return saved


@requires(Permission.CUSTOMERS_EDIT)
def archive_customer(customer_id: int, version: int | None = None, *, actor: Actor) -> Customer:
    """Put a customer out of the lists of living ones; the documents stay. Raises NotFound, Conflict."""
    return _set_archived(customer_id, version, actor, is_archived=True)


@requires(Permission.CUSTOMERS_EDIT)
def restore_customer(customer_id: int, version: int | None = None, *, actor: Actor) -> Customer:
    """Take an archived customer back. Raises NotFound, Conflict."""
    return _set_archived(customer_id, version, actor, is_archived=False)


def _set_archived(customer_id: int, version: int | None, actor: Actor, *, is_archived: bool) -> Customer:
    with transaction():
        row = Customer.get_or_none(Customer.id == customer_id)
        if row is None:
            raise NotFound()
        if is_archived is (row.archived_at is not None):
            raise Conflict(ALREADY_ARCHIVED if is_archived else NOT_ARCHIVED)
        changes = {"archived_at": now() if is_archived else None}
        action = "customer.archive" if is_archived else "customer.restore"
        expected = row.version if version is None else version
        saved = editing.save_changes(Customer, customer_id, expected, changes, actor, action=action)
        emit(CustomerChanged(customer_id))
        return saved


def _free_number(wanted: str) -> str:
    number = wanted.strip().upper()
    if not number:
        return f"C{next_serial('customer'):06d}"
    if len(number) > 24:
        said = Said(Text("客户号最多 24 个字符", "A customer number has at most 24 characters"))
        raise Invalid(fields={"number": said})
    if Customer.select().where(Customer.number == number).exists():
        said = Said(Text("客户号 {number} 已被使用", "Customer number {number} is taken"), number=number)
        raise Conflict(said, fields={"number": said})
    return number


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns for the given fields: trimmed, empty contact data as NULL, blind indexes beside them."""
    stored = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
    if "phone" in stored:
        phone = stored["phone"] = stored["phone"] or None
        stored |= {"phone_bidx": phone_index(phone), "phone_tail_bidx": phone_tail_index(phone)}
    if "email" in stored:
        email = stored["email"] = stored["email"] or None
        stored["email_bidx"] = email_index(email)
    return stored
