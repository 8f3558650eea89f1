"""What customers have bought, kept as counters beside the customer; fed by the events of orders.

Handlers take any event with `customer_id` (None for guests), `spent_delta_minor` (base currency, negative when money goes
back) and `at` (datetime or ISO text). The dispatcher runs each handler once per event, in the transaction that notes it,
so a plain addition is idempotent. Counters do not bump the customer's version: nobody edits them.
"""

from datetime import datetime
from typing import Any, Protocol

from peewee import Case

from models import Customer
from services.core.events import touch


class Purchase(Protocol):
    """An event about a customer's money."""

    customer_id: int | None
    spent_delta_minor: int
    at: Any


def record_purchase(event: Purchase) -> None:
    """Count one more order."""
    _count(event, orders=1)


def record_cancellation(event: Purchase) -> None:
    """Take back one order."""
    _count(event, orders=-1)


def record_spending(event: Purchase) -> None:
    """Add or take back money without counting an order: an edit, a refund."""
    _count(event, orders=0)


def _count(event: Purchase, orders: int) -> None:
    if event.customer_id is None:
        return
    values: dict[Any, Any] = {
        Customer.order_count: Customer.order_count + orders,
        Customer.spent_minor: Customer.spent_minor + event.spent_delta_minor,
    }
    if orders > 0:
        at = event.at if isinstance(event.at, datetime) else datetime.fromisoformat(event.at)
        stamp = Customer.first_order_at.db_value(at)
        earlier = Customer.first_order_at.is_null() | (Customer.first_order_at > at)
        later = Customer.last_order_at.is_null() | (Customer.last_order_at < at)
        values[Customer.first_order_at] = Case(None, [(earlier, stamp)], Customer.first_order_at)
        values[Customer.last_order_at] = Case(None, [(later, stamp)], Customer.last_order_at)
    Customer.update(values).where(Customer.id == event.customer_id).execute()
    touch("customer", event.customer_id)
