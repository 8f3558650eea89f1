import pytest

from tests.conftest import Shop
from tests.importing.world import make_british


@pytest.fixture
def british(shop: Shop) -> Shop:
    """A fresh shop that keeps its books in pounds."""
    make_british()
    return shop
