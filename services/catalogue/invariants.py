"""What always holds in the catalogue."""

from typing import Any

from peewee import fn

from models import Category, Product, ProductMedia, Text, Variant
from services.core.invariants import LIMIT, invariant


@invariant(
    "P1",
    Text("商品的价格区间与规格数等于其规格", "A product's price range and count are those of its variants"),
)
def products_with_stale_figures() -> list[Any]:
    """Products whose stored figures differ from their living variants."""
    living = (
        Variant.select(
            Variant.product.alias("product_id"),
            fn.MIN(Variant.price_minor).alias("low"),
            fn.MAX(Variant.price_minor).alias("high"),
            fn.COUNT(Variant.id).alias("number"),
        )
        .where(Variant.archived_at.is_null())
        .group_by(Variant.product)
        .alias("living")
    )
    wrong = (
        (fn.COALESCE(living.c.low, 0) != Product.price_min_minor)
        | (fn.COALESCE(living.c.high, 0) != Product.price_max_minor)
        | (fn.COALESCE(living.c.number, 0) != Product.variant_count)
    )
    rows = Product.select(Product.id).join(living, "LEFT OUTER JOIN", on=(living.c.product_id == Product.id))
    return [row.id for row in rows.where(wrong).limit(LIMIT)]


@invariant("P2", Text("类目路径由上级路径加自身组成", "A category's path is its parent's path and itself"))
def categories_off_their_path() -> list[Any]:
    """Categories whose path does not follow from their parent's."""
    paths = {row.id: row.path for row in Category.select(Category.id, Category.path)}
    rows = Category.select(Category.id, Category.path, Category.parent)
    return [row.id for row in rows if row.path != f"{paths.get(row.parent_id, '/')}{row.id}/"][:LIMIT]


@invariant("P3", Text("有图的商品有主图", "A product with pictures has a cover"))
def products_without_their_cover() -> list[Any]:
    """Products whose cover is missing although a medium has a thumbnail."""
    rows = Product.select(Product.id).join(ProductMedia, on=(ProductMedia.product == Product.id))
    stale = ProductMedia.thumbnail.is_null(False) & Product.cover.is_null()
    return [row.id for row in rows.where(stale).distinct().limit(LIMIT)]
