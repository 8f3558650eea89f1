"""Customers: who buys, where they live, what they have bought so far."""

from services.crm import importing, invariants  # noqa: F401 - they register themselves
from services.crm.addresses import add_address, edit_address, remove_address, set_default_address
from services.crm.adopting import AdoptedCustomer, Purchases, adopt_customers, count_purchases, set_purchases
from services.crm.customers import archive_customer, create_customer, edit_customer, restore_customer
from services.crm.events import CustomerChanged
from services.crm.purchases import record_cancellation, record_purchase, record_spending
from services.crm.queries import (
    addresses_of,
    contact_of,
    customer,
    customers,
    find_customer,
    find_customers,
    possible_duplicates,
    search_condition,
)
from services.crm.revealing import reveal
from services.crm.types import AddressInput, Contact, CustomerInput

__all__ = [
    "AddressInput",
    "AdoptedCustomer",
    "Contact",
    "CustomerChanged",
    "CustomerInput",
    "Purchases",
    "add_address",
    "addresses_of",
    "adopt_customers",
    "archive_customer",
    "contact_of",
    "count_purchases",
    "create_customer",
    "customer",
    "customers",
    "edit_address",
    "edit_customer",
    "find_customer",
    "find_customers",
    "possible_duplicates",
    "record_cancellation",
    "record_purchase",
    "record_spending",
    "remove_address",
    "restore_customer",
    "reveal",
    "search_condition",
    "set_default_address",
    "set_purchases",
]
