"""What an order would cost and where it would come from, before anybody places it."""

from dataclasses import dataclass

from services import inventory
from services.core.clock import now
from services.core.permissions import Actor, Permission, check_permission
from services.core.text import Said
from services.orders.carts import cart_of, load_goods
from services.orders.labels import trace_sentences
from services.orders.rules.pricing import PricedCart, price_cart
from services.orders.types import PlaceOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price with its trace, the warehouses that would deliver, and what is missing."""

    priced: PricedCart
    trace: tuple[Said, ...]
    sourcing: tuple[Said, ...]
    missing: tuple[Said, ...]


def quote_order(new: PlaceOrder, *, actor: Actor) -> Quote:
    """Price an order and look for its stock without writing anything. Raises Invalid for goods that are not sold."""
    check_permission(actor, Permission.ORDERS_PLACE)
    cart = cart_of(new, load_goods(new.lines))
    priced = price_cart(cart, now())
    needs = [inventory.Need(line.variant_id, line.quantity) for line in new.lines]
    sourcing: tuple[Said, ...] = ()
    missing: tuple[Said, ...] = ()
    try:
        sourcing = inventory.source(needs, wanted_id=new.warehouse_id).reasons
    except inventory.OutOfStock as short:
        missing = tuple(short.reasons)
    sentences = trace_sentences([step.plain() for step in priced.trace], cart.currency)
    return Quote(priced=priced, trace=tuple(sentences), sourcing=sourcing, missing=missing)
