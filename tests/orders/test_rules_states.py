"""Payment and fulfilment state follow from amounts and quantities; parcels hold exactly the lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.rules.packing import PlannedParcel, pack
from services.orders.rules.states import due_minor, fulfilment_state, payment_state, spent_minor


@pytest.mark.parametrize(
    ("total", "paid", "refunded", "state"),
    [
        (100, 0, 0, "unpaid"),
        (0, 0, 0, "paid"),
        (100, 1, 0, "partially_paid"),
        (100, 99, 0, "partially_paid"),
        (100, 100, 0, "paid"),
        (100, 101, 0, "overpaid"),
        (100, 120, 20, "paid"),
        (100, 120, 10, "overpaid"),
        (100, 120, 30, "partially_refunded"),
        (100, 100, 1, "partially_refunded"),
        (100, 100, 100, "refunded"),
        (100, 50, 50, "refunded"),
        (0, 30, 30, "paid"),
    ],
)
def test_payment_state(total, paid, refunded, state):
    assert payment_state(total, paid, refunded) == state


@pytest.mark.parametrize(
    ("ordered", "shipped", "delivered", "returned", "state"),
    [
        (3, 0, 0, 0, "unfulfilled"),
        (0, 0, 0, 0, "unfulfilled"),
        (3, 1, 0, 0, "partial"),
        (3, 2, 2, 1, "partial"),
        (3, 3, 0, 0, "fulfilled"),
        (3, 3, 2, 0, "fulfilled"),
        (3, 3, 3, 0, "delivered"),
        (3, 3, 3, 1, "partially_returned"),
        (3, 3, 0, 3, "returned"),
        (3, 3, 3, 3, "returned"),
    ],
)
def test_fulfilment_state(ordered, shipped, delivered, returned, state):
    assert fulfilment_state(ordered, shipped, delivered, returned) == state


def test_due_and_spent():
    assert [due_minor(100, paid) for paid in (0, 30, 100, 120)] == [100, 70, 0, 0]
    assert spent_minor(100, 0, False) == 100
    assert spent_minor(100, 130, False) == 0
    assert spent_minor(100, 0, True) == 0


def test_a_line_is_split_over_parcels_and_a_parcel_serves_two_lines_of_one_variant():
    parcels = pack([(1, 2), (1, 3), (2, 1)], [(1, 10, 4), (1, 20, 1), (2, 20, 1)])
    assert parcels == [PlannedParcel(10, ((0, 2), (1, 2))), PlannedParcel(20, ((1, 1), (2, 1)))]


@pytest.mark.parametrize("picks", [[(1, 10, 1)], [(1, 10, 3)], [(2, 10, 2)]])
def test_picks_that_do_not_fit_the_lines_are_a_bug(picks):
    with pytest.raises(ValueError):
        pack([(1, 2)], picks)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 5)), min_size=1, max_size=6), st.data())
def test_parcels_hold_exactly_what_the_lines_want(lines, data):
    needs = {}
    for variant, quantity in lines:
        needs[variant] = needs.get(variant, 0) + quantity
    picks = []
    for variant, quantity in needs.items():
        first = data.draw(st.integers(0, quantity))
        picks += [(variant, place, n) for place, n in ((10, first), (20, quantity - first)) if n]
    held = {}
    for parcel in pack(lines, picks):
        for position, quantity in parcel.contents:
            held[position] = held.get(position, 0) + quantity
    assert [held[position] for position in range(len(lines))] == [quantity for _, quantity in lines]
