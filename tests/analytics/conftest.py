"""A shop whose warehouse is open."""

from collections.abc import Iterator

import pytest

from services.analytics.warehouse import feeding, store
from tests.analytics.history import History
from tests.conftest import Shop


@pytest.fixture
def warehouse(shop: Shop) -> Iterator[store.Store]:
    feeding.forget_freshness()
    yield store.open_warehouse(shop.data_dir)
    store.close_warehouse()


@pytest.fixture
def history(shop: Shop) -> History:
    return History()
