"""Products over REST."""

from models import Product, Variant

MUG = {
    "name": "陶瓷马克杯",
    "code": "MUG",
    "options": [{"name": "颜色", "values": ["白", "青"]}],
    "model_variant": {"price_minor": 5900, "cost_minor": 2100},
}


def _make(api, headers, **more):
    return api.post("/products", json={**MUG, **more}, headers=headers)


def test_a_product_is_made_with_its_matrix_activated_and_found(api, key_of):
    headers = key_of("owner")
    made = _make(api, headers)
    assert made.status_code == 201, made.text
    assert made.json()["variant_count"] == 2
    moved = api.post("/products/MUG/activate", headers=headers)
    assert (moved.status_code, moved.json()["status"]) == (200, "active")
    found = api.get("/products?q=马克杯&f.status=active", headers=headers).json()
    assert [row["code"] for row in found["items"]] == ["MUG"]
    whole = api.get("/products/MUG", headers=headers).json()
    assert {variant["price_minor"] for variant in whole["variants"]} == {5900}


def test_cost_is_absent_for_who_may_not_see_it(api, key_of):
    _make(api, key_of("owner"))
    seen = api.get("/products/MUG", headers=key_of("agent")).json()
    assert all("cost_minor" not in variant for variant in seen["variants"])
    assert all(
        "cost_minor" not in row for row in api.get("/variants", headers=key_of("agent")).json()["items"]
    )
    assert all(
        row["cost_minor"] == 2100 for row in api.get("/variants", headers=key_of("owner")).json()["items"]
    )


def test_a_grid_saves_what_it_can_and_names_what_it_cannot(api, key_of):
    headers = key_of("owner")
    _make(api, headers)
    first, second = Variant.select().order_by(Variant.id)
    rows = [
        {"variant_id": first.id, "version": first.version, "changes": {"price_minor": 6100}},
        {"variant_id": second.id, "version": 99, "changes": {"price_minor": 6100}},
    ]
    answer = api.post("/variants/bulk", json=rows, headers=headers)
    assert (answer.status_code, [row["saved"] for row in answer.json()["rows"]]) == (207, [True, False])
    assert sorted(variant.price_minor for variant in Variant.select()) == [5900, 6100]


def test_a_taken_code_is_a_conflict_and_adds_nothing(api, key_of):
    headers = key_of("owner")
    _make(api, headers)
    again = _make(api, headers)
    assert again.status_code == 409
    assert Product.select().count() == 1
