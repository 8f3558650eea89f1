"""The check of the figures that a command asks the running server for."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.analytics.warehouse import store
from services.rest import health
from tests.analytics.history import History, grow


@pytest.fixture
def app(shop):
    store.open_warehouse(shop.data_dir)
    grow(History(), 40)
    made = FastAPI()
    made.include_router(health.router)
    yield made
    store.close_warehouse()


def test_the_figures_are_checked_for_this_machine_only(app) -> None:
    here = TestClient(app, client=("127.0.0.1", 5000))
    assert here.get("/readyz/figures").json() == {"differences": []}
    with store.store().change() as cursor:
        cursor.execute("DELETE FROM fact_stock_movement")
    assert here.get("/readyz/figures").json()["differences"]
    elsewhere = TestClient(app, client=("203.0.113.9", 5000))
    assert elsewhere.get("/readyz/figures").status_code == 403
