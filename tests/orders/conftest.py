"""A small shop to sell in."""

from types import SimpleNamespace

import pytest

from tests import factories as make


@pytest.fixture
def world(shop, midday):
    """A channel, two warehouses (near first), tea at 19.90 and cups at 5.00, ten of each near and five far."""
    near = make.make_warehouse("NEAR", priority=10)
    far = make.make_warehouse("FAR", priority=20)
    tea, cup = make.make_variant(price_minor=1990, sku="TEA"), make.make_variant(price_minor=500, sku="CUP")
    for variant in (tea, cup):
        make.give_stock(variant, near, 10)
        make.give_stock(variant, far, 5)
    return SimpleNamespace(channel=make.make_channel("shop"), near=near, far=far, tea=tea, cup=cup)
