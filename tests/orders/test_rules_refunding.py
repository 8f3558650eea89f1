"""Refund ceilings: per line and unit, for shipping, for the rest, for the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.rules.refunding import LineMoney, OrderMoney, Wanted, everything, plan_refund


def line(line_id=1, quantity=3, net=1000, **given):
    return LineMoney(
        **{"line_id": line_id, "name": f"L{line_id}", "quantity": quantity, "shipped": 0, "returned": 0,
           "net_minor": net, **given}
    )  # fmt: skip


def money(*lines, paid=None, shipping=0, **given):
    total = sum(x.net_minor for x in lines) + shipping
    base = {"currency": "CNY", "total_minor": total, "paid_minor": total if paid is None else paid,
            "shipping_minor": shipping, "charges_minor": 0,
            "granted_minor": sum(x.granted_minor for x in lines), "granted_shipping_minor": 0}  # fmt: skip
    return OrderMoney(**{**base, "lines": lines, **given})


def refused(plan):
    return [said.render("en") for said in plan.refused]


def test_units_are_refunded_one_by_one_and_the_last_takes_the_rounding_rest():
    granted = (0, 0)
    worths = []
    for _ in range(3):
        one = line(granted_quantity=granted[0], granted_minor=granted[1])
        plan = plan_refund(money(one), Wanted(lines={1: (1, None)}))
        worths.append(plan.total_minor)
        granted = (granted[0] + 1, granted[1] + plan.total_minor)
    assert (worths, sum(worths)) == ([333, 333, 334], 1000)


def test_a_compensation_lowers_what_the_last_unit_is_worth():
    after = line(quantity=2, net=1000, granted_quantity=1, granted_minor=500 + 100)
    assert plan_refund(money(after), Wanted(lines={1: (1, None)})).total_minor == 400


@pytest.mark.parametrize(
    ("shipped", "returned", "granted", "most"),
    [(0, 0, 0, 3), (3, 0, 0, 0), (3, 2, 0, 2), (3, 2, 1, 1), (1, 0, 0, 2)],
)
def test_only_units_that_never_left_or_came_back_are_refunded(shipped, returned, granted, most):
    one = line(shipped=shipped, returned=returned, granted_quantity=granted, granted_minor=granted * 333)
    assert one.refundable_quantity == most
    assert bool(plan_refund(money(one), Wanted(lines={1: (most + 1, None)})).refused)
    if most:
        assert not plan_refund(money(one), Wanted(lines={1: (most, None)})).refused


@pytest.mark.parametrize(
    ("of", "wanted", "said"),
    [
        (money(line()), Wanted(lines={}), "Enter at least one amount to refund"),
        (money(line()), Wanted(lines={1: (0, 0)}), "Enter at least one amount to refund"),
        (money(line()), Wanted(lines={1: (-1, None)}), "Quantities and amounts to refund cannot be negative"),
        (money(line()), Wanted(lines={1: (0, -5)}), "Quantities and amounts to refund cannot be negative"),
        (money(line()), Wanted(lines={}, other_minor=-5), "Quantities and amounts to refund cannot be negative"),
        (money(line()), Wanted(lines={2: (1, None)}), "A line does not belong to this order"),
        (money(line()), Wanted(lines={1: (1, 1001)}), "“L1”: at most CN¥10.00 can still be refunded"),
        (money(line(), shipping=800), Wanted(lines={}, shipping_minor=801),
         "At most CN¥8.00 of the shipping can still be refunded"),
        (money(line(), shipping=800, granted_minor=800, granted_shipping_minor=800), Wanted(lines={}, shipping_minor=1),
         "At most CN¥0.00 of the shipping can still be refunded"),
        (money(line(), paid=1050), Wanted(lines={}, other_minor=51),
         "At most CN¥0.50 of fees and overpayment can still be refunded"),
        (money(line(), paid=500), Wanted(lines={1: (0, 501)}),
         "This order has taken CN¥5.00 and given back CN¥0.00; at most CN¥5.00 can still be refunded"),
    ],
)  # fmt: skip
def test_each_ceiling_says_how_much_is_left(of, wanted, said):
    assert said in refused(plan_refund(of, wanted))


def test_a_return_covers_only_what_it_counted():
    of = money(line(shipped=3, returned=3))
    assert refused(plan_refund(of, Wanted(lines={1: (2, None)}), {1: 1})) == [
        "“L1”: that return counted 1 units that can still be refunded"
    ]
    assert not plan_refund(of, Wanted(lines={1: (1, None)}), {1: 1}).refused


def test_overpayment_goes_back_as_other():
    plan = plan_refund(money(line(), paid=1200), Wanted(lines={}, other_minor=200))
    assert (plan.total_minor, plan.refused) == (200, ())


LINE = st.builds(line, quantity=st.integers(1, 9), net=st.integers(0, 10**5))


@given(
    st.lists(LINE, min_size=1, max_size=5),
    st.integers(0, 3000),
    st.integers(-2000, 2000),
    st.integers(0, 100),
)
def test_everything_is_exactly_what_was_paid_and_fits_every_ceiling(lines, shipping, extra, percent):
    lines = tuple(
        LineMoney(line_id=i, name="x", quantity=x.quantity, shipped=0, returned=0, net_minor=x.net_minor)
        for i, x in enumerate(lines)
    )
    total = sum(x.net_minor for x in lines) + shipping
    of = money(*lines, shipping=shipping, paid=max(0, total * percent // 100 + extra))
    plan = plan_refund(of, everything(of))
    if of.refundable_minor:
        assert (plan.refused, plan.total_minor) == ((), of.refundable_minor)


@given(st.integers(1, 12), st.integers(0, 10**5), st.data())
def test_refunding_unit_by_unit_in_any_steps_gives_back_the_net(quantity, net, data):
    granted_quantity = granted = 0
    while granted_quantity < quantity:
        units = data.draw(st.integers(1, quantity - granted_quantity))
        granted += line(
            quantity=quantity, net=net, granted_quantity=granted_quantity, granted_minor=granted
        ).worth_of(units)
        granted_quantity += units
    assert granted == net
