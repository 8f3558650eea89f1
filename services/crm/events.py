"""What happens to customers."""

from dataclasses import dataclass
from typing import ClassVar

from services.core.events import Event


@dataclass(frozen=True)
class CustomerChanged(Event):
    """A customer was created, edited, archived or restored."""

    topic: ClassVar[str] = "customer"
    customer_id: int
