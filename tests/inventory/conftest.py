"""A variant and a warehouse."""

from types import SimpleNamespace

import pytest

from tests import factories as make


@pytest.fixture
def stock(shop, midday):
    """Tea in an open warehouse, nothing received yet."""
    return SimpleNamespace(tea=make.make_variant(sku="TEA"), place=make.make_warehouse("MAIN", priority=10))
