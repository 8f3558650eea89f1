"""Customers over REST obey the same rules as on the page."""

from models import Audit, Customer

PHONE = "13800138000"
ANN = {"name": "安妮", "phone": PHONE, "province_code": "33"}


def _make(api, headers, **more):
    return api.post("/customers", json={**ANN, **more}, headers=headers)


def test_a_customer_is_made_read_edited_and_archived(api, key_of):
    headers = key_of("owner")
    made = _make(api, headers)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    url = f"/customers/{made.json()['number']}"
    edited = api.patch(url, json={"name": "安娜"}, headers={**headers, "If-Match": '"1"'})
    assert (edited.status_code, edited.json()["name"], edited.headers["etag"]) == (200, "安娜", '"2"')
    archived = api.post(f"{url}/archive", headers={**headers, "If-Match": '"2"'})
    assert archived.json()["archived_at"].endswith("Z")
    assert api.get("/customers?view=active", headers=headers).json()["items"] == []
    assert api.get(f"/customers?q={PHONE[-4:]}", headers=headers).json()["total"] == 1
    assert Audit.select().where(Audit.via == "api").count() == 3


def test_the_same_idempotency_key_acts_once(api, key_of):
    headers = key_of("owner", **{"Idempotency-Key": "abc"})
    first, second = _make(api, headers), _make(api, headers)
    assert first.json() == second.json()
    assert Customer.select().count() == 1
    other = _make(api, headers, name="别人")
    assert (other.status_code, other.json()["code"]) == (422, "invalid")


def test_an_edit_needs_the_present_version(api, key_of):
    headers = key_of("owner")
    url = f"/customers/{_make(api, headers).json()['number']}"
    assert api.patch(url, json={"name": "x"}, headers=headers).status_code == 428
    stale = api.patch(url, json={"name": "x"}, headers={**headers, "If-Match": '"9"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert Customer.get().name == "安妮"


def test_contact_data_is_masked_without_the_right(api, key_of):
    number = _make(api, key_of("owner")).json()["number"]
    seen = api.get(f"/customers/{number}", headers=key_of("analyst")).json()
    assert seen["phone"] == "138****8000"
    assert seen["name"] == "安*"
    assert "phone_bidx" not in seen


def test_wrong_input_names_the_fields(api, key_of):
    refused = _make(api, key_of("owner"), phone="12", name="")
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} >= {"phone", "name"}
    assert Customer.select().count() == 0


def test_pages_follow_cursors(api, key_of):
    headers = key_of("owner")
    for i in range(7):
        _make(api, headers, phone="", name=f"客{i}")
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/customers?size=3&sort=number&cursor={cursor}", headers=headers).json()
        seen += [row["name"] for row in page["items"]]
        cursor = page["next"]
    assert seen == [f"客{i}" for i in range(7)]
