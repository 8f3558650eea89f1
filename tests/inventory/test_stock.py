"""Receive, adjust, write off, reserve, release, commit: every figure is the sum of its movements."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import OutboxEvent, StockLevel, StockMovement, db
from services import inventory
from services.core import audit, clock
from services.core.db import transaction
from services.core.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from services.core.permissions import SYSTEM
from services.inventory import (
    Cause,
    NewWarehouse,
    Pick,
    StockAdjustment,
    StockReceipt,
    WarehouseChange,
    WriteOff,
)
from tests import factories as make
from tests.orders.proof import assert_sound, level, refuses

pytestmark = pytest.mark.engine
ORDER = Cause("order", 7, "SO-7")


def receive(stock, quantity, **given):
    place = given.pop("place", stock.place)
    receipt = StockReceipt(variant_id=stock.tea.id, warehouse_id=place.id, quantity=quantity, **given)
    return inventory.receive_stock(receipt, actor=SYSTEM)


def adjust(stock, delta, reason="盘点", **given):
    change = StockAdjustment(
        variant_id=stock.tea.id, warehouse_id=stock.place.id, delta=delta, reason=reason, **given
    )
    return inventory.adjust_stock(change, actor=SYSTEM)


def lose(stock, quantity, reason="破损", **given):
    loss = WriteOff(
        variant_id=stock.tea.id, warehouse_id=stock.place.id, quantity=quantity, reason=reason, **given
    )
    return inventory.write_off(loss, actor=SYSTEM)


def promise(stock, quantity):
    with transaction():
        inventory.reserve([Pick(stock.tea.id, stock.place.id, quantity)], cause=ORDER, actor=SYSTEM)


def test_each_change_is_a_movement_with_cause_reason_and_both_figures(stock, owner, midday):
    receive(stock, 10, reason="首批", is_opening=True)
    receive(stock, 5, reference="PO-1")
    promise(stock, 4)
    adjust(stock, -2)
    made = lose(stock, 1)
    assert (made.on_hand, made.reserved) == (12, 4)
    rows = StockMovement.select().order_by(StockMovement.id)
    assert [(x.kind, x.on_hand_delta, x.reserved_delta, x.on_hand_after, x.reserved_after) for x in rows] == [
        ("opening", 10, 0, 10, 0),
        ("receipt", 5, 0, 15, 0),
        ("reserve", 0, 4, 15, 4),
        ("adjustment", -2, 0, 13, 4),
        ("write_off", -1, 0, 12, 4),
    ]
    assert [(x.cause_kind, x.cause_number, x.reason) for x in rows] == [
        ("manual", "", "首批"),
        ("manual", "PO-1", ""),
        ("order", "SO-7", ""),
        ("manual", "", "盘点"),
        ("manual", "", "破损"),
    ]
    named = [
        x.name
        for x in OutboxEvent.select().where(OutboxEvent.name.startswith("Stock")).order_by(OutboxEvent.id)
    ]
    assert named == ["StockReceived", "StockReceived", "StockAdjusted", "StockWrittenOff"]
    assert audit.history_of(made).first().action == "stock.write_off"


def test_what_is_promised_can_be_released_or_leave_the_house(stock):
    receive(stock, 10)
    promise(stock, 6)
    with transaction():
        inventory.release([Pick(stock.tea.id, stock.place.id, 2)], cause=ORDER, actor=SYSTEM)
    with transaction():
        inventory.commit([Pick(stock.tea.id, stock.place.id, 3)], cause=ORDER, actor=SYSTEM)
    assert level(stock.tea, stock.place) == (7, 1)
    last = StockMovement.select().order_by(StockMovement.id.desc()).first()
    assert (last.kind, last.on_hand_delta, last.reserved_delta, last.on_hand_after, last.reserved_after) == (
        "sale", -3, -3, 7, 1
    )  # fmt: skip
    with pytest.raises(RuntimeError, match="more given back than promised"), transaction():
        inventory.release([Pick(stock.tea.id, stock.place.id, 2)], cause=ORDER, actor=SYSTEM)
    assert level(stock.tea, stock.place) == (7, 1)


def test_a_promise_beyond_what_is_available_is_refused(stock):
    receive(stock, 5)
    promise(stock, 3)
    with refuses(inventory.OutOfStock, "Not enough TEA: 3 needed, 2 available"):
        promise(stock, 3)
    with refuses(inventory.OutOfStock), transaction():
        inventory.reserve(
            [Pick(stock.tea.id, stock.place.id, 1), Pick(stock.tea.id, stock.place.id, 2)],
            cause=ORDER,
            actor=SYSTEM,
        )


def test_correcting_below_what_is_promised_is_recorded_and_opens_an_exception(stock):
    receive(stock, 10)
    promise(stock, 8)
    assert adjust(stock, -5).on_hand == 5
    event = OutboxEvent.get(OutboxEvent.name == "StockOversold").payload
    assert (event["variant_id"], event["warehouse_id"], event["missing"]) == (stock.tea.id, stock.place.id, 3)
    with refuses(inventory.OutOfStock, "Not enough TEA: 1 needed, 0 available"):
        promise(stock, 1)


def test_goods_that_are_not_there_cannot_leave(stock):
    receive(stock, 3)
    with refuses(inventory.OutOfStock, "There are only 3 of TEA in “MAIN仓”; 4 cannot leave"):
        adjust(stock, -4)
    with refuses(inventory.OutOfStock, "There are only 3 of TEA"):
        lose(stock, 4)
    promise(stock, 3)
    adjust(stock, -2)
    with refuses(inventory.OutOfStock, "There are only 1 of TEA"), transaction():
        inventory.commit([Pick(stock.tea.id, stock.place.id, 3)], cause=ORDER, actor=SYSTEM)


def test_wrong_input_is_refused(stock, owner):
    with refuses(Invalid, "must be above 0"):
        receive(stock, 0)
    with refuses(Invalid, "must be above 0"):
        lose(stock, -1)
    with refuses(Invalid, "Give the difference"):
        adjust(stock, 0)
    for act in (adjust, lose):
        with refuses(Invalid, "Give a reason"):
            act(stock, 1, reason="  ")
    with refuses(NotFound, "No such warehouse"):
        inventory.receive_stock(
            StockReceipt(variant_id=stock.tea.id, warehouse_id=99, quantity=1), actor=owner
        )
    with refuses(NotFound, "There is no such variant"):
        inventory.receive_stock(
            StockReceipt(variant_id=99, warehouse_id=stock.place.id, quantity=1), actor=owner
        )


def test_rights_and_warehouse_scopes_hold(stock, owner, actor_of):
    analyst, wanted = (
        actor_of("analyst"),
        StockReceipt(variant_id=stock.tea.id, warehouse_id=stock.place.id, quantity=1),
    )
    with refuses(NotPermitted):
        inventory.receive_stock(wanted, actor=analyst)
    with refuses(NotPermitted):
        inventory.adjust_stock(
            StockAdjustment(variant_id=1, warehouse_id=1, delta=1, reason="x"), actor=analyst
        )
    with refuses(NotPermitted):
        inventory.write_off(WriteOff(variant_id=1, warehouse_id=1, quantity=1, reason="x"), actor=analyst)
    elsewhere = replace(owner, warehouse_ids=frozenset({stock.place.id + 1}))
    with refuses(NotFound, "it is not yours"):
        inventory.receive_stock(wanted, actor=elsewhere)
    receive(stock, 5)
    assert [
        len(list(query(elsewhere))) for query in (inventory.levels, inventory.movements, inventory.low_stock)
    ] == [0] * 3
    assert inventory.availability([stock.tea.id], elsewhere) == {stock.tea.id: ()}
    with pytest.raises(NotFound):
        inventory.why_on_hand(stock.tea.id, stock.place.id, actor=elsewhere)
    assert list(inventory.stock_as_of(clock.now() + timedelta(days=1), actor=elsewhere)) == []


def test_the_same_click_receives_once(stock, owner):
    wanted = StockReceipt(variant_id=stock.tea.id, warehouse_id=stock.place.id, quantity=5)
    for _ in range(2):
        inventory.receive_stock(wanted, actor=owner.asking("click"))
    assert level(stock.tea, stock.place) == (5, 0)


def test_a_late_entry_is_refused_when_a_later_day_would_break(stock, midday):
    receive(stock, 10, at=midday - timedelta(days=10))
    lose(stock, 8, at=midday - timedelta(days=5))
    receive(stock, 20, at=midday - timedelta(days=1))
    with refuses(Invalid, "Stock would be -1 on 17 Nov 2026"):
        adjust(stock, -3, at=midday - timedelta(days=7))
    with refuses(inventory.OutOfStock):
        adjust(stock, -1, at=midday - timedelta(days=11))
    with refuses(Invalid, "must not lie ahead"):
        adjust(stock, 1, at=midday + timedelta(seconds=1))
    assert adjust(stock, -2, at=midday - timedelta(days=7)).on_hand == 20
    assert_sound()


def test_why_on_hand_adds_up_exactly(stock, owner):
    receive(stock, 40, is_opening=True)
    receive(stock, 10)
    promise(stock, 4)
    with transaction():
        inventory.commit([Pick(stock.tea.id, stock.place.id, 1)], cause=ORDER, actor=SYSTEM)
    adjust(stock, -2)
    story = inventory.why_on_hand(stock.tea.id, stock.place.id, actor=owner)
    assert (story.sku, story.warehouse, story.on_hand, story.reserved, story.adds_up) == (
        "TEA",
        "MAIN仓",
        47,
        3,
        True,
    )
    assert [(x.kind, x.on_hand, x.reserved, x.count) for x in story.sums] == [
        ("opening", 40, 0, 1), ("receipt", 10, 0, 1), ("sale", -1, -1, 1), ("adjustment", -2, 0, 1), ("reserve", 0, 4, 1)
    ]  # fmt: skip
    assert [x["kind"] for x in story.last] == ["adjustment", "sale", "reserve", "receipt", "opening"]


def test_stock_as_of_a_day_counts_the_whole_local_day(stock, owner, midday):
    receive(stock, 10, at=midday - timedelta(days=3))
    receive(stock, 5, at=midday)
    lose(stock, 2)
    day = midday.date()

    def on(moment):
        return [row["on_hand"] for row in inventory.stock_as_of(moment, actor=owner)]

    assert on(day) == [13]
    assert on(day - timedelta(days=1)) == [10]
    assert on(day - timedelta(days=4)) == []
    assert on(midday) == [10]
    levels = inventory.LEVELS.base(owner).select(inventory.on_hand_at(day - timedelta(days=1)).alias("then"))
    assert [row["then"] for row in levels.dicts()] == [10]


def test_low_stock_and_availability_follow_what_is_available(stock, owner):
    other = make.make_warehouse("OTHER", priority=5)
    receive(stock, 8)
    receive(stock, 3, place=other)
    assert [row["warehouse"] for row in inventory.low_stock(owner)] == ["OTHER仓"]
    promise(stock, 4)
    assert [(row["warehouse"], row["available"]) for row in inventory.low_stock(owner)] == [
        ("OTHER仓", 3),
        ("MAIN仓", 4),
    ]
    there = inventory.availability([stock.tea.id, 999])
    assert [(x.warehouse, x.on_hand, x.reserved, x.available) for x in there[stock.tea.id]] == [
        ("OTHER仓", 3, 0, 3),
        ("MAIN仓", 8, 4, 4),
    ]
    assert there[999] == ()


def test_movements_cannot_be_changed(stock):
    receive(stock, 1)
    for sql in ("UPDATE stock_movement SET on_hand_delta = 2", "DELETE FROM stock_movement"):
        with pytest.raises(Exception, match="append-only"), transaction():
            db.execute_sql(sql)


def test_warehouses_open_change_and_close_when_empty(stock, owner):
    made = inventory.create_warehouse(NewWarehouse(code=" gz-1 ", name="广州仓", priority=1), actor=owner)
    assert (made.code, made.priority) == ("GZ-1", 1)
    with refuses(Conflict, "That code is taken"):
        inventory.create_warehouse(NewWarehouse(code="GZ-1", name="x"), actor=owner)
    for wrong in (NewWarehouse(code="中", name="x"), NewWarehouse(code="A", name=" ")):
        with refuses(Invalid):
            inventory.create_warehouse(wrong, actor=owner)
    changed = inventory.edit_warehouse(made.id, 1, WarehouseChange(name="广州一仓"), actor=owner)
    with refuses(Conflict, "changed this record"):
        inventory.edit_warehouse(made.id, 1, WarehouseChange(priority=3), actor=owner)
    receive(stock, 1, place=made)
    with refuses(Conflict, "still holds or promises 1 variants"):
        inventory.archive_warehouse(made.id, changed.version, actor=owner)
    loss = WriteOff(variant_id=stock.tea.id, warehouse_id=made.id, quantity=1, reason="清仓")
    inventory.write_off(loss, actor=owner)
    closed = inventory.archive_warehouse(made.id, changed.version, actor=owner)
    with refuses(Invalid, "is archived"):
        receive(stock, 1, place=made)
    assert [x.code for x in inventory.all_warehouses(owner)] == ["MAIN"]
    assert inventory.reopen_warehouse(made.id, closed.version, actor=owner).archived_at is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "adjust", "lose", "reserve", "release", "commit"]),
        st.integers(1, 8),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_any_sequence_keeps_figures_equal_to_their_movements(stock, steps):
    on_hand, reserved = level(stock.tea, stock.place)
    for verb, quantity, sign in steps:
        pick = [Pick(stock.tea.id, stock.place.id, quantity)]
        delta = {
            "receive": (quantity, 0),
            "adjust": (quantity if sign else -quantity, 0),
            "lose": (-quantity, 0),
            "reserve": (0, quantity),
            "release": (0, -quantity),
            "commit": (-quantity, -quantity),
        }[verb]
        after = (on_hand + delta[0], reserved + delta[1])
        allowed = min(after) >= 0 and (verb != "reserve" or after[1] <= after[0])
        try:
            if verb in {"receive", "lose"}:
                {"receive": receive, "lose": lose}[verb](stock, quantity)
            elif verb == "adjust":
                adjust(stock, delta[0])
            else:
                with transaction():
                    getattr(inventory, verb)(pick, cause=ORDER, actor=SYSTEM)
            done = True
        except (DomainError, RuntimeError):
            done = False
        assert done == allowed
        if done:
            on_hand, reserved = after
        assert level(stock.tea, stock.place) == (on_hand, reserved)
    if StockLevel.select().exists():
        assert inventory.why_on_hand(stock.tea.id, stock.place.id, actor=SYSTEM).adds_up
