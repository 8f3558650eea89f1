"""Where customers receive parcels: any number of addresses, one of them the default."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from models import Customer, CustomerAddress, Text
from services.core import audit, editing
from services.core.crypto import mask
from services.core.db import insert_row, transaction
from services.core.errors import Invalid, NotFound
from services.core.events import emit
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.crm.events import CustomerChanged
from services.crm.rules import address_problems
from services.crm.types import AddressInput

FIELDS = tuple(field.name for field in fields(AddressInput))


@requires(Permission.CUSTOMERS_EDIT)
def add_address(customer_id: int, given: AddressInput, *, actor: Actor) -> CustomerAddress:
    """Add an address; the first one, or one marked so, becomes the default. Raises Invalid, NotFound."""
    _check(given)
    with transaction():
        customer = _customer(customer_id)
        is_first = not CustomerAddress.select().where(CustomerAddress.customer == customer_id).exists()
        address_id = insert_address(customer_id, given, is_default=given.is_default or is_first)
        told = {"recipient": given.recipient, "street": given.street, "city_code": given.city_code}
        _note(customer, "customer.address_add", actor, None, told)
        return CustomerAddress.get_by_id(address_id)


@requires(Permission.CUSTOMERS_EDIT)
def edit_address(
    address_id: int, version: int, changes: Mapping[str, Any], *, actor: Actor
) -> CustomerAddress:
    """Change an address; marking it as default moves the mark. Raises Invalid, NotFound, Conflict."""
    unknown = set(changes) - set(FIELDS)
    if unknown:
        said = Said(Text("不能修改「{names}」", "{names} cannot be edited"), names=", ".join(sorted(unknown)))
        raise Invalid(said)
    with transaction():
        before = _address(address_id)
        whole = AddressInput(**{**{name: getattr(before, name) or "" for name in FIELDS}, **_typed(changes)})
        _check(whole)
        values = {name: value for name, value in _values(whole).items() if name in changes}
        wants_default = bool(values.pop("is_default", False))
        editing.save_changes(CustomerAddress, address_id, version, values, actor, action="address.edit")
        if wants_default or before.is_default:
            _make_default(before.customer_id, address_id)
        _note(_customer(before.customer_id), "customer.address_edit", actor, None, {"address": address_id})
        return CustomerAddress.get_by_id(address_id)


@requires(Permission.CUSTOMERS_EDIT)
def set_default_address(address_id: int, *, actor: Actor) -> CustomerAddress:
    """Make an address the one that new orders take. Raises NotFound."""
    with transaction():
        address = _address(address_id)
        _make_default(address.customer_id, address_id)
        _note(
            _customer(address.customer_id), "customer.address_default", actor, None, {"address": address_id}
        )
        return CustomerAddress.get_by_id(address_id)


@requires(Permission.CUSTOMERS_EDIT)
def remove_address(address_id: int, *, actor: Actor) -> Customer:
    """Remove an address; orders keep their own copy. The oldest one left becomes the default. Raises NotFound."""
    with transaction():
        address = _address(address_id)
        CustomerAddress.delete().where(CustomerAddress.id == address_id).execute()
        rest = CustomerAddress.select().where(CustomerAddress.customer == address.customer_id)
        heir = rest.order_by(CustomerAddress.id).first()
        if address.is_default and heir is not None:
            _make_default(address.customer_id, heir.id)
        before = {name: getattr(address, name) for name in ("recipient", "street", "phone")}
        customer = _customer(address.customer_id)
        _note(customer, "customer.address_remove", actor, before, None)
        return Customer.get_by_id(customer.id)


def insert_address(customer_id: int, given: AddressInput, *, is_default: bool) -> int:
    """Insert a checked address inside the caller's transaction."""
    values = {**_values(given), "is_default": False}
    address_id = insert_row(CustomerAddress, customer_id=customer_id, **values)
    if is_default:
        _make_default(customer_id, address_id)
    return address_id


def _make_default(customer_id: int, address_id: int) -> None:
    """Move the default mark and let the customer's own region follow it."""
    mine = CustomerAddress.customer == customer_id
    CustomerAddress.update(is_default=False).where(mine, CustomerAddress.id != address_id).execute()
    CustomerAddress.update(is_default=True).where(mine, CustomerAddress.id == address_id).execute()
    address = CustomerAddress.get_by_id(address_id)
    region = {
        Customer.country: address.country,
        Customer.province_code: address.province_code,
        Customer.city_code: address.city_code,
    }
    Customer.update(region).where(Customer.id == customer_id).execute()


def _check(given: AddressInput) -> None:
    problems = address_problems(asdict(given))
    if problems:
        raise Invalid(fields=problems)


def _typed(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in changes.items()}


def _values(given: AddressInput) -> dict[str, Any]:
    values = {key: value.strip() if isinstance(value, str) else value for key, value in asdict(given).items()}
    return {**values, "phone": values["phone"] or None}


def _customer(customer_id: int) -> Customer:
    customer = Customer.get_or_none(Customer.id == customer_id)
    if customer is None:
        raise NotFound()
    return customer


def _address(address_id: int) -> CustomerAddress:
    address = CustomerAddress.get_or_none(CustomerAddress.id == address_id)
    if address is None:
        raise NotFound()
    return address


def _note(customer: Customer, action: str, actor: Actor, before: Any, after: Any) -> None:
    """Audit on the customer, whose timeline people read; the region it now has is on the row already."""
    editing.bump_version(Customer, customer.id)
    audit.record(actor, action, customer, before=_masked(before), after=_masked(after))
    emit(CustomerChanged(customer.id))


def _masked(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Only what is no personal data, plus masks of what is."""
    if values is None:
        return None
    fields = CustomerAddress._meta.fields
    return {
        key: mask(fields[key].pii, value) if getattr(fields.get(key), "pii", "") else value
        for key, value in values.items()
    }
