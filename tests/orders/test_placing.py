"""Taking an order: price, reservation, parcels, ledger, audit and event, all or nothing."""

from dataclasses import replace

import pytest

from models import ChargeKind, Order, OrderLine, OutboxEvent, Product, Shipment, ShipmentLine, StockMovement
from services import catalogue, inventory, orders
from services.core import audit
from services.core.errors import Conflict, Invalid, NotFound, NotPermitted
from services.core.permissions import SYSTEM
from services.orders import ChargeInput, Discount, OrderLineInput, ShipTo
from tests import factories as make
from tests.orders.proof import assert_sound, level, refuses

pytestmark = pytest.mark.engine


def test_placing_writes_lines_parcels_ledger_audit_and_event(world, owner, midday):
    wanted = make.order_of(world.channel, (world.tea, 2), (world.cup, 3), shipping_minor=800)
    order = Order.get_by_id(orders.place_order(wanted, actor=owner).id)

    assert (order.number, order.status, order.payment_state) == ("SO-20261122-0001", "placed", "unpaid")
    assert (order.item_count, order.total_minor, order.placed_at) == (5, 2 * 1990 + 3 * 500 + 800, midday)
    assert (order.ship_name, order.ship_phone, order.ship_street) == ("李雷", "13800138000", "西湖路 1 号")
    assert (level(world.tea, world.near), level(world.cup, world.near)) == ((10, 2), (10, 3))
    parcel = Shipment.get(Shipment.order == order.id)
    assert (parcel.number, parcel.warehouse_id, parcel.status) == (
        "SO-20261122-0001-1",
        world.near.id,
        "pending",
    )
    assert [x.quantity for x in ShipmentLine.select().order_by(ShipmentLine.id)] == [2, 3]
    reserved = StockMovement.select().where(
        StockMovement.kind == "reserve", StockMovement.cause_id == order.id
    )
    assert [
        (x.reserved_delta, x.on_hand_after, x.reserved_after) for x in reserved.order_by(StockMovement.id)
    ] == [
        (2, 10, 2),
        (3, 10, 3),
    ]
    assert audit.history_of(order).first().action == "order.place"
    event = OutboxEvent.get(OutboxEvent.name == "OrderPlaced").payload
    assert event == {
        "order_id": order.id,
        "customer_id": None,
        "spent_delta_minor": 6280,
        "at": midday.isoformat(),
    }
    assert_sound()


def test_the_returned_order_is_what_was_stored(world, owner):
    made = orders.place_order(make.order_of(world.channel, (world.tea, 1)), actor=owner)
    stored = Order.get_by_id(made.id)
    assert {name: made.__data__.get(name) for name in stored.__data__} == stored.__data__


def test_order_and_line_discounts_are_stored_per_line_and_explained(world, owner):
    lines = (
        OrderLineInput(variant_id=world.tea.id, quantity=1, discount=Discount(bps=1000)),
        OrderLineInput(variant_id=world.cup.id, quantity=3, unit_price_minor=400),
    )
    wanted = replace(
        make.order_of(world.channel), lines=lines, discount=Discount(amount_minor=100), discount_reason="老客"
    )
    order = orders.place_order(wanted, actor=owner)
    rows = OrderLine.select().where(OrderLine.order == order.id).order_by(OrderLine.position)
    assert [(x.unit_price_minor, x.discount_minor, x.net_minor) for x in rows] == [
        (1990, 259, 1731),
        (400, 40, 1160),
    ]
    assert order.total_minor == 1990 - 199 + 1200 - 100
    trace = [
        said.render("en") for said in orders.trace_sentences(Order.get_by_id(order.id).price_trace, "CNY")
    ]
    assert trace == [
        "TEA unit price CN¥19.90",
        "CUP price set by hand CN¥4.00",
        "Line discount -CN¥1.99",
        "Order discount -CN¥1.00 老客",
        "Total CN¥28.91",
    ]
    assert_sound()


def test_charges_add_to_the_total_and_stay_apart_from_shipping(world, owner):
    fee = ChargeInput(kind=ChargeKind.FEE, amount_minor=150, description="礼盒包装")
    order = orders.place_order(
        make.order_of(world.channel, (world.cup, 1), shipping_minor=600, charges=(fee,)), actor=owner
    )
    assert (order.shipping_minor, order.charges_minor, order.total_minor) == (600, 150, 1250)
    assert_sound()


def test_an_order_no_single_warehouse_can_send_becomes_two_parcels(world, owner):
    order = orders.place_order(make.order_of(world.channel, (world.tea, 12), (world.cup, 1)), actor=owner)
    parcels = Shipment.select().where(Shipment.order == order.id).order_by(Shipment.id)
    assert [(x.number[-2:], x.warehouse_id) for x in parcels] == [("-1", world.near.id), ("-2", world.far.id)]
    assert (level(world.tea, world.near), level(world.tea, world.far)) == ((10, 10), (5, 2))
    assert_sound()


def test_two_lines_of_one_variant_share_its_stock(world, owner):
    with refuses(inventory.OutOfStock, "Not enough TEA: 16 needed, 15 available"):
        orders.place_order(make.order_of(world.channel, (world.tea, 8), (world.tea, 8)), actor=owner)
    order = orders.place_order(make.order_of(world.channel, (world.tea, 8), (world.tea, 7)), actor=owner)
    assert [x.quantity for x in OrderLine.select().where(OrderLine.order == order.id)] == [8, 7]
    assert_sound()


def test_a_wanted_warehouse_delivers_or_the_order_is_refused(world, owner):
    order = orders.place_order(
        make.order_of(world.channel, (world.tea, 5), warehouse_id=world.far.id), actor=owner
    )
    assert Shipment.get(Shipment.order == order.id).warehouse_id == world.far.id
    with refuses(inventory.OutOfStock, "Not enough TEA: 1 needed, 0 available"):
        orders.place_order(
            make.order_of(world.channel, (world.tea, 1), warehouse_id=world.far.id), actor=owner
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines": ()}, "Add at least one product"),
        ({"ship_to": ShipTo(name=" ")}, "Give a recipient"),
        ({"shipping_minor": -1}, "Shipping cannot be negative"),
        ({"currency": "XXX"}, "That currency is not known"),
        ({"rate_ppm": 0}, "Give the exchange rate"),
        ({"discount": Discount(bps=10_001), "discount_reason": "x"}, "A percentage is between 0 and 100 %"),
        ({"discount": Discount(amount_minor=-1), "discount_reason": "x"}, "A discount cannot be negative"),
        ({"discount": Discount(amount_minor=1, bps=1), "discount_reason": "x"}, "not both"),
        ({"discount": Discount(amount_minor=1)}, "Say why the price was changed"),
        ({"charges": (ChargeInput(kind=ChargeKind.SHIPPING, amount_minor=1),)}, "Shipping has its own field"),
        ({"lines": (OrderLineInput(variant_id=999_999, quantity=1),)}, "There is no such variant"),
        ({"lines": (OrderLineInput(variant_id=1, quantity=0),)}, "A quantity is between 1 and"),
        (
            {"lines": (OrderLineInput(variant_id=1, quantity=1, unit_price_minor=-1),)},
            "A price cannot be negative",
        ),
        ({"lines": (OrderLineInput(variant_id=1, quantity=1),) * 501}, "At most 500 lines"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(world, owner, change, said):
    with refuses(Invalid, said):
        orders.place_order(replace(make.order_of(world.channel, (world.tea, 1)), **change), actor=owner)


def test_a_discount_beyond_the_goods_makes_them_free_and_never_negative(world, owner):
    wanted = make.order_of(
        world.channel, (world.cup, 1), discount=Discount(amount_minor=9900), discount_reason="赠"
    )
    order = orders.place_order(wanted, actor=owner)
    assert (order.total_minor, order.discount_minor, order.payment_state) == (0, 500, "paid")
    assert_sound()


def test_who_may_not_discount_may_still_place_at_list_price(world, actor_of):
    agent, porter = actor_of("agent"), actor_of("warehouse")
    wanted = make.order_of(world.channel, (world.tea, 1))
    with refuses(NotPermitted, "Give discounts by hand"):
        orders.place_order(replace(wanted, discount=Discount(bps=500), discount_reason="x"), actor=agent)
    with refuses(NotPermitted):
        orders.place_order(
            replace(wanted, charges=(ChargeInput(kind=ChargeKind.ADJUSTMENT, amount_minor=-5),)), actor=agent
        )
    assert orders.place_order(wanted, actor=agent).total_minor == 1990
    with refuses(NotPermitted):
        orders.place_order(wanted, actor=porter)


def test_goods_off_sale_archived_channels_and_foreign_channels_are_refused(world, owner):
    with refuses(NotFound, "There is no such customer"):
        orders.place_order(make.order_of(world.channel, (world.tea, 1), customer_id=99), actor=owner)
    with refuses(NotFound, "There is no such channel"):
        orders.place_order(make.order_of(world.channel, (world.tea, 1), channel_id=77), actor=owner)
    with refuses(NotFound, "There is no such channel"):
        stranger = replace(owner, channel_ids=frozenset({world.channel.id + 5}))
        orders.place_order(make.order_of(world.channel, (world.tea, 1)), actor=stranger)
    product = Product.get_by_id(world.tea.product_id)
    catalogue.archive_product(product.id, actor=SYSTEM)
    with refuses(Invalid, "TEA is not on sale"):
        orders.place_order(make.order_of(world.channel, (world.tea, 1)), actor=owner)
    closed = orders.archive_channel(world.channel.id, 1, actor=owner)
    with refuses(NotFound):
        orders.place_order(make.order_of(closed, (world.cup, 1)), actor=owner)


def test_an_external_number_is_taken_once_a_channel(world, owner):
    first = orders.place_order(
        make.order_of(world.channel, (world.tea, 1), external_number="TB-1"), actor=owner
    )
    with refuses(Conflict, f"External number TB-1 is already order {first.number}"):
        orders.place_order(make.order_of(world.channel, (world.tea, 1), external_number="TB-1"), actor=owner)
    other = make.make_channel()
    assert orders.place_order(make.order_of(other, (world.tea, 1), external_number="TB-1"), actor=owner)


def test_the_same_request_places_once_and_another_content_is_refused(world, owner):
    wanted = make.order_of(world.channel, (world.tea, 1))
    asking = owner.asking("click-1")
    first = orders.place_order(wanted, actor=asking)
    assert orders.place_order(wanted, actor=asking).id == first.id
    assert Order.select().count() == 1
    with refuses(Invalid, "already used with another content"):
        orders.place_order(replace(wanted, shipping_minor=1), actor=asking)


def test_an_order_in_another_currency_counts_in_the_base_currency_for_its_customer(world, owner):
    customer = make.make_customer()
    wanted = make.order_of(
        world.channel, (world.tea, 1), customer_id=customer.id, currency="USD", rate_ppm=7_100_000
    )
    orders.place_order(wanted, actor=owner)
    event = OutboxEvent.get(OutboxEvent.name == "OrderPlaced").payload
    assert (event["customer_id"], event["spent_delta_minor"]) == (customer.id, 14129)


def test_a_quote_prices_and_sources_without_writing(world, owner):
    with refuses(Invalid, "There is no such variant"):
        orders.quote_order(
            make.order_of(world.channel, (world.tea, 1), lines=(OrderLineInput(variant_id=99, quantity=1),)),
            actor=owner,
        )
    quote = orders.quote_order(make.order_of(world.channel, (world.tea, 12)), actor=owner)
    assert (quote.priced.total_minor, len(quote.sourcing), quote.missing) == (23880, 2, ())
    short = orders.quote_order(make.order_of(world.channel, (world.tea, 16)), actor=owner)
    assert [said.render("en")[:15] for said in short.missing] == ["Not enough TEA:"]
    assert Order.select().count() == 0


def test_a_draft_promises_no_stock_until_it_is_placed(world, owner):
    draft = orders.save_draft(make.order_of(world.channel, (world.tea, 2)), actor=owner)
    assert (draft.status, level(world.tea, world.near)) == ("draft", (10, 0))
    changed = orders.change_draft(
        draft.id, draft.version, make.order_of(world.channel, (world.cup, 3), shipping_minor=100), actor=owner
    )
    assert (changed.total_minor, changed.version) == (1600, 2)
    with refuses(Conflict, "changed this record"):
        orders.change_draft(draft.id, 1, make.order_of(world.channel, (world.cup, 1)), actor=owner)
    placed = orders.place_draft(draft.id, actor=owner)
    assert (placed.status, level(world.cup, world.near)) == ("placed", (10, 3))
    with refuses(Conflict, "no draft any more"):
        orders.change_draft(
            draft.id, placed.version, make.order_of(world.channel, (world.cup, 1)), actor=owner
        )
    assert_sound()


def test_a_draft_that_stock_no_longer_covers_stays_a_draft(world, owner):
    draft = orders.save_draft(make.order_of(world.channel, (world.tea, 15)), actor=owner)
    make.place(world.channel, (world.tea, 1))
    with refuses(inventory.OutOfStock):
        orders.place_draft(draft.id, actor=owner)
    cancelled = orders.cancel_order(orders.CancelOrder(order_id=draft.id, reason="缺货"), actor=owner)
    assert cancelled.status == "cancelled"
    assert_sound()
