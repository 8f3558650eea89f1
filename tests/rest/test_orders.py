"""An order's whole life over REST, refusals included."""

import pytest

from models import Order, Payment, StockLevel
from tests.factories import give_stock, make_channel, make_variant, make_warehouse


@pytest.fixture
def shelf(api, key_of):
    """(headers of the owner, body of an order for 2 of 10 units at 10.00)."""
    variant, warehouse, channel = make_variant(), make_warehouse(), make_channel()
    give_stock(variant, warehouse, 10)
    body = {
        "channel_id": channel.id,
        "lines": [{"variant_id": variant.id, "quantity": 2}],
        "ship_to": {"name": "王伟", "phone": "13800138000", "province_code": "33", "street": "文三路 1 号"},
        "shipping_minor": 500,
    }
    return key_of("owner"), body


def _place(api, shelf, **more):
    headers, body = shelf
    answer = api.post("/orders", json={**body, **more}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _pay(api, headers, order, amount=2500, **more):
    body = {"order_id": order["id"], "method": "alipay", "amount_minor": amount, **more}
    return api.post("/payments", json=body, headers=headers)


def _do(api, headers, order, verb, body=None):
    return api.post(f"/orders/{order['number']}/{verb}", json=body or {}, headers=headers)


def test_an_order_lives_from_placing_to_completion(api, shelf):
    headers, _ = shelf
    order = _place(api, shelf)
    assert (order["total_minor"], order["status"], order["source"]) == (2500, "placed", "api")
    level = StockLevel.get()
    assert (level.on_hand, level.reserved) == (10, 2)
    assert _pay(api, headers, order).status_code == 201
    assert _do(api, headers, order, "confirm").json()["status"] == "confirmed"
    shipped = _do(api, headers, order, "ship", {"carrier": "顺丰", "tracking_number": "SF123456"})
    assert shipped.json()["fulfilment_state"] == "fulfilled"
    level = StockLevel.get()
    assert (level.on_hand, level.reserved) == (8, 0)
    assert _do(api, headers, order, "deliver").json()["fulfilment_state"] == "delivered"
    assert _do(api, headers, order, "complete").json()["status"] == "completed"
    whole = api.get(f"/orders/{order['number']}", headers=headers).json()
    assert [line["shipped_qty"] for line in whole["lines"]] == [2]
    assert whole["why_not"]["cancel"]
    found = api.get("/orders?q=8000", headers=headers).json()
    assert [row["number"] for row in found["items"]] == [order["number"]]


def test_a_refusal_says_why_and_changes_nothing(api, shelf):
    headers, _ = shelf
    order = _place(api, shelf)
    refused = _do(api, {**headers, "Accept-Language": "zh"}, order, "complete")
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")
    assert len(refused.json()["reasons"]) >= 1
    assert Order.get().status == "placed"


def test_more_than_there_is_cannot_be_ordered(api, shelf):
    headers, body = shelf
    many = {**body, "lines": [{**body["lines"][0], "quantity": 6}, {**body["lines"][0], "quantity": 6}]}
    refused = api.post("/orders", json=many, headers=headers)
    assert refused.status_code == 409
    assert (Order.select().count(), StockLevel.get().reserved) == (0, 0)


def test_the_same_notification_counts_once(api, shelf):
    headers, _ = shelf
    order = _place(api, shelf)
    first = _pay(api, headers, order, source="alipay", event_id="N1")
    again = _pay(api, headers, order, source="alipay", event_id="N1")
    assert first.json()["id"] == again.json()["id"]
    assert (Payment.select().count(), Order.get().paid_minor) == (1, 2500)


def test_goods_and_money_come_back_under_their_ceilings(api, shelf):
    headers, _ = shelf
    order = _place(api, shelf)
    _pay(api, headers, order)
    _do(api, headers, order, "confirm")
    _do(api, headers, order, "ship", {"carrier": "顺丰", "tracking_number": "SF1"})
    line = api.get(f"/orders/{order['number']}", headers=headers).json()["lines"][0]
    back = {"order_id": order["id"], "lines": [{"line_id": line["id"], "quantity": 1}], "reason": "不喜欢"}
    assert api.post("/returns", json=back, headers=headers).status_code == 201
    assert StockLevel.get().on_hand == 9
    wanted = {
        "order_id": order["id"],
        "method": "alipay",
        "reason": "退货",
        "lines": [{"line_id": line["id"], "quantity": 1}],
    }
    assert api.post("/refunds", json=wanted, headers=headers).json()["amount_minor"] == 1000
    money = api.get(f"/orders/{order['number']}/money", headers=headers).json()
    assert (money["refunded_minor"], money["refundable_minor"]) == (1000, 1500)
    too_much = {**wanted, "lines": [{"line_id": line["id"], "quantity": 5}]}
    assert api.post("/refunds", json=too_much, headers=headers).status_code in {409, 422}
    assert Order.get().refunded_minor == 1000


def test_a_cancelled_order_frees_its_stock(api, shelf):
    headers, _ = shelf
    order = _place(api, shelf)
    answer = api.post("/orders/cancel", json={"order_id": order["id"], "reason": "买错"}, headers=headers)
    assert answer.json()["status"] == "cancelled"
    level = StockLevel.get()
    assert (level.on_hand, level.reserved) == (10, 0)


def test_a_key_without_the_right_cannot_refund(api, shelf, key_of):
    order = _place(api, shelf)
    wanted = {"order_id": order["id"], "method": "alipay", "reason": "x", "other_minor": 100}
    assert api.post("/refunds", json=wanted, headers=key_of("warehouse")).status_code == 403
