"""Who listens to what, and what runs by itself: two tables, no functions."""

from collections.abc import Callable
from typing import Any

from services import identity, inventory
from services.core.events import Event
from services.core.jobs import Job

SUBSCRIPTIONS: tuple[tuple[type[Event], Callable[[Any], None]], ...] = (
    (identity.ShopOpened, inventory.open_first_warehouse),
)

JOBS: list[Job] = []
