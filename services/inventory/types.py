"""Inputs and figures of the inventory domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models import MovementKind
from services.core.text import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWarehouse:
    """A warehouse to be opened."""

    code: str
    name: str
    province_code: str = ""
    priority: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseChange:
    """What may change about a warehouse; None leaves a thing as it is."""

    name: str | None = None
    province_code: str | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReceipt:
    """Goods that arrived; `at` is for goods that arrived earlier than they are entered."""

    variant_id: int
    warehouse_id: int
    quantity: int
    reason: str = ""
    reference: str = ""
    is_opening: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdjustment:
    """A correction of the count by `delta`, with its reason."""

    variant_id: int
    warehouse_id: int
    delta: int
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOff:
    """Goods that are lost, broken or expired."""

    variant_id: int
    warehouse_id: int
    quantity: int
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """The document that a movement comes from."""

    kind: str
    id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """How many of a variant an order needs, over all its lines."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Pick:
    """How many of a variant come from, or go to, one warehouse."""

    variant_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line for the ledger: the change of on hand, and the change of reserved that came with it."""

    kind: MovementKind
    variant_id: int
    warehouse_id: int
    on_hand: int
    reserved: int = 0
    reason: str = ""


@dataclass(slots=True)
class Dated:
    """One change of on hand in the past, with its own cause and instant."""

    kind: MovementKind
    variant_id: int
    warehouse_id: int
    on_hand: int
    cause: Cause
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A stock level after a change."""

    level_id: int
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse as sourcing sees it."""

    warehouse_id: int
    name: str
    priority: int
    available: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Shortage:
    """A need that stock does not cover."""

    variant_id: int
    needed: int
    available: int


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Which warehouse delivers what, and why; or what is missing."""

    picks: tuple[Pick, ...] = ()
    reasons: tuple[Said, ...] = ()
    shortages: tuple[Shortage, ...] = ()


@dataclass(frozen=True, slots=True)
class Available:
    """A variant's figures in one warehouse."""

    warehouse_id: int
    warehouse: str
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        """What may still be promised; below zero when oversold."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class KindSum:
    """All movements of one kind, added up."""

    kind: MovementKind
    on_hand: int
    reserved: int
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHandStory:
    """Why a figure is what it is: sums by kind that add up to it, and the last movements."""

    variant_id: int
    warehouse_id: int
    sku: str
    warehouse: str
    on_hand: int
    reserved: int
    sums: tuple[KindSum, ...] = ()
    last: tuple[dict[str, object], ...] = field(default_factory=tuple)

    @property
    def adds_up(self) -> bool:
        """Whether the movements explain both figures exactly."""
        return (sum(part.on_hand for part in self.sums), sum(part.reserved for part in self.sums)) == (
            self.on_hand,
            self.reserved,
        )
