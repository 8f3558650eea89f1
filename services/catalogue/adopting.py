"""Products that documents of the past name and the catalogue lacks: made from what the documents say."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import PriceChange, Product, ProductStatus, Variant
from services.core import audit
from services.core.clock import now
from services.core.db import bulk_insert
from services.core.events import touch
from services.core.options import get_option
from services.core.permissions import Actor


@dataclass(frozen=True, slots=True)
class AdoptedProduct:
    """A SKU as documents know it: its most frequent description and price."""

    sku: str
    name: str
    price_minor: int


def adopt_products(items: Sequence[AdoptedProduct], *, actor: Actor) -> list[int]:
    """Make a product with one variant for each item; returns the variants' ids. Priced ones are on sale, others drafts.

    For imports only: the caller holds the transaction and has checked that no SKU exists.
    """
    at = now()
    taken = _taken_codes([item.sku for item in items])
    products = bulk_insert(
        Product,
        [
            {
                "code": f"{item.sku}~{place}"[:40] if item.sku[:40] in taken else item.sku[:40],
                "name": item.name,
                "status": ProductStatus.ACTIVE if item.price_minor else ProductStatus.DRAFT,
                "price_min_minor": item.price_minor,
                "price_max_minor": item.price_minor,
                "variant_count": 1,
            }
            for place, item in enumerate(items, start=1)
        ],
    )
    low_stock = get_option("inventory.low_stock_default")
    variants = bulk_insert(
        Variant,
        [
            {
                "product_id": product_id,
                "sku": item.sku,
                "price_minor": item.price_minor,
                "low_stock_at": low_stock,
            }
            for product_id, item in zip(products, items, strict=True)
        ],
    )
    prices = [
        {
            "variant_id": variant_id,
            "field": "price_minor",
            "before_minor": None,
            "after_minor": item.price_minor,
        }
        for variant_id, item in zip(variants, items, strict=True)
    ]
    stamp = {"actor_name": actor.name, "reason": "", "at": at}
    bulk_insert(PriceChange, [{**price, **stamp} for price in prices if price["after_minor"]], ids=False)
    for product_id, item in zip(products, items, strict=True):
        audit.record(
            actor, "product.import", ("product", product_id), after={"code": item.sku, "name": item.name}
        )
    touch("product", products[-1])
    return variants


def _taken_codes(codes: Sequence[str]) -> set[str]:
    wanted = [code[:40] for code in codes]
    return {row.code for row in Product.select(Product.code).where(Product.code.in_(wanted))}
