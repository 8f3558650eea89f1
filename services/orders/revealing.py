"""Reading the personal data of an order in clear: with a reason, written down."""

from models import Text
from services.core import audit
from services.core.db import transaction
from services.core.errors import Invalid
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.orders.loading import order_for_change

FIELDS = ("ship_name", "ship_phone", "ship_street")


@requires(Permission.CUSTOMERS_REVEAL, once=False)
def reveal_ship_to(order_id: int, field: str, reason: str, *, actor: Actor) -> str:
    """Give one field of where an order goes in clear. Raises Invalid, NotFound."""
    if field not in FIELDS:
        raise Invalid(Said(Text("没有可查看的「{field}」", "There is no {field} to reveal"), field=field))
    if len(reason.strip()) < 2:
        raise Invalid(fields={"reason": Text("请写明查看原因", "Say why you need to see it")})
    with transaction():
        order = order_for_change(order_id, actor)
        audit.record(actor, "order.reveal", order, after={"field": field}, reason=reason.strip())
        return str(getattr(order, field) or "")
