"""price_cart: every part adds up, nothing becomes negative."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.rules.pricing import NO_DISCOUNT, Cart, CartLine, Discount, Step, price_cart

AT = datetime(2026, 11, 22, tzinfo=UTC)


def line(unit=1000, quantity=1, list_price=None, discount=NO_DISCOUNT):
    return CartLine(
        variant_id=1,
        sku="A",
        quantity=quantity,
        list_price_minor=unit if list_price is None else list_price,
        unit_price_minor=unit,
        discount=discount,
    )


def cart(*lines, **given):
    return Cart(lines=lines, currency="CNY", **given)


def amount(minor):
    return Discount(amount_minor=minor)


def percent(bps):
    return Discount(bps=bps)


@pytest.mark.parametrize(
    ("wanted", "discounts", "nets"),
    [
        (
            cart(line(3333), line(3333), line(3333), discount=amount(1000)),
            [334, 333, 333],
            [2999, 3000, 3000],
        ),
        (cart(line(52), line(51), discount=amount(1)), [1, 0], [51, 51]),
        (cart(line(1000, 3), discount=percent(3333)), [1000], [2000]),
        (cart(line(1000, discount=amount(100)), line(1000), discount=percent(1000)), [190, 100], [810, 900]),
        (cart(line(1000, discount=percent(10_000)), line(500), discount=amount(100)), [1000, 100], [0, 400]),
        (cart(line(0), line(999), discount=amount(100)), [0, 100], [0, 899]),
        (cart(line(1000, discount=amount(5000))), [1000], [0]),
        (cart(line(1000), line(500), discount=amount(9999)), [1000, 500], [0, 0]),
        (cart(line(0), discount=amount(100)), [0], [0]),
    ],
)
def test_discounts_are_spread_to_the_cent(wanted, discounts, nets):
    priced = price_cart(wanted, AT)
    assert [x.discount_minor for x in priced.lines] == discounts
    assert [x.net_minor for x in priced.lines] == nets
    assert priced.discount_minor == sum(discounts)


def test_the_total_is_goods_less_discount_plus_shipping_and_charges():
    priced = price_cart(
        cart(line(1000, 2), discount=amount(100), shipping_minor=800, charges=(("包装", 50),)), AT
    )
    assert (priced.subtotal_minor, priced.discount_minor, priced.total_minor) == (2000, 100, 2750)
    assert priced.tax_minor == 0


def test_the_trace_names_each_step_and_a_discount_that_did_not_fit():
    priced = price_cart(cart(line(900, list_price=1000), discount=amount(1000), discount_reason="老客"), AT)
    assert [(x.step, x.amount_minor, x.line, x.note) for x in priced.trace] == [
        (Step.MANUAL_PRICE, 900, 0, "A"),
        (Step.CLAMPED, 100, None, ""),
        (Step.ORDER_DISCOUNT, -900, None, "老客"),
        (Step.TOTAL, 0, None, ""),
    ]


DISCOUNTS = st.one_of(
    st.just(NO_DISCOUNT),
    st.builds(Discount, amount_minor=st.integers(0, 10**6)),
    st.builds(Discount, bps=st.integers(0, 10_000)),
)
LINES = st.builds(line, unit=st.integers(0, 10**5), quantity=st.integers(1, 50), discount=DISCOUNTS)


@given(lines=st.lists(LINES, min_size=1, max_size=8), discount=DISCOUNTS, shipping=st.integers(0, 5000))
def test_any_cart_adds_up_and_no_line_is_negative(lines, discount, shipping):
    priced = price_cart(cart(*lines, discount=discount, shipping_minor=shipping), AT)
    assert all(0 <= x.net_minor == x.gross_minor - x.discount_minor for x in priced.lines)
    assert all(0 <= x.discount_minor for x in priced.lines)
    assert priced.subtotal_minor - priced.discount_minor + shipping == priced.total_minor
    assert sum(x.net_minor for x in priced.lines) + shipping == priced.total_minor
    discounts = [x.amount_minor for x in priced.trace if x.step in {Step.LINE_DISCOUNT, Step.ORDER_DISCOUNT}]
    assert -sum(discounts) == priced.discount_minor
