"""Money as integers in minor units: one way to round, one way to split.

Rounding is HALF_UP (half away from zero). Splitting is the largest-remainder method (Hamilton), deterministic:
equal remainders go to the earlier part.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

LARGEST_AMOUNT = 10**15
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "JOD": 3, "TND": 3, "OMR": 3}


def exponent(currency: str) -> int:
    """Digits after the point in `currency` (ISO 4217)."""
    return EXPONENTS.get(currency, 2)


def round_div(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator, HALF_UP; denominator must be positive."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def share_bps(amount_minor: int, bps: int) -> int:
    """`bps` ten-thousandths of an amount, HALF_UP."""
    return round_div(amount_minor * bps, 10_000)


def convert_minor(amount_minor: int, rate_ppm: int) -> int:
    """An amount times a rate given in millionths, HALF_UP."""
    return amount_minor if rate_ppm == 1_000_000 else round_div(amount_minor * rate_ppm, 1_000_000)


def split_minor(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to non-negative `weights`; the parts add up to `total` exactly.

    A part with weight 0 gets 0. Raises ValueError when no weight is positive and total is not 0.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    base = sum(weights)
    if base == 0:
        if total:
            raise ValueError("nothing to spread over: every weight is 0")
        return [0] * len(weights)
    sign, size = (1, total) if total >= 0 else (-1, -total)
    parts = [size * weight // base for weight in weights]
    rest = size - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % base), i))
    for index in by_remainder[:rest]:
        parts[index] += 1
    return [sign * part for part in parts]


def unit_shares(total: int, quantity: int) -> list[int]:
    """`total` spread over `quantity` equal units; the last units take the rounding rest."""
    base, rest = divmod(abs(total), quantity)
    units = [base] * (quantity - rest) + [base + 1] * rest
    return units if total >= 0 else [-unit for unit in units]


def to_minor(amount: str | int | Decimal, currency: str) -> int:
    """A decimal amount in whole units to minor units, HALF_UP. Raises ValueError for no number or an absurd one."""
    try:
        value = Decimal(str(amount).strip().replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"not an amount: {amount!r}") from None
    if not value.is_finite() or abs(value) > LARGEST_AMOUNT:
        raise ValueError(f"not an amount: {amount!r}")
    return int(value.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_minor(minor: int, currency: str) -> Decimal:
    """Minor units to a decimal amount with the currency's digits."""
    return Decimal(minor).scaleb(-exponent(currency))
