"""Filters of product lists that are no plain column: subtree, tags, dimensions, attribute values.

Each answers `in_(values)` with a condition on Product, so a Facet can hold it in place of a column. Values that belong to
different dimensions (or attributes) narrow each other; values of the same one widen.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from models import (
    Attribute,
    AttributeKind,
    Category,
    Dimension,
    DimensionValue,
    Product,
    ProductAttribute,
    ProductDimension,
    ProductTag,
    Tag,
    Text,
)
from services.catalogue.attributes import choices_of
from services.catalogue.categories import below
from services.catalogue.queries import categories, product_counts_by_category, tags
from services.core.permissions import Actor, Permission, check_permission
from services.core.text import render


class ProductFilter:
    """A condition on products that takes a list of values."""

    def __init__(self, condition: Callable[[Sequence[str]], Any]) -> None:
        self._condition = condition

    def in_(self, values: Iterable[str]) -> Any:
        """The condition for the chosen values."""
        return self._condition([str(value) for value in values])


def _within(values: Sequence[str]) -> Any:
    chosen = Category.select(Category.path).where(Category.id.in_(_numbers(values)))
    subtrees = [below(row.path) for row in chosen]
    if not subtrees:
        return Product.id < 0
    return Product.category.in_(Category.select(Category.id).where(reduce(or_, subtrees)))


def _tagged(values: Sequence[str]) -> Any:
    return Product.id.in_(ProductTag.select(ProductTag.product).join(Tag).where(Tag.name.in_(values)))


def _in_dimension(values: Sequence[str]) -> Any:
    groups: dict[int, list[int]] = {}
    for row in DimensionValue.select().where(DimensionValue.id.in_(_numbers(values))):
        groups.setdefault(row.dimension_id, []).append(row.id)
    placed = ProductDimension.select(ProductDimension.product)
    parts = [Product.id.in_(placed.where(ProductDimension.value.in_(ids))) for ids in groups.values()]
    return reduce(and_, parts) if parts else Product.id < 0


def _with_attribute(values: Sequence[str]) -> Any:
    groups: dict[int, list[str]] = {}
    for value in values:
        attribute, _, wanted = value.partition(":")
        if attribute.isdecimal():
            groups.setdefault(int(attribute), []).append(wanted)
    having = ProductAttribute.select(ProductAttribute.product)
    parts = []
    for attribute_id, asked in groups.items():
        by_text = ProductAttribute.value_text.in_(asked)
        matching = by_text | ProductAttribute.value_number.in_(_numbers(asked))
        parts.append(Product.id.in_(having.where(ProductAttribute.attribute == attribute_id, matching)))
    return reduce(and_, parts) if parts else Product.id < 0


IN_CATEGORY = ProductFilter(_within)
TAGGED = ProductFilter(_tagged)
IN_DIMENSION = ProductFilter(_in_dimension)
WITH_ATTRIBUTE = ProductFilter(_with_attribute)


# ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────


def category_choices(actor: Actor) -> list[tuple[int, str]]:
    """The categories that hold products, with those above them, indented by depth."""
    used = product_counts_by_category(actor)
    rows = categories(actor)
    shown: set[int] = set()
    for row in rows:
        if row.id in used:
            shown |= {int(part) for part in row.path.split("/") if part}
    return [
        (row.id, "\u2003" * (row.path.count("/") - 2) + render(Text(row.name_zh, row.name_en), actor.locale))
        for row in rows
        if row.id in shown
    ]


def tag_choices(actor: Actor) -> list[tuple[str, str]]:
    """All tags."""
    return [(tag, tag) for tag in tags(actor)]


def dimension_choices(actor: Actor) -> list[tuple[int, str]]:
    """Every value of every dimension: 季节 · 夏."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    rows = DimensionValue.select(DimensionValue, Dimension).join(Dimension)
    rows = rows.order_by(Dimension.id, DimensionValue.position, DimensionValue.id)
    return [
        (
            row.id,
            render(
                Text(f"{row.dimension.name_zh} · {row.name_zh}", f"{row.dimension.name_en} · {row.name_en}"),
                actor.locale,
            ),
        )
        for row in rows
    ]


def attribute_choices(actor: Actor, limit: int = 120) -> list[tuple[str, str]]:
    """The choices and yes/no values that products have: 颜色 · 米色."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    kinds = (AttributeKind.CHOICE.value, AttributeKind.BOOL.value)
    used = (
        ProductAttribute.select(
            ProductAttribute.attribute, ProductAttribute.value_text, ProductAttribute.value_number
        )
        .join(Attribute)
        .where(Attribute.kind.in_(kinds))
        .distinct()
        .limit(limit)
    )
    pairs = [(row.attribute_id, row.value_text, row.value_number) for row in used]
    attributes = {
        row.id: row for row in Attribute.select().where(Attribute.id.in_({pair[0] for pair in pairs}))
    }
    found = []
    for attribute_id, text, number in pairs:
        attribute = attributes[attribute_id]
        names = {choice.code: Text(choice.zh, choice.en) for choice in choices_of(attribute)}
        words = names.get(text or "", Text("是", "Yes") if number else Text("否", "No"))
        label = Text(f"{attribute.name_zh} · {words.zh}", f"{attribute.name_en} · {words.en}")
        found.append((f"{attribute_id}:{text if text is not None else number}", render(label, actor.locale)))
    return sorted(found, key=lambda choice: choice[1])


def _numbers(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and value.isascii() and len(value) < 16]
