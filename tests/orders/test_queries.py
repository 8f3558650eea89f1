"""What the list, its views, its search and the detail page find, for whom, and at what cost."""

from dataclasses import replace

import pytest

from models import Order, PaymentMethod, db
from services import orders
from services.core import audit
from services.core.errors import Conflict, Invalid, NotFound, NotPermitted
from services.core.listing import ListQuery, paginate, view_counts
from services.orders import ChannelChange, HoldInput, NewChannel
from tests import factories as make
from tests.orders.proof import fingerprint, refuses

pytestmark = pytest.mark.engine


def listed(actor, **query):
    return [row["number"] for row in paginate(orders.ORDERS, ListQuery(**query), actor).rows]


def test_views_are_conditions_that_may_overlap(world, owner):
    placed, paid, waiting, shipped, held, done = (make.place(world.channel, (world.cup, 1)) for _ in range(6))
    make.pay(paid)
    orders.confirm_order(waiting.id, actor=owner)
    for order in (shipped, done):
        orders.confirm_order(order.id, actor=owner)
        make.pay(order)
        make.ship(order)
    orders.deliver_order(done.id, actor=owner)
    orders.complete_order(done.id, actor=owner)
    orders.hold_order(HoldInput(order_id=held.id, detail="x"), actor=owner)
    shown = {view.key: set(listed(owner, view=view.key)) for view in orders.ORDERS.views}
    assert shown == {
        "all": {x.number for x in (placed, paid, waiting, shipped, held, done)},
        "to_confirm": {placed.number, paid.number, held.number},
        "to_pay": {placed.number, waiting.number, held.number},
        "to_ship": {waiting.number},
        "shipped": {shipped.number},
        "held": {held.number},
        "to_approve": set(),
    }
    counts = view_counts(orders.ORDERS, ListQuery(), owner)
    assert {key: count for key, (count, _) in counts.items()} == {
        key: len(rows) for key, rows in shown.items()
    }


def test_an_order_is_found_by_number_name_phone_tail_and_tracking_number(world, owner):
    customer = make.make_customer(name="韩梅梅")
    mine = make.place(world.channel, (world.tea, 1), external_number="TB-778899", customer_id=customer.id,
                      ship_to=orders.ShipTo(name="韩梅梅", phone="139 1234 4321"))  # fmt: skip
    make.place(world.channel, (world.tea, 1))
    orders.confirm_order(mine.id, actor=owner)
    make.pay(mine)
    make.ship(mine, tracking_number="YT998877")
    phones = ("4321", "尾号 4321", "尾号4321", "13912344321", "+86 139 1234 4321")
    for term in (mine.number, "778899", "韩梅", "韩梅梅", "YT998877", *phones):
        assert listed(owner, search=term) == [mine.number], term
    assert listed(owner, search="nobody") == []


def test_channel_scopes_hide_orders_everywhere(world, owner):
    order = make.place(world.channel, (world.tea, 1))
    stranger = replace(owner, channel_ids=frozenset({world.channel.id + 1}))
    assert listed(stranger) == []
    for look in (
        lambda: orders.detail(order.number, stranger),
        lambda: orders.order(order.number, stranger),
        lambda: orders.order_by_id(order.id, stranger),
        lambda: orders.money_panel(order.id, actor=stranger),
    ):
        with pytest.raises(NotFound):
            look()
    assert list(orders.channels(stranger)) == []


def test_a_list_page_and_a_detail_page_cost_a_fixed_number_of_queries(world, owner, monkeypatch):
    count = []
    original = type(db.obj).execute_sql
    monkeypatch.setattr(
        type(db.obj), "execute_sql", lambda self, *a, **k: count.append(a[0]) or original(self, *a, **k)
    )

    def cost(act):
        count.clear()
        act()
        return len(count)

    order = make.place(world.channel, (world.tea, 1))
    page, detail = (lambda: listed(owner)), (lambda: orders.detail(order.number, owner))
    first = (cost(page), cost(detail))
    for _ in range(3):
        make.place(world.channel, (world.tea, 1), (world.cup, 1))
    make.pay(order, 100)
    make.pay(order, 100)
    assert (cost(page), cost(detail)) == first
    assert first == (2, 11)


def test_placing_three_lines_costs_few_statements(world, owner, monkeypatch):
    bowl = make.make_variant(sku="BOWL")
    make.give_stock(bowl, world.near, 5)
    wanted = make.order_of(world.channel, (world.tea, 1), (world.cup, 1), (bowl, 1), shipping_minor=500)
    count = []
    original = type(db.obj).execute_sql
    monkeypatch.setattr(
        type(db.obj), "execute_sql", lambda self, *a, **k: count.append(a[0]) or original(self, *a, **k)
    )
    orders.place_order(wanted, actor=owner)
    assert len([sql for sql in count if not sql.startswith(("BEGIN", "COMMIT", "SELECT pg_advisory"))]) <= 14


def test_the_detail_has_everything_on_it(world, owner):
    customer = make.make_customer()
    order = make.deliver_paid(
        world.channel, (world.tea, 12), (world.cup, 1), customer_id=customer.id, shipping_minor=100
    )
    found = orders.detail(order.number, owner)
    line = found.lines[0]
    back = orders.ReturnInput(order_id=order.id, lines=(orders.ReturnLineInput(line_id=line.id, quantity=1),))
    made = orders.record_return(back, actor=owner)
    wanted = orders.RefundInput(
        order_id=order.id, method=PaymentMethod.CASH, reason="x", return_id=made.id,
        lines=(orders.RefundLineInput(line_id=line.id, quantity=1),),
    )  # fmt: skip
    orders.record_refund(wanted, actor=owner)
    found = orders.detail(order.number, owner)
    assert (found.channel.code, found.customer.number, found.order.ship_phone) == (
        "shop",
        customer.number,
        "13800138000",
    )
    assert [x.sku for x in found.lines] == ["TEA", "CUP"]
    assert [(x.warehouse.code, len(found.shipment_lines[x.id])) for x in found.shipments] == [
        ("NEAR", 2),
        ("FAR", 1),
    ]
    assert [x.quantity for x in found.return_lines[made.id]] == [1]
    assert (len(found.payments), len(found.refunds), len(found.refund_lines), len(found.charges)) == (
        1,
        1,
        1,
        1,
    )
    guest = make.place(world.channel, (world.cup, 1))
    assert orders.detail(guest.number, owner).customer is None
    assert [x.number for x in orders.orders_of(customer.id, owner)] == [order.number]


def test_channels_open_change_and_close(world, owner):
    made = orders.create_channel(NewChannel(code=" Douyin ", name_zh="抖音", name_en="Douyin"), actor=owner)
    assert made.code == "douyin"
    with refuses(Conflict, "That code is taken"):
        orders.create_channel(NewChannel(code="douyin", name_zh="x", name_en="x"), actor=owner)
    for wrong in (
        NewChannel(code="中", name_zh="x", name_en="x"),
        NewChannel(code="a", name_zh="", name_en="x"),
    ):
        with refuses(Invalid):
            orders.create_channel(wrong, actor=owner)
    changed = orders.edit_channel(made.id, 1, ChannelChange(name_en="TikTok CN"), actor=owner)
    with refuses(Conflict, "changed this record"):
        orders.edit_channel(made.id, 1, ChannelChange(name_en="x"), actor=owner)
    closed = orders.archive_channel(made.id, changed.version, actor=owner)
    assert [x.code for x in orders.channels(owner)] == ["shop"]
    orders.reopen_channel(made.id, closed.version, actor=owner)
    assert [x.code for x in orders.channels(owner)] == ["douyin", "shop"]
    assert Order.select().count() == 0


def test_bulk_previews_say_which_orders_refuse_and_why(world, owner):
    ready, held = make.place(world.channel, (world.tea, 1)), make.place(world.channel, (world.tea, 1))
    orders.hold_order(HoldInput(order_id=held.id, detail="x"), actor=owner)
    refusing = orders.why_not_each([ready.id, held.id, 999], "confirm", actor=owner)
    assert {key: said.render("en") for key, said in refusing.items()} == {
        held.id: "1 open holds: release them first"
    }


def test_a_refund_preview_writes_nothing_and_says_what_it_would(world, owner):
    order = make.place(world.channel, (world.tea, 2))
    make.pay(order)
    line = orders.detail(order.number, owner).lines[0]
    wanted = orders.RefundInput(
        order_id=order.id,
        method=PaymentMethod.CASH,
        reason="",
        lines=(orders.RefundLineInput(line_id=line.id, quantity=1),),
    )
    before = fingerprint()
    assert orders.preview_refund(wanted, actor=owner).total_minor == 1990
    assert orders.preview_refund(replace(wanted, other_minor=1), actor=owner).refused
    assert not orders.is_above_limit(order, 100_000) and orders.is_above_limit(order, 100_001)
    assert fingerprint() == before


def test_personal_data_of_an_order_is_revealed_with_a_reason_on_record(world, owner, actor_of):
    order, porter = make.place(world.channel, (world.tea, 1)), actor_of("warehouse")
    assert orders.reveal_ship_to(order.id, "ship_phone", "打印面单", actor=owner) == "13800138000"
    seen = audit.history_of(order).first()
    assert (seen.action, seen.after, seen.reason) == ("order.reveal", {"field": "ship_phone"}, "打印面单")
    with refuses(Invalid, "Say why you need to see it"):
        orders.reveal_ship_to(order.id, "ship_phone", " ", actor=owner)
    with refuses(Invalid, "There is no note to reveal"):
        orders.reveal_ship_to(order.id, "note", "xx", actor=owner)
    with refuses(NotPermitted):
        orders.reveal_ship_to(order.id, "ship_phone", "xx", actor=porter)
