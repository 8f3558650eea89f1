"""The pages of orders and stock: what they show, to whom, and that clicks carry their reasons."""

import pytest
from nicegui import ui

from models import Order, PaymentMethod, StockLevel
from services import orders
from services.core.db import read
from services.core.permissions import ROLE_PRESETS, SYSTEM
from tests import factories as make
from tests.conftest import off_loop

MOST_ELEMENTS = 150


@pytest.fixture
def order(shop):
    """An order with everything on it: two parcels, payment, return, refund, an open hold and a long line."""
    channel, near, far = make.make_channel(), make.make_warehouse("N", priority=1), make.make_warehouse("F")
    tea, cup = make.make_variant(sku="TEA", price_minor=1990), make.make_variant(sku="CUP", price_minor=500)
    for variant, place, count in ((tea, near, 10), (tea, far, 5), (cup, near, 9)):
        make.give_stock(variant, place, count)
    customer = make.make_customer(name="韩梅梅", phone="13912344321")
    order = make.deliver_paid(channel, (tea, 12), (cup, 1), customer_id=customer.id, shipping_minor=800)
    line = orders.detail(order.number, SYSTEM).lines[0]
    counted = (orders.ReturnLineInput(line_id=line.id, quantity=2),)
    back = orders.record_return(orders.ReturnInput(order_id=order.id, lines=counted), actor=SYSTEM)
    wanted = (orders.RefundLineInput(line_id=line.id, quantity=1),)
    orders.record_refund(
        orders.RefundInput(
            order_id=order.id, method=PaymentMethod.CASH, reason="不喜欢", lines=wanted, return_id=back.id
        ),
        actor=SYSTEM,
    )
    orders.hold_order(orders.HoldInput(order_id=order.id, detail="等买家确认"), actor=SYSTEM)
    return order


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("role", ROLE_PRESETS)
async def test_order_and_stock_pages_open_to_every_role_that_may_see_them(
    open_as, actor_of, order, role, locale
):
    actor = actor_of(role)
    person = await open_as(role, None, locale=locale)
    level = off_loop(lambda: StockLevel.get().id)
    for path in (f"/orders/{order.number}", f"/inventory/{level}", "/inventory/on?day=2026-11-20"):
        client = await person.open(path)
        assert len(client.elements) <= MOST_ELEMENTS, path
    if actor.can("orders.place"):
        client = await person.open("/orders/new")
        assert len(client.elements) <= MOST_ELEMENTS


async def test_the_order_page_answers_without_leaving_it(open_as, order):
    person = await open_as("owner", f"/orders/{order.number}")
    for words in (
        order.number,
        "等买家确认",
        "TEA",
        "SF1234567890",
        "PM-",
        "RF-",
        "RT-",
        "不喜欢",
        "价格依据",
        "还可退",
    ):
        await person.should_see(words)


async def test_personal_data_is_masked_for_who_may_not_reveal_it(open_as, order):
    person = await open_as("warehouse", f"/orders/{order.number}")
    await person.should_see("138****8000")
    await person.should_not_see("13800138000")
    await person.should_not_see("李雷")


@pytest.fixture
def placed(shop):
    """An order of one tea that waits to be confirmed."""
    channel, place, tea = make.make_channel(), make.make_warehouse(), make.make_variant()
    make.give_stock(tea, place, 3)
    return make.place(channel, (tea, 1))


async def test_a_click_confirms_and_the_page_follows(open_as, placed):
    order = placed
    person = await open_as("owner", f"/orders/{order.number}")
    person.find(kind=ui.button, content="确认").click()
    await person.should_see("已确认", retries=30)
    assert (await read(Order.get_by_id, order.id)).status == "confirmed"


async def test_an_unknown_order_and_level_are_said_to_be_unknown(open_as):
    person = await open_as("owner", None)
    for path in ("/orders/SO-0", "/inventory/99", "/inventory/abc"):
        answer = await person.http_client.get(path)
        assert answer.status_code == 404, path
        assert "没有找到" in answer.text
