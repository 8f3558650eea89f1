"""Two at the same moment: threads on a file database; exactly one outcome each."""

import threading

import pytest

from models import Order, OrderLine, Payment, PaymentMethod, Refund, db
from services import inventory, orders
from services.core.errors import DomainError
from services.core.permissions import SYSTEM
from services.orders import CancelOrder, PaymentInput, RefundInput, RefundLineInput
from tests import factories as make
from tests.orders.proof import assert_sound, level

pytestmark = pytest.mark.engine


def at_once(*calls):
    """Run all calls at the same moment on threads of their own; returns what each gave or raised."""
    outcomes = [None] * len(calls)
    ready = threading.Barrier(len(calls))

    def run(position, call):
        db.connect(reuse_if_open=True)
        ready.wait()
        try:
            outcomes[position] = call()
        except DomainError as refusal:
            outcomes[position] = refusal
        finally:
            db.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_last_unit_is_sold_once(world):
    wanted = make.order_of(world.channel, (world.tea, 15))
    outcomes = at_once(*[lambda: orders.place_order(wanted, actor=SYSTEM)] * 8)
    assert sorted(type(x).__name__ for x in outcomes) == ["Order"] + ["OutOfStock"] * 7
    assert (level(world.tea, world.near), level(world.tea, world.far)) == ((10, 10), (5, 5))
    assert_sound()


def test_fifteen_units_are_sold_to_exactly_fifteen_of_twenty(world):
    wanted = make.order_of(world.channel, (world.tea, 1))
    outcomes = at_once(*[lambda: orders.place_order(wanted, actor=SYSTEM)] * 20)
    assert sum(isinstance(x, Order) for x in outcomes) == 15
    assert len({x.number for x in outcomes if isinstance(x, Order)}) == 15
    assert_sound()


def test_two_refunds_of_the_same_money_pay_once(world):
    order = make.place(world.channel, (world.tea, 1))
    make.pay(order)
    line = OrderLine.get(OrderLine.order == order.id)
    wanted = RefundInput(
        order_id=order.id,
        method=PaymentMethod.ALIPAY,
        reason="x",
        lines=(RefundLineInput(line_id=line.id, quantity=1),),
    )
    outcomes = at_once(*[lambda: orders.record_refund(wanted, actor=SYSTEM)] * 6)
    assert sum(isinstance(x, Refund) for x in outcomes) == 1
    assert Order.get_by_id(order.id).refunded_minor == 1990
    assert_sound()


def test_a_double_click_refunds_once_and_both_get_the_same_refund(world, owner):
    order = make.place(world.channel, (world.tea, 2))
    make.pay(order)
    line = OrderLine.get(OrderLine.order == order.id)
    wanted = RefundInput(
        order_id=order.id,
        method=PaymentMethod.ALIPAY,
        reason="x",
        lines=(RefundLineInput(line_id=line.id, quantity=0, amount_minor=100),),
    )
    outcomes = at_once(*[lambda: orders.record_refund(wanted, actor=owner.asking("click"))] * 5)
    assert {x.id for x in outcomes} == {Refund.get().id}
    assert Order.get_by_id(order.id).refunded_minor == 100


def test_a_notification_delivered_ten_times_counts_once(world):
    order = make.place(world.channel, (world.tea, 1))
    paid = PaymentInput(
        order_id=order.id, method=PaymentMethod.WECHAT, amount_minor=1990, source="wechat", event_id="evt"
    )
    outcomes = at_once(*[lambda: orders.record_payment(paid, actor=SYSTEM)] * 10)
    assert len({x.id for x in outcomes}) == Payment.select().count() == 1
    assert_sound()


def test_paying_and_cancelling_at_once_never_lose_money_or_stock(world):
    for _ in range(5):
        order = make.place(world.channel, (world.tea, 1))
        paid = PaymentInput(order_id=order.id, method=PaymentMethod.ALIPAY, amount_minor=1990)
        payment, cancelled = at_once(
            lambda paid=paid: orders.record_payment(paid, actor=SYSTEM),
            lambda order=order: orders.cancel_order(
                CancelOrder(order_id=order.id, reason="超时"), actor=SYSTEM
            ),
        )
        stored = Order.get_by_id(order.id)
        assert isinstance(payment, Payment)
        if isinstance(cancelled, Order):
            assert (stored.status, stored.paid_minor, stored.open_holds) == ("cancelled", 1990, 1)
        else:
            assert (stored.status, stored.paid_minor, stored.open_holds) == ("placed", 1990, 0)
    assert_sound()


def test_shipping_and_cancelling_at_once_leave_one_of_both(world):
    order = make.place(
        world.channel, (world.tea, 2), discount=orders.Discount(bps=10_000), discount_reason="赠"
    )
    orders.confirm_order(order.id, actor=SYSTEM)
    shipped, cancelled = at_once(
        lambda: make.ship(order),
        lambda: orders.cancel_order(CancelOrder(order_id=order.id, reason="x"), actor=SYSTEM),
    )
    assert isinstance(shipped, Order) != isinstance(cancelled, Order)
    assert level(world.tea, world.near) in {(8, 0), (10, 0)}
    assert_sound()


def test_out_of_stock_names_what_is_missing(world):
    with pytest.raises(inventory.OutOfStock) as short:
        make.place(world.channel, (world.tea, 16), (world.cup, 16))
    assert [(x.variant_id, x.needed, x.available) for x in short.value.shortages] == [
        (world.tea.id, 16, 15),
        (world.cup.id, 16, 15),
    ]
