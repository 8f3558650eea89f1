"""Goods that come back and money that goes back: counted, under every ceiling, explained to the cent."""

import pytest

from models import Order, OrderLine, PaymentMethod, Refund, Return, ReturnDisposition, StockMovement
from services import orders
from services.core.errors import Invalid, MoveRefused, NotFound, NotPermitted
from services.core.options import set_option
from services.orders import Discount, RefundInput, RefundLineInput, ReturnInput, ReturnLineInput
from tests import factories as make
from tests.orders.proof import assert_sound, level, refuses

pytestmark = pytest.mark.engine
RESTOCK, SCRAP, NONE = ReturnDisposition.RESTOCK, ReturnDisposition.SCRAP, ReturnDisposition.NONE


def lines_of(order):
    return list(OrderLine.select().where(OrderLine.order == order.id).order_by(OrderLine.position))


def back(order, *counted, **given):
    lines = tuple(
        ReturnLineInput(line_id=line.id, quantity=quantity, disposition=what)
        for line, quantity, what in counted
    )
    return ReturnInput(**{"order_id": order.id, "lines": lines, "reason": "不喜欢", **given})


def refund(order, *wanted, **given):
    lines = tuple(
        RefundLineInput(line_id=line.id, quantity=n, amount_minor=amount) for line, n, amount in wanted
    )
    base = {"order_id": order.id, "method": PaymentMethod.ALIPAY, "reason": "退货", "lines": lines}
    return RefundInput(**{**base, **given})


@pytest.fixture
def sold(world):
    """Two teas and three cups, an order discount of 1.00 and shipping of 8.00: delivered and paid."""
    return make.deliver_paid(
        world.channel, (world.tea, 2), (world.cup, 3), shipping_minor=800, discount=Discount(amount_minor=100),
        discount_reason="券",
    )  # fmt: skip


# ── returns ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_returned_goods_go_back_to_the_warehouse_they_came_from(world, owner, sold):
    tea, cup = lines_of(sold)
    made = orders.record_return(back(sold, (tea, 1, RESTOCK), (cup, 2, SCRAP)), actor=owner)
    assert (made.number[:3], made.warehouse_id, made.status) == ("RT-", world.near.id, "received")
    assert (level(world.tea, world.near), level(world.cup, world.near)) == ((9, 0), (7, 0))
    kinds = [
        x.kind
        for x in StockMovement.select().where(StockMovement.cause_kind == "return").order_by(StockMovement.id)
    ]
    assert kinds == ["return", "return", "write_off"]
    assert Order.get_by_id(sold.id).fulfilment_state == "partially_returned"
    orders.record_return(back(sold, (tea, 1, RESTOCK), (cup, 1, NONE)), actor=owner)
    assert Order.get_by_id(sold.id).fulfilment_state == "returned"
    assert level(world.cup, world.near) == (7, 0)
    assert_sound()


def test_goods_may_come_back_to_another_warehouse(world, owner, sold):
    tea, _ = lines_of(sold)
    orders.record_return(back(sold, (tea, 2, RESTOCK), warehouse_id=world.far.id), actor=owner)
    assert (level(world.tea, world.near), level(world.tea, world.far)) == ((8, 0), (7, 0))


def test_no_more_comes_back_than_was_shipped(world, owner, sold):
    tea, _ = lines_of(sold)
    with refuses(Invalid, "2 shipped, 0 returned; at most 2 can come back now"):
        orders.record_return(back(sold, (tea, 3, RESTOCK)), actor=owner)
    orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
    with refuses(Invalid, "at most 1 can come back now"):
        orders.record_return(back(sold, (tea, 2, RESTOCK)), actor=owner)
    with refuses(NotFound, "given twice"):
        orders.record_return(back(sold, (tea, 1, RESTOCK), (tea, 1, RESTOCK)), actor=owner)
    with refuses(Invalid, "Enter what came back"):
        orders.record_return(back(sold), actor=owner)
    waiting = make.place(world.channel, (world.tea, 1))
    with refuses(MoveRefused, "cannot be changed by “Record return” now"):
        orders.record_return(back(waiting, (lines_of(waiting)[0], 1, RESTOCK)), actor=owner)
    other = make.deliver_paid(world.channel, (world.cup, 1))
    with refuses(NotFound, "There is no such line"):
        orders.record_return(back(sold, (lines_of(other)[0], 1, RESTOCK)), actor=owner)


def test_a_return_entered_by_mistake_is_reversed_not_deleted(world, owner, sold):
    tea, _ = lines_of(sold)
    made = orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
    with refuses(Invalid, "Say why the return is undone"):
        orders.cancel_return(made.id, " ", actor=owner)
    orders.cancel_return(made.id, "录错订单", actor=owner)
    assert (Return.get().status, level(world.tea, world.near)) == ("cancelled", (8, 0))
    assert Order.get_by_id(sold.id).fulfilment_state == "delivered"
    assert [
        x.kind
        for x in StockMovement.select()
        .where(StockMovement.cause_id == made.id, StockMovement.cause_kind == "return")
        .order_by(StockMovement.id)
    ] == ["return", "reversal"]
    with refuses(MoveRefused, "It is Undone"):
        orders.cancel_return(made.id, "again", actor=owner)
    second = orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
    orders.record_refund(refund(sold, (tea, 1, None), return_id=second.id), actor=owner)
    with refuses(MoveRefused, "rests on this return"):
        orders.cancel_return(second.id, "x", actor=owner)
    assert_sound()


# ── refunds ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_discounted_line_is_refunded_to_the_cent_unit_by_unit(world, owner, sold):
    tea, cup = lines_of(sold)
    assert (tea.net_minor, cup.net_minor) == (3907, 1473)
    amounts = []
    for _ in range(2):
        made = orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
        amounts.append(
            orders.record_refund(refund(sold, (tea, 1, None), return_id=made.id), actor=owner).amount_minor
        )
    assert amounts == [1953, 1954]
    assert_sound()


def test_everything_can_go_back_and_not_a_cent_more(world, owner, sold):
    tea, cup = lines_of(sold)
    orders.record_return(back(sold, (tea, 2, RESTOCK), (cup, 3, RESTOCK)), actor=owner)
    orders.record_refund(refund(sold, (tea, 2, None), (cup, 1, None)), actor=owner)
    last = orders.record_refund(refund(sold, (cup, 2, None), shipping_minor=800), actor=owner)
    stored = Order.get_by_id(sold.id)
    assert (last.amount_minor, stored.refunded_minor, stored.payment_state) == (
        982 + 800,
        stored.total_minor,
        "refunded",
    )
    with refuses(MoveRefused, "Nothing to refund"):
        orders.record_refund(refund(sold, (cup, 0, 1)), actor=owner)
    assert_sound()


def test_each_ceiling_refuses_a_cent_too_much(world, owner, sold):
    tea, cup = lines_of(sold)
    with refuses(Invalid, "at most 0 more units can be refunded. Record the return first"):
        orders.record_refund(refund(sold, (tea, 1, None)), actor=owner)
    with refuses(Invalid, "at most CN¥14.73 can still be refunded"):
        orders.record_refund(refund(sold, (cup, 0, 1474)), actor=owner)
    with refuses(Invalid, "At most CN¥8.00 of the shipping"):
        orders.record_refund(refund(sold, shipping_minor=801), actor=owner)
    with refuses(Invalid, "fees and overpayment"):
        orders.record_refund(refund(sold, other_minor=1), actor=owner)
    with refuses(Invalid, "Say why the money goes back"):
        orders.record_refund(refund(sold, (tea, 0, 1), reason=""), actor=owner)
    with refuses(Invalid, "Give each line once"):
        orders.record_refund(refund(sold, (tea, 0, 1), (tea, 0, 1)), actor=owner)
    made = orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
    orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
    with refuses(Invalid, "that return counted 1 units"):
        orders.record_refund(refund(sold, (tea, 2, None), return_id=made.id), actor=owner)
    with refuses(NotFound, "There is no such return"):
        orders.record_refund(refund(sold, (tea, 1, None), return_id=99), actor=owner)


def test_a_partly_paid_order_gives_back_no_more_than_was_paid(world, owner):
    order = make.place(world.channel, (world.tea, 2))
    make.pay(order, 1000)
    with refuses(Invalid, "has taken CN¥10.00 and given back CN¥0.00; at most CN¥10.00"):
        orders.record_refund(refund(order, (lines_of(order)[0], 1, None)), actor=owner)
    orders.record_refund(refund(order, (lines_of(order)[0], 0, 1000)), actor=owner)
    assert Order.get_by_id(order.id).payment_state == "refunded"
    assert_sound()


def test_what_was_paid_too_much_goes_back_and_the_order_is_paid(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    make.pay(order, 2500)
    orders.record_refund(refund(order, other_minor=510), actor=owner)
    assert Order.get_by_id(order.id).payment_state == "paid"
    assert_sound()


def test_the_same_click_twice_pays_once(world, owner, sold):
    tea, _ = lines_of(sold)
    wanted = refund(sold, (tea, 0, 100))
    first = orders.record_refund(wanted, actor=owner.asking("click"))
    assert orders.record_refund(wanted, actor=owner.asking("click")).id == first.id
    assert Order.get_by_id(sold.id).refunded_minor == 100


def test_units_refunded_before_shipping_are_not_shipped(world, owner):
    order = make.place(world.channel, (world.tea, 2))
    make.pay(order)
    orders.confirm_order(order.id, actor=owner)
    orders.record_refund(refund(order, (lines_of(order)[0], 1, None)), actor=owner)
    with refuses(MoveRefused, "1 units were refunded and not shipped"):
        make.ship(order)
    assert_sound()


# ── above the limit ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_refund_above_the_limit_waits_for_a_second_person(world, owner, sold, actor_of):
    set_option("orders.refund_limit_minor", 1000, actor=owner)
    agent, analyst = actor_of("agent"), actor_of("analyst")
    tea, _ = lines_of(sold)
    asked = orders.record_refund(refund(sold, (tea, 0, 3000)), actor=agent)
    assert (asked.status, Order.get_by_id(sold.id).refunded_minor) == ("requested", 0)
    with refuses(Invalid, "at most CN¥9.07 can still be refunded"):
        orders.record_refund(refund(sold, (tea, 0, 908)), actor=owner)
    with refuses(MoveRefused, "A refund of CN¥30.00 awaits approval"):
        orders.complete_order(sold.id, actor=owner)
    with refuses(MoveRefused, "A second person approves a refund"):
        orders.approve_refund(asked.id, actor=agent)
    with refuses(NotPermitted):
        orders.approve_refund(asked.id, actor=analyst)
    paid = orders.approve_refund(asked.id, actor=owner)
    stored = Refund.get_by_id(asked.id)
    assert (paid.status, stored.status, stored.approved_by) == ("paid", "paid", owner.name)
    assert Order.get_by_id(sold.id).refunded_minor == 3000
    with refuses(MoveRefused, "It is Paid back"):
        orders.approve_refund(asked.id, actor=owner)
    assert_sound()


def test_a_rejected_refund_frees_its_ceiling(world, owner, sold, actor_of):
    set_option("orders.refund_limit_minor", 1000, actor=owner)
    tea, _ = lines_of(sold)
    asked = orders.record_refund(refund(sold, (tea, 0, 3907)), actor=actor_of("agent"))
    with refuses(Invalid, "Say why the refund is turned down"):
        orders.reject_refund(asked.id, "", actor=owner)
    orders.reject_refund(asked.id, "凭证不足", actor=owner)
    assert orders.record_refund(refund(sold, (tea, 0, 1000)), actor=owner).status == "paid"
    assert_sound()


def test_a_request_that_no_longer_fits_is_not_paid(world, owner, actor_of):
    order = make.place(world.channel, (world.tea, 2))
    make.pay(order)
    set_option("orders.refund_limit_minor", 1000, actor=owner)
    asked = orders.record_refund(refund(order, (lines_of(order)[0], 2, None)), actor=actor_of("agent"))
    orders.confirm_order(order.id, actor=owner)
    make.ship(order)
    with refuses(Invalid, "at most 0 more units"):
        orders.approve_refund(asked.id, actor=owner)


# ── the money panel ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_money_panel_explains_every_cent(world, owner, sold):
    tea, cup = lines_of(sold)
    orders.record_return(back(sold, (tea, 1, RESTOCK)), actor=owner)
    orders.record_refund(refund(sold, (tea, 1, None), shipping_minor=300), actor=owner)
    panel = orders.money_panel(sold.id, actor=owner)
    assert [
        (x.label.render("zh"), x.net_minor, x.refunded_minor, x.refundable_minor, x.refundable_quantity)
        for x in panel.rows
    ] == [
        (tea.name, 3907, 1953, 1954, 0),
        (cup.name, 1473, 0, 1473, 0),
        ("运费", 800, 300, 500, 0),
    ]
    assert sum(row.net_minor for row in panel.rows) == panel.total_minor == panel.paid_minor == 6180
    assert sum(row.refunded_minor for row in panel.rows) == panel.refunded_minor == 2253
    assert sum(row.refundable_minor for row in panel.rows) == panel.refundable_minor == 3927
    assert [said.render("en") for said in panel.explained] == [
        "Goods CN¥54.80 − discount CN¥1.00 + shipping CN¥8.00 + other CN¥0.00 = total CN¥61.80",
        "Paid CN¥61.80 − refunded CN¥22.53 − awaiting approval CN¥0.00 = refundable CN¥39.27",
    ]


def test_the_money_panel_says_why_less_than_the_rows_can_go_back(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    make.pay(order, 500)
    panel = orders.money_panel(order.id, actor=owner)
    assert (panel.due_minor, panel.refundable_minor) == (1490, 500)
    assert panel.explained[-1].render("en") == (
        "The rows allow CN¥19.90 together; as only CN¥5.00 was paid, at most CN¥5.00 can go back"
    )
