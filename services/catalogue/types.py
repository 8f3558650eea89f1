"""What callers hand to the catalogue's verbs, and what bulk verbs answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.core.text import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionInput:
    """An axis of the option matrix with its values in order: colour: red, blue."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantInput:
    """One SKU; `values` names its place on each axis. An empty SKU is made from the product code."""

    values: tuple[str, ...] = ()
    sku: str = ""
    barcode: str = ""
    price_minor: int = 0
    compare_at_minor: int | None = None
    cost_minor: int = 0
    weight_g: int = 0
    low_stock_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductParts:
    """How a product is classified; None leaves a part as it is.

    `attributes` gives raw values by attribute id ("" removes one); `dimension_value_ids` replaces the whole set.
    """

    tags: tuple[str, ...] | None = None
    attributes: Mapping[int, str] | None = None
    dimension_value_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInput:
    """A new product. Without `variants`, one is made for every combination, all like `model_variant`."""

    name: str
    code: str = ""
    name_en: str = ""
    model_number: str = ""
    brand_id: int | None = None
    category_id: int | None = None
    description: str = ""
    options: tuple[OptionInput, ...] = ()
    variants: tuple[VariantInput, ...] = ()
    model_variant: VariantInput = field(default_factory=VariantInput)
    parts: ProductParts = field(default_factory=ProductParts)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantEdit:
    """One row of the bulk grid: the version that was read and the fields that changed."""

    variant_id: int
    version: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowResult:
    """How one row of a bulk command fared."""

    row_id: int
    said: Said | None = None
    fields: Mapping[str, Said] = field(default_factory=dict)

    @property
    def is_saved(self) -> bool:
        """Whether the row was written."""
        return self.said is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that an attribute of kind choice offers."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeInput:
    """A new attribute."""

    code: str
    name_zh: str
    name_en: str
    kind: str = "text"
    unit: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """An attribute in a category's own template."""

    attribute_id: int
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerm:
    """One condition of a collection: field, comparison, value; attributes name which one in `of`."""

    field: str
    op: str
    value: str
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRules:
    """What a collection holds: all (or any) of the terms."""

    terms: tuple[RuleTerm, ...]
    match: str = "all"
