"""Why a historic order costs what it costs."""

from models import Order
from seed.stories import Story
from services.orders import Cart, CartLine, Discount, price_cart


def trace_of(story: Story) -> str:
    """Why the total is what it is, by the rules that price a living order."""
    lines = tuple(
        CartLine(
            variant_id=line.item.variant_id,
            sku=line.item.sku,
            quantity=line.quantity,
            list_price_minor=line.item.price_minor,
            unit_price_minor=line.item.price_minor,
        )
        for line in story.lines
    )
    cart = Cart(
        lines=lines,
        currency="CNY",
        discount=Discount(amount_minor=story.discount_minor),
        discount_reason=story.discount_reason,
        shipping_minor=story.shipping_minor,
    )
    priced = price_cart(cart, story.placed_at)
    if priced.total_minor != story.total_minor:
        raise RuntimeError(f"the seed's price is not the shop's: {priced.total_minor} {story}")
    return Order.price_trace.db_value([step.plain() for step in priced.trace])
