"""What holds for every route: keys, problems, languages, OpenAPI."""

import pytest

from services import identity, rest
from services.core.permissions import PERMISSIONS


def _routes() -> list[tuple[str, str]]:
    found = []
    for path, methods in rest.build().openapi()["paths"].items():
        found += [(method.upper(), path) for method in methods]
    return sorted(found)


@pytest.mark.parametrize(("method", "path"), _routes())
def test_no_route_answers_without_a_key(api, method, path):
    answer = api.request(method, path.replace("{", "").replace("}", ""), json={})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_openapi_needs_a_key_and_is_3_1(api, key_of):
    assert api.get("/openapi.json").status_code == 401
    document = api.get("/openapi.json", headers=key_of("auditor")).json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/api/v1"}]


def test_a_revoked_key_is_dead_at_once(api, owner):
    made = identity.create_key(identity.NewKey(name="x", role="owner"), actor=owner)
    headers = {"Authorization": f"Bearer {made.secret}"}
    assert api.get("/customers", headers=headers).status_code == 200
    identity.revoke_key(made.key.id, actor=owner)
    assert api.get("/customers", headers=headers).status_code == 401


def test_a_refusal_is_a_problem_in_the_callers_language(api, key_of):
    headers = key_of("warehouse")
    english = api.get("/customers", headers={**headers, "Accept-Language": "en"}).json()
    chinese = api.get("/customers", headers={**headers, "Accept-Language": "zh-CN"}).json()
    assert (english["status"], english["code"]) == (403, "not_permitted")
    assert PERMISSIONS["customers.view"].en in english["detail"]
    assert PERMISSIONS["customers.view"].zh in chinese["detail"]


def test_unknown_paths_and_methods_are_problems_too(api, key_of):
    headers = key_of("owner")
    for method, path, status in (("GET", "/nothing", 404), ("DELETE", "/customers", 405)):
        answer = api.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_the_health_routes_need_no_key_and_tell_no_secret(shop):
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()
    rest.mount(app)
    with TestClient(app) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert ready.json()["engine"] == "sqlite"
