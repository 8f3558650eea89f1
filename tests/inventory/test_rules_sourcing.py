"""Which warehouse delivers, with reasons; and the first day a dated change would break."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.rules import aggregate, choose_places, first_negative
from services.inventory.types import Need, Pick, Place, Shortage

NEAR = Place(1, "近", 10, {1: 5, 2: 1})
FAR = Place(2, "远", 20, {1: 9, 2: 9})


def chosen(needs, places, wanted=None):
    return choose_places([Need(*need) for need in needs], places, wanted)


@pytest.mark.parametrize(
    ("needs", "places", "wanted", "picks", "reasons"),
    [
        ([(1, 2)], [FAR, NEAR], None, [(1, 1, 2)], ["“近” has the highest priority and can send the whole order"]),
        ([(1, 2), (2, 2)], [NEAR, FAR], None, [(1, 2, 2), (2, 2, 2)],
         ["“远” has the highest priority of the warehouses that can send the whole order"]),
        ([(1, 2)], [NEAR, FAR], 2, [(1, 2, 2)], ["“远” was chosen by hand"]),
        ([(1, 12), (2, 1)], [NEAR, FAR], None, [(1, 2, 9), (2, 2, 1), (1, 1, 3)],
         ["No single warehouse can send it all: “远” sends 10", "No single warehouse can send it all: “近” sends 3"]),
        ([(1, 3), (1, 2)], [NEAR], None, [(1, 1, 5)], ["“近” has the highest priority and can send the whole order"]),
    ],
)  # fmt: skip
def test_sourcing(needs, places, wanted, picks, reasons):
    found = chosen(needs, places, wanted)
    assert found.picks == tuple(Pick(*pick) for pick in picks)
    assert [said.render("en") for said in found.reasons] == reasons


@pytest.mark.parametrize(
    ("needs", "places", "wanted", "short"),
    [
        ([(1, 15)], [NEAR, FAR], None, [(1, 15, 14)]),
        ([(1, 3), (1, 3)], [NEAR], None, [(1, 6, 5)]),
        ([(3, 1)], [NEAR, FAR], None, [(3, 1, 0)]),
        ([(1, 6)], [NEAR, FAR], 1, [(1, 6, 5)]),
        ([(1, 1)], [Place(1, "A", 1, {1: -3})], None, [(1, 1, 0)]),
    ],
)
def test_what_is_missing_is_said_over_the_whole_order(needs, places, wanted, short):
    found = chosen(needs, places, wanted)
    assert (found.picks, found.shortages) == ((), tuple(Shortage(*x) for x in short))


STOCKS = st.dictionaries(st.integers(1, 3), st.integers(-2, 6), max_size=3)
PLACES = st.lists(st.tuples(st.integers(1, 3), STOCKS), max_size=4).map(
    lambda rows: [Place(i, f"W{i}", priority, stock) for i, (priority, stock) in enumerate(rows)]
)
NEEDS = st.lists(st.builds(Need, st.integers(1, 3), st.integers(1, 6)), min_size=1, max_size=4)


@given(NEEDS, PLACES)
def test_any_sourcing_covers_the_needs_from_what_is_there_or_says_what_is_missing(needs, places):
    found = choose_places(needs, places)
    if found.shortages:
        assert not found.picks
        return
    there = {place.warehouse_id: place.available for place in places}
    sent = {}
    for pick in found.picks:
        assert 0 < pick.quantity <= there[pick.warehouse_id][pick.variant_id]
        sent[pick.variant_id] = sent.get(pick.variant_id, 0) + pick.quantity
    assert sent == {need.variant_id: need.quantity for need in aggregate(needs)}
    assert len(found.reasons) == len({pick.warehouse_id for pick in found.picks})


def day(number):
    return datetime(2026, 11, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("balance", "delta", "later", "broken"),
    [
        (5, -5, [], None),
        (5, -6, [], (None, -1)),
        (5, -3, [(day(2), -2), (day(3), 4)], None),
        (5, -4, [(day(2), -2), (day(3), 4)], (day(2), -1)),
        (0, 3, [(day(2), -3)], None),
    ],
)
def test_a_late_entry_may_not_make_a_later_day_negative(balance, delta, later, broken):
    assert first_negative(balance, delta, later) == broken
