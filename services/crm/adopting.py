"""Customers that documents of the past name, and what they bought: written in bulk for imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Customer
from services.core import audit
from services.core.db import bulk_insert, fetch, marks
from services.core.events import touch
from services.core.inserting import steps
from services.core.numbers import next_serial
from services.core.permissions import Actor


@dataclass(frozen=True, slots=True)
class AdoptedCustomer:
    """A customer as documents know them: the platform's number, perhaps a name, the country, the first day."""

    number: str
    name: str
    country: str
    since: datetime


@dataclass(slots=True)
class Purchases:
    """What a customer's documents add to the counters; money in the base currency."""

    orders: int = 0
    spent_minor: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def add(self, spent_minor: int, at: datetime) -> None:
        """Count one order."""
        self.orders += 1
        self.spent_minor += spent_minor
        self.first_at = min(self.first_at or at, at)
        self.last_at = max(self.last_at or at, at)


def adopt_customers(items: Sequence[AdoptedCustomer], *, actor: Actor) -> list[int]:
    """Make a customer for each item, numbered as the platform does where that number is free; returns the ids.

    For imports only: the caller holds the transaction.
    """
    numbers = [item.number.upper() for item in items]
    taken = {row.number for row in Customer.select(Customer.number).where(Customer.number.in_(numbers))}
    ids = bulk_insert(
        Customer,
        [
            {
                "number": f"C{next_serial('customer'):06d}"
                if number in taken or len(number) > 24
                else number,
                "name": item.name or item.number,
                "country": item.country or "CN",
                "created_at": item.since,
                "updated_at": item.since,
            }
            for number, item in zip(numbers, items, strict=True)
        ],
    )
    for customer_id, item in zip(ids, items, strict=True):
        audit.record(actor, "customer.import", ("customer", customer_id), after={"number": item.number})
    touch("customer", ids[-1])
    return ids


def count_purchases(purchases_by_customer: Mapping[int, Purchases]) -> None:
    """Add many customers' purchases in few statements; nobody is told row by row."""
    for part in steps(sorted(purchases_by_customer.items())):
        _count(part)


def _count(purchases: Sequence[tuple[int, Purchases]]) -> None:
    stamp = Customer.first_order_at.db_value
    values: list[int] = []
    for customer_id, bought in purchases:
        first = stamp(bought.first_at) if bought.first_at else 0
        last = stamp(bought.last_at) if bought.last_at else 0
        values += [customer_id, bought.orders, bought.spent_minor, first, last]
    sql = (
        "WITH d (customer_id, n, spent, first_at, last_at) AS "  # noqa: S608 - marks only
        f"(VALUES {marks(len(purchases), 5)}) "
        "UPDATE customer SET order_count = order_count + d.n, spent_minor = spent_minor + d.spent, "
        "first_order_at = CASE WHEN d.first_at = 0 OR first_order_at <= d.first_at THEN first_order_at "
        "ELSE d.first_at END, "
        "last_order_at = CASE WHEN d.last_at = 0 OR last_order_at >= d.last_at THEN last_order_at "
        "ELSE d.last_at END "
        "FROM d WHERE customer.id = d.customer_id"
    )
    fetch(sql, values)


def set_purchases(customer_id: int, bought: Purchases) -> None:
    """Write a customer's counters anew: an undo recounts whom it touched."""
    Customer.update(
        order_count=bought.orders,
        spent_minor=bought.spent_minor,
        first_order_at=bought.first_at,
        last_order_at=bought.last_at,
    ).where(Customer.id == customer_id).execute()
    touch("customer", customer_id)
