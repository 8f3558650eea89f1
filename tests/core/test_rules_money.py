"""Money adds up to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.money import (
    convert_minor,
    from_minor,
    round_div,
    share_bps,
    split_minor,
    to_minor,
    unit_shares,
)

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(total=st.integers(-(10**12), 10**12), weights=WEIGHTS)
def test_parts_add_up_and_a_zero_weight_gets_nothing(total, weights):
    if not any(weights):
        return
    parts = split_minor(total, weights)
    assert sum(parts) == total
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    base = sum(weights)
    assert all(abs(part * base - total * weight) < base for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1000, [3333, 3333, 3333], [334, 333, 333]),
        (103, [1, 1], [52, 51]),
        (-103, [1, 1], [-52, -51]),
        (1, [0, 5, 0], [0, 1, 0]),
        (0, [0, 0], [0, 0]),
    ],
)
def test_the_largest_remainder_takes_the_odd_cent_and_ties_go_to_the_first(total, weights, parts):
    assert split_minor(total, weights) == parts


def test_nothing_can_be_spread_over_nothing():
    with pytest.raises(ValueError, match="every weight is 0"):
        split_minor(1, [0, 0])
    with pytest.raises(ValueError, match="negative"):
        split_minor(1, [2, -1])


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (5, 3, 2), (-1, 3, 0), (0, 7, 0)],
)
def test_halves_round_away_from_zero(numerator, denominator, rounded):
    assert round_div(numerator, denominator) == rounded


@given(total=st.integers(-(10**9), 10**9), quantity=st.integers(1, 500))
def test_units_differ_by_at_most_one_cent_and_the_last_take_the_rest(total, quantity):
    units = unit_shares(total, quantity)
    assert sum(units) == total
    assert sorted(units, key=abs) == units
    assert max(units) - min(units) <= 1


def test_amounts_are_read_with_the_digits_of_their_currency():
    assert to_minor("1,234.565", "CNY") == 123457
    assert to_minor("12.5", "JPY") == 13
    assert to_minor("-0.005", "CNY") == -1
    assert to_minor("1.2345", "KWD") == 1235
    assert from_minor(123457, "CNY") == Decimal("1234.57")
    for wrong in ("", "abc", "NaN", "1e400000000", "Infinity"):
        with pytest.raises((ValueError, ArithmeticError)):
            to_minor(wrong, "CNY")


def test_shares_and_conversions_round_once():
    assert share_bps(999, 3333) == 333
    assert convert_minor(1000, 1_000_000) == 1000
    assert convert_minor(333, 9_123_456) == 3038
