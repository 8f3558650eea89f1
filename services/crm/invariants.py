"""What always holds about customers."""

from typing import Any

from peewee import fn

from models import Customer, CustomerAddress, Text
from services.core.invariants import LIMIT, invariant


@invariant(
    "C1", Text("客户至多一个默认地址,有地址则恰有一个", "A customer with addresses has exactly one default")
)
def customers_without_one_default() -> list[Any]:
    """Customers whose addresses carry no default mark, or several."""
    marks = fn.SUM(CustomerAddress.is_default.cast("INTEGER"))
    grouped = CustomerAddress.select(CustomerAddress.customer).group_by(CustomerAddress.customer)
    return [row.customer_id for row in grouped.having(marks != 1).limit(LIMIT)]


@invariant("C2", Text("加密字段与其盲索引同在", "Encrypted contact data and its blind index come together"))
def customers_with_stray_indexes() -> list[Any]:
    """Customers who have a phone or e-mail without its index, or an index without the data."""
    stray = Customer.phone.is_null() & Customer.phone_bidx.is_null(False)
    stray |= Customer.phone.is_null(False) & Customer.phone_bidx.is_null()
    stray |= Customer.email.is_null() & Customer.email_bidx.is_null(False)
    stray |= Customer.email.is_null(False) & Customer.email_bidx.is_null()
    return [row.id for row in Customer.select(Customer.id).where(stray).limit(LIMIT)]
