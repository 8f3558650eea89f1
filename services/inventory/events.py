"""What happens to stock. The subject is the stock level, so that open lists refresh its row."""

from dataclasses import dataclass
from typing import ClassVar

from services.core.events import Event


@dataclass(frozen=True)
class StockReceived(Event):
    """Goods arrived."""

    topic: ClassVar[str] = "stock"
    level_id: int
    variant_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True)
class StockAdjusted(Event):
    """A count was corrected."""

    topic: ClassVar[str] = "stock"
    level_id: int
    variant_id: int
    warehouse_id: int
    delta: int


@dataclass(frozen=True)
class StockWrittenOff(Event):
    """Goods were written off."""

    topic: ClassVar[str] = "stock"
    level_id: int
    variant_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True)
class StockOversold(Event):
    """More is promised than there is: a correction or write-off went below reserved."""

    topic: ClassVar[str] = "stock"
    level_id: int
    variant_id: int
    warehouse_id: int
    missing: int
