"""A client of the API with the key of a role."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from services import identity, rest
from services.core import db


@pytest.fixture
def api(shop) -> Iterator[TestClient]:
    """The API without a key; closes its worker threads in the end."""
    with TestClient(rest.build(), raise_server_exceptions=False) as client:
        yield client
    db.disconnect()
    db.connect(shop.settings)


@pytest.fixture
def key_of(api, owner) -> Callable[..., dict[str, str]]:
    """`key_of("warehouse")`: the headers of a key that acts as a role."""

    def make(role: str, **headers: str) -> dict[str, str]:
        made = identity.create_key(identity.NewKey(name=role, role=role), actor=owner)
        return {"Authorization": f"Bearer {made.secret}", **headers}

    return make
