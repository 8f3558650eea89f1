"""Putting a product in its places: tags, typed attribute values, dimension values. Called by the product verbs."""

from collections.abc import Mapping, Sequence
from typing import Any

from models import Attribute, DimensionValue, ProductAttribute, ProductDimension, ProductTag, Tag
from services.catalogue.attributes import choices_of
from services.catalogue.rules import AttributeValue, parse_value, raw_value
from services.catalogue.types import ProductParts
from services.core.db import bulk_insert, insert_row
from services.core.errors import Invalid
from services.core.text import Said, Text

MAX_TAGS = 30


def write_parts(product_id: int, parts: ProductParts) -> tuple[dict[str, Any], dict[str, Any]]:
    """Bring a product's classification to `parts`; returns what changed, before and after. Raises Invalid."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if parts.tags is not None:
        _note(before, after, "tags", *_write_tags(product_id, parts.tags))
    if parts.attributes is not None:
        _note(before, after, "attributes", *_write_attributes(product_id, parts.attributes))
    if parts.dimension_value_ids is not None:
        _note(before, after, "dimensions", *_write_dimensions(product_id, parts.dimension_value_ids))
    return before, after


def tags_of(product_id: int) -> list[str]:
    """A product's tags, by name."""
    rows = Tag.select(Tag.name).join(ProductTag).where(ProductTag.product == product_id).order_by(Tag.name)
    return [row.name for row in rows]


def attributes_of(product_id: int) -> list[ProductAttribute]:
    """A product's attribute values, each with its attribute joined."""
    rows = ProductAttribute.select(ProductAttribute, Attribute).join(Attribute)
    return list(rows.where(ProductAttribute.product == product_id).order_by(Attribute.code))


def value_of(row: ProductAttribute) -> AttributeValue:
    """The typed value of a stored row."""
    return AttributeValue(row.value_text, row.value_number, row.value_on)


def dimension_value_ids_of(product_id: int) -> list[int]:
    """Where a product stands in the dimensions."""
    rows = ProductDimension.select(ProductDimension.value).where(ProductDimension.product == product_id)
    return sorted(row.value_id for row in rows)


def _note(before: dict[str, Any], after: dict[str, Any], part: str, old: Any, new: Any) -> None:
    if old != new:
        before[part], after[part] = old, new


def _write_tags(product_id: int, tags: Sequence[str]) -> tuple[list[str], list[str]]:
    wanted = sorted({tag.strip() for tag in tags if tag.strip()})
    if len(wanted) > MAX_TAGS or any(len(tag) > 40 for tag in wanted):
        said = Said(
            Text("最多 {n} 个标签,每个最多 40 个字", "At most {n} tags of at most 40 characters"), n=MAX_TAGS
        )
        raise Invalid(fields={"tags": said})
    old = tags_of(product_id)
    if old == wanted:
        return old, wanted
    known = {row.name: row.id for row in Tag.select().where(Tag.name.in_(wanted))} if wanted else {}
    ids = [known[tag] if tag in known else insert_row(Tag, name=tag) for tag in wanted]
    ProductTag.delete().where(ProductTag.product == product_id).execute()
    bulk_insert(ProductTag, [{"product_id": product_id, "tag_id": tag_id} for tag_id in ids], ids=False)
    return old, wanted


def _write_attributes(product_id: int, raw_by_id: Mapping[int, str]) -> tuple[dict[str, str], dict[str, str]]:
    attributes = {row.id: row for row in Attribute.select().where(Attribute.id.in_(list(raw_by_id)))}
    stored = {row.attribute_id: row for row in attributes_of(product_id)}
    problems: dict[str, Said] = {}
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for attribute_id, raw in raw_by_id.items():
        attribute = attributes.get(attribute_id)
        if attribute is None:
            problems[f"attribute.{attribute_id}"] = Said(Text("没有这个属性", "There is no such attribute"))
            continue
        parsed = parse_value(attribute.kind, choices_of(attribute), raw) if raw.strip() else AttributeValue()
        if isinstance(parsed, Said):
            problems[f"attribute.{attribute_id}"] = parsed
            continue
        known = stored.get(attribute_id)
        if (value_of(known) if known else AttributeValue()) == parsed:
            continue
        old[attribute.code] = raw_value(attribute.kind, value_of(known)) if known else ""
        new[attribute.code] = raw_value(attribute.kind, parsed) if raw.strip() else ""
        _store_value(product_id, attribute_id, parsed, is_empty=not raw.strip())
    if problems:
        raise Invalid(fields=problems)
    return old, new


def _store_value(product_id: int, attribute_id: int, value: AttributeValue, *, is_empty: bool) -> None:
    here = (ProductAttribute.product == product_id, ProductAttribute.attribute == attribute_id)
    ProductAttribute.delete().where(*here).execute()
    if not is_empty:
        insert_row(
            ProductAttribute,
            product_id=product_id,
            attribute_id=attribute_id,
            value_text=value.text,
            value_number=value.number,
            value_on=value.on,
        )


def _write_dimensions(product_id: int, value_ids: Sequence[int]) -> tuple[list[str], list[str]]:
    """Replace a product's dimension values; returns their names before and after."""
    wanted = sorted(set(value_ids))
    if DimensionValue.select().where(DimensionValue.id.in_(wanted)).count() < len(wanted):
        raise Invalid(fields={"dimensions": Said(Text("没有这个维度值", "There is no such dimension value"))})
    old = dimension_value_ids_of(product_id)
    if old == wanted:
        return [], []
    ProductDimension.delete().where(ProductDimension.product == product_id).execute()
    rows = [{"product_id": product_id, "value_id": value_id} for value_id in wanted]
    bulk_insert(ProductDimension, rows, ids=False)
    names = {
        row.id: row.name_zh for row in DimensionValue.select().where(DimensionValue.id.in_([*old, *wanted]))
    }
    return [names[each] for each in old], [names[each] for each in wanted]
