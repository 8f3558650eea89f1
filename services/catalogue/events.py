"""What happens in the catalogue."""

from dataclasses import dataclass
from typing import ClassVar

from services.core.events import Event


@dataclass(frozen=True)
class ProductChanged(Event):
    """A product, its variants, media or classification changed."""

    topic: ClassVar[str] = "product"
    product_id: int


@dataclass(frozen=True)
class PriceChanged(Event):
    """A variant has another selling price."""

    topic: ClassVar[str] = "variant"
    variant_id: int
    before_minor: int
    after_minor: int
