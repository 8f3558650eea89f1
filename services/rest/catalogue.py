"""/products and /variants: list, read, create, edit, life cycle, prices."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from models import Brand, Category, Product, Text, Variant
from services import catalogue
from services.core.db import read, write
from services.core.listing import Column, Facet, Listing
from services.core.permissions import Permission
from services.core.text import render
from services.rest.auth import Caller
from services.rest.shapes import CursorPage, IfMatch, answer, body_of, page_of, wanted_version

router = APIRouter(tags=["catalogue"])
PRODUCTS = Listing(
    key="products",
    title=Text("商品", "Products"),
    base=catalogue.products,
    columns=(
        Column(Product.code),
        Column(Product.name),
        Column(Product.name_en),
        Column(Product.model_number),
        Column(Product.status),
        Column(Brand.name, via=Product.brand, name="brand", label=Product.brand.verbose_name),
        Column(Category.code, via=Product.category, name="category", label=Product.category.verbose_name),
        Column(Product.price_min_minor),
        Column(Product.price_max_minor, sortable=False),
        Column(Product.variant_count, sortable=False),
        Column(Product.created_at, sortable=False),
        Column(Product.updated_at),
        Column(Product.version, sortable=False),
    ),
    facets=(
        Facet(Product.status),
        Facet(Product.brand, name="brand"),
        Facet(Product.category, name="category"),
    ),
    ranges=("updated_at", "price_min_minor"),
    row_id=Product.id,
    permission=Permission.CATALOGUE_VIEW,
    search=catalogue.search_condition,
    default_sort="-updated_at",
)
VARIANTS = Listing(
    key="variants",
    title=Text("规格", "Variants"),
    base=catalogue.variants,
    columns=(
        Column(Variant.sku),
        Column(Product.code, name="product"),
        Column(Product.name, name="product_name"),
        Column(Variant.title),
        Column(Variant.barcode),
        Column(Variant.price_minor),
        Column(Variant.compare_at_minor),
        Column(Variant.cost_minor, permission=Permission.CATALOGUE_SEE_COST),
        Column(Variant.weight_g),
        Column(Variant.low_stock_at),
        Column(Variant.archived_at),
        Column(Variant.version, sortable=False),
    ),
    facets=(Facet(Variant.product, name="product"),),
    ranges=("price_minor",),
    row_id=Variant.id,
    permission=Permission.CATALOGUE_VIEW,
    search=catalogue.variant_search_condition,
    default_sort="sku",
)


@router.get("/products")
async def list_products(request: Request, caller: Caller) -> CursorPage:
    """Products, last changed first; `q` searches code, names, model number and SKUs."""
    return await read(page_of, PRODUCTS, request, caller)


@router.get("/products/{code}")
async def get_product(code: str, caller: Caller) -> JSONResponse:
    """One product with its variants."""

    def load() -> JSONResponse:
        product = catalogue.product(code, caller)
        variants = [body_of(variant, caller) for variant in catalogue.variants_of(product.id, caller)]
        return answer(product, caller, variants=variants, tags=catalogue.tags_of(product.id))

    return await read(load)


@router.post("/products", status_code=201)
async def create_product(given: catalogue.ProductInput, caller: Caller) -> JSONResponse:
    """Add a product, with its option matrix and variants."""
    return answer(await write(catalogue.create_product, given, actor=caller), caller, 201)


@router.patch("/products/{code}")
async def edit_product(
    code: str, changes: dict[str, Any], caller: Caller, if_match: IfMatch = None
) -> JSONResponse:
    """Change some fields of a product."""
    version = wanted_version(if_match)
    found = await read(catalogue.product, code, caller)
    return answer(await write(catalogue.edit_product, found.id, version, changes, actor=caller), caller)


@router.post("/products/{code}/duplicate", status_code=201)
async def duplicate_product(code: str, caller: Caller) -> JSONResponse:
    """Make a draft that is like this product."""
    found = await read(catalogue.product, code, caller)
    return answer(await write(catalogue.duplicate_product, found.id, actor=caller), caller, 201)


def _moves() -> dict[str, Any]:
    return {
        "activate": catalogue.activate_product,
        "withdraw": catalogue.withdraw_product,
        "archive": catalogue.archive_product,
        "restore": catalogue.restore_product,
    }


def _add_move(name: str, verb: Any) -> None:
    @router.post(f"/products/{{code}}/{name}", name=f"{name}_product", description=verb.__doc__)
    async def move(code: str, caller: Caller) -> JSONResponse:
        found = await read(catalogue.product, code, caller)
        return answer(await write(verb, found.id, actor=caller), caller)


for _name, _verb in _moves().items():
    _add_move(_name, _verb)


@router.get("/variants")
async def list_variants(request: Request, caller: Caller) -> CursorPage:
    """Variants by SKU."""
    return await read(page_of, VARIANTS, request, caller)


@router.patch("/variants/{variant_id}")
async def edit_variant(
    variant_id: int, changes: dict[str, Any], caller: Caller, if_match: IfMatch = None, reason: str = ""
) -> JSONResponse:
    """Change some fields of a variant; a large change of price needs `?reason=`."""
    version = wanted_version(if_match)
    variant = await write(catalogue.edit_variant, variant_id, version, changes, reason=reason, actor=caller)
    return answer(variant, caller)


@router.post("/variants/bulk")
async def edit_variants(edits: list[catalogue.VariantEdit], caller: Caller, reason: str = "") -> JSONResponse:
    """Change many variants; every row is saved or refused by itself."""
    results = await write(catalogue.edit_variants, edits, reason=reason, actor=caller)
    rows = [
        {
            "variant_id": result.row_id,
            "saved": result.is_saved,
            "detail": render(result.said, caller.locale) if result.said else None,
            "errors": {name: render(said, caller.locale) for name, said in result.fields.items()},
        }
        for result in results
    ]
    return JSONResponse({"rows": rows}, 200 if all(row["saved"] for row in rows) else 207)
