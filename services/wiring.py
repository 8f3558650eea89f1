"""Who listens to what, and what runs by itself: two tables, no functions."""

from collections.abc import Callable
from typing import Any

from services.core.events import Event
from services.core.jobs import Job

SUBSCRIPTIONS: tuple[tuple[type[Event], Callable[[Any], None]], ...] = ()

JOBS: list[Job] = []
