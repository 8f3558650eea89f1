"""Confirm, pay, ship, deliver, complete, cancel, hold: each move, its refusals, and what it leaves behind."""

from dataclasses import replace

import pytest

from models import (
    HoldCause,
    Order,
    OrderHold,
    OrderLine,
    OutboxEvent,
    Payment,
    PaymentMethod,
    Shipment,
    StockMovement,
)
from services import inventory, orders
from services.core import audit, events
from services.core.errors import Conflict, Invalid, MoveRefused, NotFound, NotPermitted
from services.core.options import set_option
from services.orders import CancelOrder, HoldInput, PaymentInput, ShipInput
from tests import factories as make
from tests.orders.proof import assert_sound, level, refuses

pytestmark = pytest.mark.engine
ALIPAY = PaymentMethod.ALIPAY


def fresh(order):
    return Order.get_by_id(order.id)


def cancel(order, **given):
    return CancelOrder(**{"order_id": order.id, "reason": "买家不要了", **given})


# ── the way through ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_goes_from_placed_to_completed(world, owner, midday):
    order = make.place(world.channel, (world.tea, 12), (world.cup, 1), shipping_minor=800)
    orders.confirm_order(order.id, actor=owner)
    orders.record_payment(
        PaymentInput(order_id=order.id, method=ALIPAY, amount_minor=order.total_minor), actor=owner
    )
    shipped = orders.ship_order(
        ShipInput(order_id=order.id, carrier="顺丰", tracking_number="SF1"), actor=owner
    )
    assert (shipped.payment_state, shipped.fulfilment_state, shipped.status) == (
        "paid",
        "fulfilled",
        "confirmed",
    )
    assert (level(world.tea, world.near), level(world.tea, world.far)) == ((0, 0), (3, 0))
    assert (
        level(world.cup, world.near),
        [x.shipped_qty for x in OrderLine.select().order_by(OrderLine.id)],
    ) == (
        (9, 0),
        [12, 1],
    )
    assert orders.deliver_order(order.id, actor=owner).fulfilment_state == "delivered"
    orders.complete_order(order.id, actor=owner)
    done = fresh(order)
    stamps = (done.confirmed_at, done.paid_at, done.shipped_at, done.delivered_at, done.completed_at)
    assert (done.status, stamps) == ("completed", (midday,) * 5)
    assert [row.action for row in audit.history_of(done)] == [
        "order.complete", "order.deliver", "order.ship", "order.pay", "order.confirm", "order.place"
    ]  # fmt: skip
    named = [
        x.name
        for x in OutboxEvent.select().where(OutboxEvent.name.startswith("Order")).order_by(OutboxEvent.id)
    ]
    assert named == [
        "OrderPlaced", "OrderConfirmed", "OrderPaid", "OrderShipped", "OrderDelivered", "OrderCompleted"
    ]  # fmt: skip
    sales = StockMovement.select().where(StockMovement.kind == "sale")
    assert {(x.on_hand_delta, x.reserved_delta) for x in sales} == {(-10, -10), (-2, -2), (-1, -1)}
    assert_sound()


def test_every_change_raises_the_version(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    versions = [order.version]
    for step in (
        lambda: orders.confirm_order(order.id, actor=owner),
        lambda: make.pay(order),
        lambda: orders.hold_order(HoldInput(order_id=order.id, detail="等买家确认"), actor=owner),
    ):
        step()
        versions.append(fresh(order).version)
    assert versions == sorted(set(versions))


def test_one_parcel_ships_while_the_other_waits(world, owner):
    order = make.place(world.channel, (world.tea, 12))
    orders.confirm_order(order.id, actor=owner)
    make.pay(order)
    first, second = Shipment.select().where(Shipment.order == order.id).order_by(Shipment.id)
    assert make.ship(order, shipment_id=first.id).fulfilment_state == "partial"
    with refuses(NotFound, "No such parcel"):
        make.ship(order, shipment_id=first.id)
    assert make.ship(order, shipment_id=second.id, tracking_number="SF2").fulfilment_state == "fulfilled"
    assert [x.tracking_number for x in Shipment.select().order_by(Shipment.id)] == ["SF1234567890", "SF2"]
    assert orders.deliver_order(order.id, first.id, actor=owner).fulfilment_state == "fulfilled"
    assert orders.deliver_order(order.id, actor=owner).fulfilment_state == "delivered"
    with refuses(MoveRefused, "No parcel is on its way"):
        orders.deliver_order(order.id, actor=owner)
    assert_sound()


def test_a_person_of_one_warehouse_ships_only_its_parcels(world, owner):
    order = make.place(world.channel, (world.tea, 12))
    orders.confirm_order(order.id, actor=owner)
    make.pay(order)
    porter = replace(owner, warehouse_ids=frozenset({world.far.id}))
    shipped = orders.ship_order(
        ShipInput(order_id=order.id, carrier="圆通", tracking_number="YT1"), actor=porter
    )
    assert shipped.fulfilment_state == "partial"
    with refuses(NotFound, "not your warehouse's"):
        orders.ship_order(ShipInput(order_id=order.id, carrier="圆通", tracking_number="YT2"), actor=porter)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_moves_out_of_turn_are_refused_with_their_reason(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    with refuses(MoveRefused, "it cannot Complete now"):
        orders.complete_order(order.id, actor=owner)
    with refuses(MoveRefused, "cannot be changed by “Ship” now"):
        make.ship(order)
    orders.confirm_order(order.id, actor=owner)
    with refuses(MoveRefused, "It is Confirmed; it cannot Confirm now"):
        orders.confirm_order(order.id, actor=owner)
    with refuses(MoveRefused, "CN¥19.90 still to pay"):
        make.ship(order)
    with refuses(MoveRefused, "Not everything has arrived"):
        orders.complete_order(order.id, actor=owner)
    make.pay(order)
    with refuses(Invalid, "Give the carrier"):
        make.ship(order, carrier=" ")
    with refuses(Invalid, "Give the tracking number"):
        make.ship(order, tracking_number="")
    with refuses(NotFound):
        orders.confirm_order(9999, actor=owner)
    with refuses(NotFound):
        orders.confirm_order(order.id, actor=replace(owner, channel_ids=frozenset({99})))


def test_a_shop_may_choose_to_ship_unpaid_orders(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    orders.confirm_order(order.id, actor=owner)
    set_option("orders.ship_unpaid", True, actor=owner)
    assert make.ship(order).fulfilment_state == "fulfilled"


def test_why_not_gives_each_greyed_button_its_reason(world, owner, actor_of):
    order = make.place(world.channel, (world.tea, 1))
    reasons = {
        name: [said.render("en") for said in why] for name, why in orders.why_not(order, actor=owner).items()
    }
    assert [name for name, why in reasons.items() if not why] == ["confirm", "cancel", "pay", "hold", "edit"]
    assert reasons["refund"] == ["Nothing to refund: not paid, or all given back"]
    analyst = orders.why_not(order, actor=actor_of("analyst"))
    assert analyst["confirm"][0].render("en").startswith("You need the right “Confirm orders”")


# ── payments ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_several_payments_add_up_and_too_much_is_seen(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    states = []
    for amount in (990, 1000, 10):
        make.pay(order, amount)
        states.append(fresh(order).payment_state)
    assert states == ["partially_paid", "paid", "overpaid"]
    assert (fresh(order).paid_minor, Payment.select().count()) == (2000, 3)
    assert_sound()


def test_a_notification_delivered_twice_counts_once(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    first = make.pay(order, source="alipay", event_id="evt-1")
    again = make.pay(order, source="alipay", event_id="evt-1")
    assert (again.id, fresh(order).paid_minor) == (first.id, 1990)
    with refuses(Conflict, "other content"):
        make.pay(order, 5, source="alipay", event_id="evt-1")
    assert make.pay(order, 5, source="wechat", event_id="evt-1").id != first.id
    assert_sound()


def test_two_deliberate_payments_are_two_and_one_click_is_one(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    paid = PaymentInput(order_id=order.id, method=ALIPAY, amount_minor=100)
    for request in ("a", "a", "b"):
        orders.record_payment(paid, actor=owner.asking(request))
    assert Payment.select().count() == 2


def test_payments_that_make_no_sense_are_refused(world, owner, midday):
    order = make.place(world.channel, (world.tea, 1))
    with refuses(Invalid, "The amount must be above 0"):
        make.pay(order, 0)
    with refuses(Invalid, "A notification has a source and an id"):
        make.pay(order, 5, event_id="x")
    draft = orders.save_draft(make.order_of(world.channel, (world.tea, 1)), actor=owner)
    with refuses(MoveRefused, "The order is Draft"):
        make.pay(draft)


# ── cancelling ───────────────────────────────────────────────────────────────────────────────────────────────


def test_cancelling_frees_the_stock_in_the_warehouses_it_came_from(world, owner):
    order = make.place(world.channel, (world.tea, 12))
    orders.confirm_order(order.id, actor=owner)
    orders.hold_order(HoldInput(order_id=order.id, detail="查"), actor=owner)
    orders.cancel_order(cancel(order), actor=owner)
    assert (fresh(order).status, fresh(order).open_holds) == ("cancelled", 0)
    assert (level(world.tea, world.near), level(world.tea, world.far)) == ((10, 0), (5, 0))
    assert {x.status for x in Shipment.select()} == {"cancelled"}
    assert OutboxEvent.get(OutboxEvent.name == "OrderCancelled").payload["spent_delta_minor"] == -12 * 1990
    with refuses(MoveRefused, "It is Cancelled"):
        orders.cancel_order(cancel(order), actor=owner)
    assert_sound()


def test_a_paid_order_is_cancelled_only_together_with_its_refund(world, owner, actor_of):
    order = make.place(world.channel, (world.tea, 1), shipping_minor=800)
    make.pay(order, 3000)
    with refuses(MoveRefused, "CN¥30.00 paid and not given back: choose “cancel and refund”"):
        orders.cancel_order(cancel(order), actor=owner)
    with refuses(Invalid, "Say why the order is cancelled"):
        orders.cancel_order(cancel(order, reason=" "), actor=owner)
    orders.cancel_order(cancel(order, refund_method=ALIPAY), actor=owner)
    stored = fresh(order)
    assert (stored.status, stored.payment_state, stored.refunded_minor) == ("cancelled", "refunded", 3000)
    spent = OutboxEvent.select().where(OutboxEvent.name.in_(["OrderRefunded", "OrderCancelled"]))
    assert sum(row.payload["spent_delta_minor"] for row in spent) == -2790
    assert_sound()


def test_cancel_and_refund_above_the_limit_needs_the_refund_first(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    make.pay(order)
    set_option("orders.refund_limit_minor", 1000, actor=owner)
    with refuses(Conflict, "needs a second person: request it first"):
        orders.cancel_order(cancel(order, refund_method=ALIPAY), actor=owner)


def test_a_shipped_order_is_returned_not_cancelled(world, owner):
    order = make.place(world.channel, (world.tea, 12))
    orders.confirm_order(order.id, actor=owner)
    make.pay(order)
    first = Shipment.get(Shipment.order == order.id)
    make.ship(order, shipment_id=first.id)
    with refuses(MoveRefused, "10 units have left"):
        orders.cancel_order(cancel(order, refund_method=ALIPAY), actor=owner)


def test_cancelling_works_although_the_stock_is_gone_meanwhile(world, owner):
    order = make.place(world.channel, (world.tea, 8))
    inventory.write_off(
        inventory.WriteOff(variant_id=world.tea.id, warehouse_id=world.near.id, quantity=10, reason="水浸"),
        actor=owner,
    )
    assert level(world.tea, world.near) == (0, 8)
    orders.cancel_order(cancel(order), actor=owner)
    assert level(world.tea, world.near) == (0, 0)
    assert_sound()


def test_money_that_arrives_after_cancellation_is_kept_and_flagged(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    orders.cancel_order(cancel(order), actor=owner)
    make.pay(order)
    stored = fresh(order)
    assert (stored.status, stored.paid_minor, stored.open_holds) == ("cancelled", 1990, 1)
    assert OrderHold.get().cause == HoldCause.PAYMENT
    refund = orders.record_refund(
        orders.RefundInput(
            order_id=order.id,
            method=ALIPAY,
            reason="取消后付款",
            lines=(orders.RefundLineInput(line_id=OrderLine.get().id, quantity=1),),
        ),
        actor=owner,
    )
    assert refund.amount_minor == 1990
    spent = [row.payload.get("spent_delta_minor", 0) for row in OutboxEvent.select().order_by(OutboxEvent.id)]
    assert sum(spent) == 0
    assert_sound()


# ── holds ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_stops_confirming_and_shipping_until_it_is_released(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    hold = orders.hold_order(
        HoldInput(order_id=order.id, cause=HoldCause.ADDRESS, owner_id=owner.staff_id), actor=owner
    )
    with refuses(MoveRefused, "1 open holds"):
        orders.confirm_order(order.id, actor=owner)
    with refuses(Conflict, "already held for “Incomplete address”"):
        orders.hold_order(HoldInput(order_id=order.id, cause=HoldCause.ADDRESS), actor=owner)
    with refuses(Invalid, "Say why the order is held"):
        orders.hold_order(HoldInput(order_id=order.id), actor=owner)
    orders.release_hold(hold.id, actor=owner)
    with refuses(MoveRefused, "released this hold already"):
        orders.release_hold(hold.id, actor=owner)
    orders.confirm_order(order.id, actor=owner)
    make.pay(order)
    orders.hold_order(HoldInput(order_id=order.id, cause=HoldCause.ADDRESS), actor=owner)
    with refuses(MoveRefused, "1 open holds"):
        make.ship(order)
    assert_sound()


def test_an_oversold_correction_holds_the_newest_orders_that_cannot_be_served(world, owner):
    events.subscribe(inventory.StockOversold, orders.hold_oversold_orders)
    old, new = make.place(world.channel, (world.tea, 6)), make.place(world.channel, (world.tea, 4))
    inventory.adjust_stock(
        inventory.StockAdjustment(
            variant_id=world.tea.id, warehouse_id=world.near.id, delta=-3, reason="盘点"
        ),
        actor=owner,
    )
    while events.deliver_due():
        pass
    hold = OrderHold.get()
    assert (hold.order_id, hold.cause, hold.detail) == (new.id, "oversold", "TEA −3")
    assert (fresh(old).open_holds, fresh(new).open_holds) == (0, 1)
    assert_sound()


# ── notes and rights ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_is_saved_with_its_version(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    assert orders.edit_note(order.id, 1, " 请放门口 ", actor=owner).note == "请放门口"
    with refuses(Conflict, "changed this record"):
        orders.edit_note(order.id, 1, "别的", actor=owner)
    with refuses(Invalid, "at most 2,000"):
        orders.edit_note(order.id, 2, "长" * 2001, actor=owner)


def test_an_analyst_changes_nothing(world, owner, actor_of):
    order, nobody = make.place(world.channel, (world.tea, 1)), actor_of("analyst")
    for attempt in (
        lambda: orders.confirm_order(order.id, actor=nobody),
        lambda: orders.complete_order(order.id, actor=nobody),
        lambda: orders.cancel_order(cancel(order), actor=nobody),
        lambda: orders.edit_note(order.id, 1, "x", actor=nobody),
        lambda: orders.hold_order(HoldInput(order_id=order.id, detail="x"), actor=nobody),
        lambda: orders.record_payment(
            PaymentInput(order_id=order.id, method=ALIPAY, amount_minor=1), actor=nobody
        ),
        lambda: orders.ship_order(
            ShipInput(order_id=order.id, carrier="x", tracking_number="x"), actor=nobody
        ),
        lambda: orders.deliver_order(order.id, actor=nobody),
    ):
        with refuses(NotPermitted):
            attempt()


def test_a_service_agent_cannot_cancel_and_refund_without_the_right_to_refund(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    make.pay(order)
    clerk = replace(owner, permissions=owner.permissions - {"orders.refund"})
    with refuses(NotPermitted):
        orders.cancel_order(cancel(order, refund_method=ALIPAY), actor=clerk)
