"""/customers: list, read, create, edit, archive, restore, addresses."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from models import Customer, Text
from services import crm
from services.core.db import read, write
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Permission
from services.rest.auth import Caller
from services.rest.shapes import CursorPage, IfMatch, answer, body_of, page_of, wanted_version

router = APIRouter(prefix="/customers", tags=["customers"])
LISTING = Listing(
    key="customers",
    title=Text("客户", "Customers"),
    base=crm.customers,
    columns=(
        Column(Customer.number),
        Column(Customer.name),
        Column(Customer.phone),
        Column(Customer.email),
        Column(Customer.country),
        Column(Customer.province_code),
        Column(Customer.order_count),
        Column(Customer.spent_minor),
        Column(Customer.last_order_at),
        Column(Customer.created_at),
        Column(Customer.updated_at),
        Column(Customer.archived_at),
        Column(Customer.version),
    ),
    facets=(Facet(Customer.country), Facet(Customer.province_code)),
    ranges=("created_at", "last_order_at", "spent_minor", "order_count"),
    views=(View("active", Text("在用", "Active"), Customer.archived_at.is_null),),
    row_id=Customer.id,
    permission=Permission.CUSTOMERS_VIEW,
    search=crm.search_condition,
    default_sort="-created_at",
)


@router.get("")
async def list_customers(request: Request, caller: Caller) -> CursorPage:
    """Customers, newest first; `q` searches number, name, whole phone or its last four digits, whole e-mail."""
    return await read(page_of, LISTING, request, caller)


@router.get("/{number}")
async def get_customer(number: str, caller: Caller) -> JSONResponse:
    """One customer with addresses."""

    def load() -> JSONResponse:
        customer = crm.customer(number, caller)
        addresses = [body_of(address, caller) for address in crm.addresses_of(customer.id, caller)]
        return answer(customer, caller, addresses=addresses)

    return await read(load)


@router.post("", status_code=201)
async def create_customer(given: crm.CustomerInput, caller: Caller) -> JSONResponse:
    """Add a customer."""
    customer = await write(crm.create_customer, given, actor=caller)
    return answer(customer, caller, 201)


@router.patch("/{number}")
async def edit_customer(
    number: str, changes: dict[str, Any], caller: Caller, if_match: IfMatch = None
) -> JSONResponse:
    """Change some fields of a customer."""
    version = wanted_version(if_match)
    found = await read(crm.customer, number, caller)
    return answer(await write(crm.edit_customer, found.id, version, changes, actor=caller), caller)


@router.post("/{number}/archive")
async def archive_customer(number: str, caller: Caller, if_match: IfMatch = None) -> JSONResponse:
    """Put a customer out of the living ones."""
    version = wanted_version(if_match)
    found = await read(crm.customer, number, caller)
    return answer(await write(crm.archive_customer, found.id, version, actor=caller), caller)


@router.post("/{number}/restore")
async def restore_customer(number: str, caller: Caller, if_match: IfMatch = None) -> JSONResponse:
    """Take an archived customer back."""
    version = wanted_version(if_match)
    found = await read(crm.customer, number, caller)
    return answer(await write(crm.restore_customer, found.id, version, actor=caller), caller)


@router.post("/{number}/addresses", status_code=201)
async def add_address(number: str, given: crm.AddressInput, caller: Caller) -> JSONResponse:
    """Add an address to a customer."""
    found = await read(crm.customer, number, caller)
    return answer(await write(crm.add_address, found.id, given, actor=caller), caller, 201)
