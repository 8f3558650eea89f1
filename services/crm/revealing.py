"""Reading personal data in clear: with a reason, written down, and not too often."""

from datetime import timedelta

from models import Audit, Customer, CustomerAddress, Text
from services.core import audit
from services.core.clock import now
from services.core.db import transaction
from services.core.errors import Invalid, NotFound, NotPermitted
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said

REVEALS_PER_HOUR = 50
CUSTOMER_FIELDS = ("name", "phone", "email")
ADDRESS_FIELDS = ("recipient", "phone", "street")
ACTION = "customer.reveal"


@requires(Permission.CUSTOMERS_REVEAL, once=False)
def reveal(customer_id: int, field: str, reason: str, *, address_id: int | None = None, actor: Actor) -> str:
    """Give one field of a customer (or of one of the addresses) in clear. Raises Invalid, NotFound, NotPermitted."""
    if field not in (CUSTOMER_FIELDS if address_id is None else ADDRESS_FIELDS):
        raise Invalid(Said(Text("没有可查看的「{field}」", "There is no {field} to reveal"), field=field))
    if len(reason.strip()) < 2:
        said = Said(Text("请写明查看原因", "Say why you need to see it"))
        raise Invalid(fields={"reason": said})
    with transaction():
        _refuse_too_many(actor)
        customer = Customer.get_or_none(Customer.id == customer_id)
        holder: Customer | CustomerAddress | None = customer
        if address_id is not None:
            holder = CustomerAddress.get_or_none(
                CustomerAddress.id == address_id, CustomerAddress.customer == customer_id
            )
        if customer is None or holder is None:
            raise NotFound()
        seen = {"field": field} if address_id is None else {"field": field, "address": address_id}
        audit.record(actor, ACTION, customer, after=seen, reason=reason.strip())
        return str(getattr(holder, field) or "")


def _refuse_too_many(actor: Actor) -> None:
    recent = (Audit.action == ACTION, Audit.actor_key == actor.key, Audit.at > now() - timedelta(hours=1))
    if Audit.select().where(*recent).count() >= REVEALS_PER_HOUR:
        text = Text(
            "一小时内最多查看 {n} 次客户隐私,请稍后再试",
            "At most {n} reveals of personal data an hour; try again later",
        )
        raise NotPermitted(Said(text, n=REVEALS_PER_HOUR))
