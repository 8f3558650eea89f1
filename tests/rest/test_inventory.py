"""Stock over REST: received, corrected, explained."""

import pytest

from models import StockLevel, StockMovement
from tests.factories import make_variant


@pytest.fixture
def place(api, key_of, owner):
    """(headers of the owner, variant id, warehouse id)."""
    headers = key_of("owner")
    made = api.post("/warehouses", json={"code": "hz", "name": "杭州仓"}, headers=headers)
    assert made.status_code == 201, made.text
    return headers, make_variant().id, made.json()["id"]


def _receive(api, headers, variant_id, warehouse_id, quantity=10):
    body = {"variant_id": variant_id, "warehouse_id": warehouse_id, "quantity": quantity, "reason": "到货"}
    return api.post("/stock/receive", json=body, headers=headers)


def test_what_is_received_and_corrected_is_explained(api, place):
    headers, variant_id, warehouse_id = place
    assert _receive(api, headers, variant_id, warehouse_id).status_code == 201
    body = {"variant_id": variant_id, "warehouse_id": warehouse_id, "delta": -3, "reason": "盘亏"}
    assert api.post("/stock/adjust", json=body, headers=headers).json()["on_hand"] == 7
    why = api.get(f"/stock/{variant_id}/{warehouse_id}/why", headers=headers).json()
    assert sum(part["on_hand"] for part in why["sums"]) == why["on_hand"] == 7
    listed = api.get("/stock", headers=headers).json()["items"]
    assert [(row["on_hand"], row["available"]) for row in listed] == [(7, 7)]
    assert api.get("/movements", headers=headers).json()["total"] == 2


def test_a_correction_below_zero_is_refused_and_changes_nothing(api, place):
    headers, variant_id, warehouse_id = place
    _receive(api, headers, variant_id, warehouse_id, 2)
    body = {"variant_id": variant_id, "warehouse_id": warehouse_id, "delta": -3, "reason": "盘亏"}
    refused = api.post("/stock/adjust", json=body, headers=headers)
    assert refused.status_code in {409, 422}
    assert refused.json()["detail"]
    assert (StockLevel.get().on_hand, StockMovement.select().count()) == (2, 1)


def test_who_may_only_look_cannot_receive(api, place, key_of):
    _, variant_id, warehouse_id = place
    assert _receive(api, key_of("auditor"), variant_id, warehouse_id).status_code == 403
    assert StockMovement.select().count() == 0
