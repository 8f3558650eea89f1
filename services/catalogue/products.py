"""Products: create with their option matrix, edit, duplicate, put on sale, archive."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from models import (
    Brand,
    Category,
    Product,
    ProductAttribute,
    ProductDimension,
    ProductMedia,
    ProductTag,
    Variant,
)
from services.catalogue.attributes import template_of
from services.catalogue.classifying import attributes_of, tags_of, write_parts
from services.catalogue.events import ProductChanged
from services.catalogue.matrix import insert_matrix, matrix_of
from services.catalogue.queries import get_product
from services.catalogue.rules import code_problem
from services.catalogue.types import OptionInput, ProductInput, ProductParts, VariantInput
from services.catalogue.variants import guard_prices, refresh_product
from services.catalogue.workflow import PRODUCT, ProductFacts
from services.core import audit, editing
from services.core.clock import now
from services.core.db import bulk_insert, transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.events import emit
from services.core.machine import apply_move
from services.core.numbers import next_serial
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text

EDITABLE = frozenset({"code", "name", "name_en", "model_number", "brand", "category", "description"})
LIMITS = {"name": 200, "name_en": 200, "model_number": 80, "description": 20_000}


@requires(Permission.CATALOGUE_EDIT)
def create_product(given: ProductInput, *, actor: Actor) -> Product:
    """Add a product with its variants, as a draft. Raises Invalid, Conflict, NotPermitted."""
    values: dict[str, Any] = {
        "name": given.name.strip(),
        "name_en": given.name_en.strip(),
        "model_number": given.model_number.strip(),
        "description": given.description.strip(),
        "brand": given.brand_id,
        "category": given.category_id,
    }
    for variant in (given.model_variant, *given.variants):
        guard_prices(
            {"price_minor": variant.price_minor, "cost_minor": variant.cost_minor}, actor, is_new=True
        )
    with transaction():
        _check_fields(values)
        values["code"] = _free_code(given.code.strip() or f"P{next_serial('product'):05d}")
        product = editing.create(Product, values, actor, action="product.create")
        insert_matrix(product, given.options, given.variants, given.model_variant)
        write_parts(product.id, given.parts)
        refresh_product(product.id)
        emit(ProductChanged(product.id))
        return Product.get_by_id(product.id)


@requires(Permission.CATALOGUE_EDIT)
def edit_product(
    product_id: int,
    version: int,
    changes: Mapping[str, Any],
    *,
    parts: ProductParts | None = None,
    actor: Actor,
) -> Product:
    """Change a product's fields and classification. Raises Invalid, NotFound, Conflict."""
    values = {
        key.removesuffix("_id"): value.strip() if isinstance(value, str) else value
        for key, value in changes.items()
    }
    unknown = set(values) - EDITABLE
    if unknown:
        said = Said(Text("不能修改「{names}」", "{names} cannot be edited"), names=", ".join(sorted(unknown)))
        raise Invalid(said)
    with transaction():
        _check_fields(values)
        if "code" in values:
            values["code"] = _free_code(values["code"], besides=product_id)
        saved = editing.save_changes(Product, product_id, version, values, actor, action="product.edit")
        before, after = write_parts(product_id, parts or ProductParts())
        if after or before:
            audit.record(actor, "product.classify", saved, before=before, after=after)
            if saved.version == version:
                editing.bump_version(Product, product_id)
        emit(ProductChanged(product_id))
        return Product.get_by_id(product_id)


@requires(Permission.CATALOGUE_EDIT)
def tag_product(
    product_id: int, *, add: Sequence[str] = (), remove: Sequence[str] = (), actor: Actor
) -> Product:
    """Put tags on a product, or take some off. Raises Invalid, NotFound, Conflict when nothing would change."""
    with transaction():
        product = get_product(product_id)
        present = set(tags_of(product_id))
        wanted = (present | {tag.strip() for tag in add}) - {tag.strip() for tag in remove}
        if wanted == present:
            raise Conflict(Text("标签没有变化", "The tags are as wanted already"))
        return edit_product(
            product_id,
            product.version,
            {},
            parts=ProductParts(tags=tuple(sorted(wanted))),
            actor=replace(actor, request_id=""),
        )


@requires(Permission.CATALOGUE_EDIT)
def duplicate_product(product_id: int, *, name: str = "", actor: Actor) -> Product:
    """Make a draft like a product: matrix, prices, classification and media, with new codes and no barcodes."""
    with transaction():
        source = get_product(product_id)
        values = {key: getattr(source, key) for key in ("name_en", "model_number", "description")}
        values |= {"brand": source.brand_id, "category": source.category_id, "cover": source.cover_id}
        values["name"] = (name.strip() or f"{source.name}(副本)")[:200]
        values["code"] = _free_code(f"P{next_serial('product'):05d}")
        copy = editing.create(Product, values, actor, action="product.create")
        _copy_variants(source.id, copy)
        for model in (ProductAttribute, ProductDimension, ProductTag, ProductMedia):
            rows = [
                dict(row.__data__, product=copy.id)
                for row in model.select().where(model.product == source.id)
            ]
            bulk_insert(
                model, [{key: value for key, value in row.items() if key != "id"} for row in rows], ids=False
            )
        refresh_product(copy.id)
        audit.record(actor, "product.duplicate", copy, after={"source": source.code})
        emit(ProductChanged(copy.id))
        return Product.get_by_id(copy.id)


@requires(Permission.CATALOGUE_EDIT)
def activate_product(product_id: int, *, actor: Actor) -> Product:
    """Put a product on sale. Raises MoveRefused with every reason."""
    return _move(product_id, "activate", actor)


@requires(Permission.CATALOGUE_EDIT)
def withdraw_product(product_id: int, *, actor: Actor) -> Product:
    """Take a product off sale, back to draft. Raises MoveRefused."""
    return _move(product_id, "withdraw", actor)


@requires(Permission.CATALOGUE_ARCHIVE)
def archive_product(product_id: int, *, actor: Actor) -> Product:
    """Put a product out of the lists of living ones; documents keep it. Raises MoveRefused."""
    return _move(product_id, "archive", actor)


@requires(Permission.CATALOGUE_ARCHIVE)
def restore_product(product_id: int, *, actor: Actor) -> Product:
    """Take an archived product back as a draft. Raises MoveRefused."""
    return _move(product_id, "restore", actor)


def product_facts(product: Product) -> ProductFacts:
    """What the product machine's guards look at; pages use it to grey their buttons."""
    living = (Variant.product == product.id, Variant.archived_at.is_null())
    filled = {row.attribute_id for row in attributes_of(product.id)}
    missing = [
        Text(entry.attribute.name_zh, entry.attribute.name_en)
        for entry in template_of(product.category_id)
        if entry.is_required and entry.attribute.id not in filled
    ]
    return ProductFacts(
        variant_count=Variant.select().where(*living).count(),
        unpriced=Variant.select().where(*living, Variant.price_minor == 0).count(),
        missing_attributes=tuple(missing),
    )


def why_not_each(product_ids: Sequence[int], move: str, actor: Actor) -> dict[int, Said]:
    """{product id: why this move is refused now}; products that may make it are left out. For bulk previews."""
    refused: dict[int, Said] = {}
    for product in Product.select().where(Product.id.in_(list(product_ids))):
        facts = product_facts(product) if move == "activate" else None
        reasons = PRODUCT.why_not(product.status, move, facts, actor)
        if reasons:
            refused[product.id] = reasons[0]
    return refused


def _move(product_id: int, move: str, actor: Actor) -> Product:
    with transaction():
        product = get_product(product_id)
        stamps = (
            {"archived_at": now()}
            if move == "archive"
            else {"archived_at": None}
            if move == "restore"
            else None
        )
        apply_move(PRODUCT, product, move, actor, product_facts(product), stamps=stamps)
        emit(ProductChanged(product_id))
        return Product.get_by_id(product_id)


def _check_fields(values: Mapping[str, Any]) -> None:
    problems: dict[str, Said] = {}
    if "name" in values and not values["name"]:
        problems["name"] = Said(Text("请填写品名", "Enter a name"))
    for field, limit in LIMITS.items():
        if len(values.get(field) or "") > limit:
            problems[field] = Said(Text("最多 {n} 个字", "At most {n} characters"), n=limit)
    for field, model in (("brand", Brand), ("category", Category)):
        wanted = values.get(field)
        if wanted is not None and not model.select().where(model.id == wanted).exists():
            problems[field] = Said(Text("它已不存在", "It is not there any more"))
    if problems:
        raise Invalid(fields=problems)


def _free_code(code: str, besides: int = 0) -> str:
    problem = code_problem(code, 40)
    if problem:
        raise Invalid(fields={"code": problem})
    other = Product.get_or_none(Product.code == code)
    if other is not None and other.id != besides:
        text = Text("货号 {code} 已用于「{name}」", "Code {code} is taken by “{name}”")
        said = Said(text, code=code, name=other.name)
        raise Conflict(said, fields={"code": said})
    return code


def _copy_variants(source_id: int, copy: Product) -> None:
    matrix = matrix_of(source_id)
    living = [row for row in matrix.variants if row.archived_at is None]
    if not living:
        raise NotFound(Text("原商品没有可复制的规格", "The product has no variant to copy"))
    options = tuple(OptionInput(name=axis.name, values=axis.values) for axis in matrix.axes)
    inputs = tuple(
        VariantInput(
            values=matrix.place_by_variant[row.id],
            price_minor=row.price_minor,
            compare_at_minor=row.compare_at_minor,
            cost_minor=row.cost_minor,
            weight_g=row.weight_g,
            low_stock_at=row.low_stock_at,
        )
        for row in living
    )
    insert_matrix(copy, options, inputs, VariantInput())
