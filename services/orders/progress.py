"""Storing what amounts and quantities say: the derived states, sums and stamps of an order, after every change."""

from models import FulfilmentState, Order, PaymentState
from services.core.clock import now
from services.core.db import fetch
from services.orders.loading import figures_of
from services.orders.rules.states import fulfilment_state, payment_state

SHIPPED = set(FulfilmentState) - {FulfilmentState.UNFULFILLED, FulfilmentState.PARTIAL}
ARRIVED = SHIPPED - {FulfilmentState.FULFILLED}
PAID = {PaymentState.PAID, PaymentState.OVERPAID}
STORE = """
UPDATE sales_order SET payment_state = ?, fulfilment_state = ?, paid_minor = ?, refunded_minor = ?,
  paid_at = COALESCE(paid_at, ?), shipped_at = COALESCE(shipped_at, ?), delivered_at = COALESCE(delivered_at, ?),
  version = version + 1, updated_at = ?
WHERE id = ? RETURNING version, paid_at, shipped_at, delivered_at
"""


def refresh(order: Order) -> None:
    """Recompute an order's sums and states from its rows and store them."""
    ordered, shipped, returned, _, _, _, _, delivered, paid, refunded, _ = figures_of(order.id)
    order.payment_state = payment_state(order.total_minor, paid, refunded)
    order.fulfilment_state = fulfilment_state(ordered, shipped, delivered, returned)
    order.paid_minor, order.refunded_minor = paid, refunded
    at = Order.updated_at.db_value(now())
    stored = fetch(
        STORE,
        (
            order.payment_state.value,
            order.fulfilment_state.value,
            paid,
            refunded,
            at if order.payment_state in PAID else None,
            at if order.fulfilment_state in SHIPPED else None,
            at if order.fulfilment_state in ARRIVED else None,
            at,
            order.id,
        ),
    )[0]
    order.version = stored[0]
    for name, value in zip(("paid_at", "shipped_at", "delivered_at"), stored[1:], strict=True):
        setattr(order, name, Order.paid_at.python_value(value))
