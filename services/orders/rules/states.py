"""Payment and fulfilment state: what amounts and quantities say, never set by hand."""

from models import FulfilmentState, PaymentState


def payment_state(total_minor: int, paid_minor: int, refunded_minor: int) -> PaymentState:
    """The state that the amounts say; giving back what was paid too much leaves an order paid."""
    kept = paid_minor - refunded_minor
    if refunded_minor > 0 and kept < total_minor:
        return PaymentState.REFUNDED if kept <= 0 else PaymentState.PARTIALLY_REFUNDED
    if kept > total_minor:
        return PaymentState.OVERPAID
    if kept == total_minor:
        return PaymentState.PAID
    return PaymentState.PARTIALLY_PAID if paid_minor > 0 else PaymentState.UNPAID


def fulfilment_state(ordered: int, shipped: int, delivered: int, returned: int) -> FulfilmentState:
    """The state that the quantities say; what still has to be shipped comes before what came back."""
    if shipped <= 0:
        return FulfilmentState.UNFULFILLED
    if shipped < ordered:
        return FulfilmentState.PARTIAL
    if returned >= ordered:
        return FulfilmentState.RETURNED
    if returned > 0:
        return FulfilmentState.PARTIALLY_RETURNED
    return FulfilmentState.DELIVERED if delivered >= ordered else FulfilmentState.FULFILLED


def due_minor(total_minor: int, paid_minor: int) -> int:
    """What the buyer still has to pay."""
    return max(0, total_minor - paid_minor)


def spent_minor(total_minor: int, refunded_minor: int, is_cancelled: bool) -> int:
    """What an order counts for in its customer's spending."""
    return 0 if is_cancelled else total_minor - min(refunded_minor, total_minor)
