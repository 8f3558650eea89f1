"""What can be read in the catalogue; costs are left out for whoever may not see them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from peewee import JOIN, fn

from models import (
    Attribute,
    Brand,
    Category,
    Dimension,
    DimensionValue,
    PriceChange,
    Product,
    ProductAttribute,
    ProductMedia,
    ProductStatus,
    ProductTag,
    StoredFile,
    Tag,
    Variant,
)
from services.core.clock import now
from services.core.db import joined_text
from services.core.errors import NotFound
from services.core.permissions import Actor, Permission, check_permission
from services.core.search import matches

TAGS_HELD = ProductTag.select(joined_text(Tag.name)).join(Tag).where(ProductTag.product == Product.id)
"""A product's tags as one text; a column of the list of products."""
PRODUCTS_WITH = ProductAttribute.select(fn.COUNT(ProductAttribute.id)).where(
    ProductAttribute.attribute == Attribute.id
)
"""How many products have a value for an attribute; a column of the list of attributes."""
PRODUCTS_OF_BRAND = Product.select(fn.COUNT(Product.id)).where(Product.brand == Brand.id)
"""How many products bear a brand; a column of the list of brands."""
COSTLESS = [field for field in Variant._meta.sorted_fields if field is not Variant.cost_minor]


def visible(actor: Actor) -> Any:
    """The products this actor may see."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    return Product.select()


def products(actor: Actor) -> Any:
    """The base of every list of products: brand and category joined."""
    joined = visible(actor).join(Brand, JOIN.LEFT_OUTER, on=Product.brand)
    return joined.switch(Product).join(Category, JOIN.LEFT_OUTER, on=Product.category)


def variants(actor: Actor) -> Any:
    """The base of every list of variants: the product joined; without cost for whoever may not see it."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    return Variant.select(*_variant_fields(actor), Product).join(Product, on=Variant.product)


def get_product(product_id: int) -> Product:
    """One product by id, for verbs. Raises NotFound."""
    row = Product.get_or_none(Product.id == product_id)
    if row is None:
        raise NotFound()
    return row


def product(code: str, actor: Actor) -> Product:
    """One product by code, with brand and category joined. Raises NotFound."""
    found = products(actor).select(Product, Brand, Category).where(Product.code == code).first()
    if found is None:
        raise NotFound()
    return found


def variants_of(product_id: int, actor: Actor, *, with_archived: bool = True) -> Sequence[Variant]:
    """A product's variants in order; `cost_minor` is None for whoever may not see it."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    select = Variant.select(*_variant_fields(actor)).where(Variant.product == product_id)
    if not with_archived:
        select = select.where(Variant.archived_at.is_null())
    return list(select.order_by(Variant.position, Variant.id))


def find_variant(code: str, actor: Actor) -> Variant | None:
    """The variant with this SKU or barcode, as scanned or typed."""
    code = code.strip()
    by_code = (Variant.sku == code) | (Variant.barcode == code)
    found = variants(actor).where(by_code).order_by(Variant.id).first()
    return found or variants(actor).where(Variant.sku == code.upper()).first()


def find_variants(term: str, actor: Actor, limit: int = 20) -> Sequence[Variant]:
    """The variants on sale that a picker offers for what was typed, each with its product."""
    living = variants(actor).where(Variant.archived_at.is_null(), Product.status == ProductStatus.ACTIVE)
    if term.strip():
        living = living.where(variant_search_condition(term))
    return list(living.order_by(Product.name, Variant.position, Variant.id).limit(limit))


def search_condition(term: str) -> Any:
    """Products that a search box means: code, name, model; SKU or barcode; brand, tag, attribute value."""
    term = term.strip()
    hits = _named(term)
    hits |= Variant.select(Variant.product).where(matches(Variant, term))
    hits |= Product.select(Product.id).join(Brand, on=Product.brand).where(_begins(Brand.name, term))
    hits |= ProductTag.select(ProductTag.product).join(Tag).where(_begins(Tag.name, term))
    hits |= ProductAttribute.select(ProductAttribute.product).where(
        _begins(ProductAttribute.value_text, term) | ProductAttribute.value_text.in_(_choice_codes(term))
    )
    return Product.id.in_(hits)


def variant_search_condition(term: str) -> Any:
    """Variants by their SKU or barcode, or by their product's code, name and model."""
    return matches(Variant, term) | Variant.product.in_(_named(term.strip()))


def shown_file(file_id: int, actor: Actor) -> StoredFile | None:
    """A stored file if it is a product's medium and this actor may see products: the media route asks."""
    if not actor.can(Permission.CATALOGUE_VIEW):
        return None
    of_media = (ProductMedia.file == file_id) | (ProductMedia.thumbnail == file_id)
    is_cover = Product.select(Product.id).where(Product.cover == file_id).exists()
    if is_cover or ProductMedia.select(ProductMedia.id).where(of_media).exists():
        return StoredFile.get_or_none(StoredFile.id == file_id)
    return None


# ── master data ──────────────────────────────────────────────────────────────────────────────────────────────


def brands(actor: Actor) -> Any:
    """All brands."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    return Brand.select()


def categories(actor: Actor) -> Sequence[Category]:
    """The whole tree, parents before children, siblings in order."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    rows = list(Category.select().order_by(Category.position, Category.id))
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Category] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting += reversed(children.get(row.id, []))
    return ordered


def product_counts_by_category(actor: Actor) -> dict[int, int]:
    """{category id: living products directly in it}."""
    rows = visible(actor).select(Product.category, fn.COUNT(Product.id)).where(Product.archived_at.is_null())
    return {key: number for key, number in rows.group_by(Product.category).tuples() if key is not None}


def category_line(category_id: int | None) -> Sequence[Category]:
    """A category's ancestors from the root, itself last; [] for none."""
    category = Category.get_or_none(Category.id == category_id) if category_id is not None else None
    if category is None:
        return []
    ids = [int(part) for part in category.path.split("/") if part]
    rows = {row.id: row for row in Category.select().where(Category.id.in_(ids))}
    return [rows[row_id] for row_id in ids if row_id in rows]


def attributes(actor: Actor) -> Any:
    """All attributes."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    return Attribute.select()


def attribute_search(term: str) -> Any:
    """Attributes whose names or code contain the term: a few hundred rows are scanned."""
    names = Attribute.name_zh.contains(term) | Attribute.name_en.contains(term)
    return names | Attribute.code.contains(term)


def dimensions(actor: Actor) -> list[tuple[Dimension, list[DimensionValue]]]:
    """All dimensions with their values in order."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    values: dict[int, list[DimensionValue]] = {}
    for value in DimensionValue.select().order_by(DimensionValue.position, DimensionValue.id):
        values.setdefault(value.dimension_id, []).append(value)
    return [(row, values.get(row.id, [])) for row in Dimension.select().order_by(Dimension.id)]


def tags(actor: Actor) -> list[str]:
    """All tags, by name."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    return [row.name for row in Tag.select(Tag.name).order_by(Tag.name)]


def attribute_report(attribute_id: int, actor: Actor) -> list[tuple[Any, int]]:
    """[(value, living products with it)] for one attribute, the most frequent first."""
    value = fn.COALESCE(ProductAttribute.value_text, ProductAttribute.value_number.cast("VARCHAR"))
    number = fn.COUNT(ProductAttribute.id)
    rows = (
        visible(actor)
        .select(value, number)
        .join(ProductAttribute, on=(ProductAttribute.product == Product.id))
        .where(ProductAttribute.attribute == attribute_id, Product.archived_at.is_null())
        .group_by(value)
        .order_by(number.desc(), value)
    )
    return list(rows.tuples())


# ── parts of one product ─────────────────────────────────────────────────────────────────────────────────────


def media_of(product_id: int) -> Sequence[ProductMedia]:
    """A product's media in order, each with its file joined."""
    rows = ProductMedia.select(ProductMedia, StoredFile).join(StoredFile, on=ProductMedia.file)
    return list(
        rows.where(ProductMedia.product == product_id).order_by(ProductMedia.position, ProductMedia.id)
    )


def price_history(product_id: int, actor: Actor, limit: int = 100) -> Sequence[PriceChange]:
    """The latest price changes of a product's variants, each with its variant; costs only for who may see them."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    rows = PriceChange.select(PriceChange, Variant.id, Variant.sku, Variant.title).join(Variant)
    rows = rows.where(Variant.product == product_id)
    if not actor.can(Permission.CATALOGUE_SEE_COST):
        rows = rows.where(PriceChange.field != "cost_minor")
    return list(rows.order_by(PriceChange.id.desc()).limit(limit))


def lowest_price(variant: Variant, days: int = 30) -> int:
    """The lowest selling price of the last days: what an honest “was” price may name."""
    since = now() - timedelta(days=days)
    recent = PriceChange.select(fn.MIN(PriceChange.before_minor)).where(
        PriceChange.variant == variant.id, PriceChange.field == "price_minor", PriceChange.at >= since
    )
    before = recent.scalar()
    now_minor = int(variant.price_minor)
    return now_minor if before is None else min(int(before), now_minor)


def _named(term: str) -> Any:
    """Products by code, name or model. Two characters are a whole Chinese word (抱枕): then names are scanned."""
    condition = matches(Product, term)
    if len(term) == 2 and not term.isascii():
        condition |= Product.name.contains(term)
    return Product.select(Product.id).where(condition)


def _variant_fields(actor: Actor) -> list[Any]:
    return [Variant] if actor.can(Permission.CATALOGUE_SEE_COST) else COSTLESS


def _begins(field: Any, term: str) -> Any:
    return (field >= term) & (field < term + "\U0010fffd")


def _choice_codes(term: str) -> list[str]:
    """Codes of choices whose name is the term: the few attributes with choices are read whole."""
    found = set()
    for row in Attribute.select(Attribute.choices_json).where(Attribute.choices_json.is_null(False)):
        found |= {choice["code"] for choice in row.choices_json if term in (choice["zh"], choice["en"])}
    return sorted(found)
