"""Variants: the grid edit, prices with their history, archiving; SKU and barcode stay unique."""

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import fn

from models import PriceChange, Product, Variant
from services.catalogue.events import PriceChanged, ProductChanged
from services.catalogue.rules import (
    PRICE_FIELDS,
    barcode_problem,
    code_problem,
    price_limit_problem,
    variant_problems,
)
from services.catalogue.types import RowResult, VariantEdit
from services.core import editing
from services.core.clock import now
from services.core.db import insert_row, savepoint, transaction
from services.core.errors import Conflict, DomainError, Invalid, NotFound
from services.core.events import emit
from services.core.options import get_option
from services.core.permissions import Actor, Permission, check_permission, requires
from services.core.text import Said, Text

EDITABLE = frozenset(
    {*PRICE_FIELDS, "sku", "barcode", "weight_g", "low_stock_at", "position", "media", "media_id"}
)
GRID_LIMIT = 500
REASON_ABOVE = 100


@requires(Permission.CATALOGUE_EDIT)
def edit_variant(
    variant_id: int, version: int, changes: Mapping[str, Any], *, reason: str = "", actor: Actor
) -> Variant:
    """Change one variant; a large move of its price needs a reason. Raises Invalid, NotFound, Conflict."""
    guard_prices(changes, actor)
    with transaction():
        saved = _save(VariantEdit(variant_id=variant_id, version=version, changes=changes), reason, actor)
        refresh_product(saved.product_id)
        emit(ProductChanged(saved.product_id))
        return saved


@requires(Permission.CATALOGUE_EDIT, once=False)
def edit_variants(edits: Sequence[VariantEdit], *, reason: str = "", actor: Actor) -> list[RowResult]:
    """Save a bulk grid: every row by itself, so that one refusal does not stop the others. Raises Invalid."""
    if len(edits) > GRID_LIMIT:
        raise Invalid(Said(Text("一次最多改 {n} 行", "At most {n} rows at once"), n=GRID_LIMIT))
    if len(edits) > REASON_ABOVE and not reason.strip():
        said = Said(
            Text("一次改超过 {n} 行,请写明原因", "More than {n} rows at once: give a reason"), n=REASON_ABOVE
        )
        raise Invalid(fields={"reason": said})
    for edit in edits:
        guard_prices(edit.changes, actor)
    results: list[RowResult] = []
    touched: set[int] = set()
    with transaction():
        for edit in edits:
            try:
                with savepoint():
                    touched.add(_save(edit, reason, actor).product_id)
                results.append(RowResult(edit.variant_id))
            except DomainError as refusal:
                fields = {
                    key: said if isinstance(said, Said) else Said(said)
                    for key, said in refusal.fields.items()
                }
                results.append(RowResult(edit.variant_id, refusal.said, fields))
        for product_id in sorted(touched):
            refresh_product(product_id)
            emit(ProductChanged(product_id))
    return results


@requires(Permission.CATALOGUE_ARCHIVE)
def archive_variant(variant_id: int, version: int, *, actor: Actor) -> Variant:
    """Sell a variant no more. The last living one stays: archive the product instead."""
    with transaction():
        row = _variant(variant_id)
        others = (Variant.product == row.product_id, Variant.archived_at.is_null(), Variant.id != variant_id)
        if not Variant.select().where(*others).exists():
            raise Invalid(
                Text("这是最后一个规格,请归档整个商品", "It is the last variant: archive the product instead")
            )
        return _set_archived(row, version, actor, "variant.archive", {"archived_at": now()})


@requires(Permission.CATALOGUE_ARCHIVE)
def restore_variant(variant_id: int, version: int, *, actor: Actor) -> Variant:
    """Sell an archived variant again. Raises NotFound, Conflict."""
    return _set_archived(_variant(variant_id), version, actor, "variant.restore", {"archived_at": None})


def _set_archived(row: Variant, version: int, actor: Actor, action: str, changes: dict[str, Any]) -> Variant:
    with transaction():
        saved = editing.save_changes(Variant, row.id, version, changes, actor, action=action)
        refresh_product(row.product_id)
        emit(ProductChanged(row.product_id))
        return saved


# ── shared with products and the matrix ──────────────────────────────────────────────────────────────────────


def guard_prices(changes: Mapping[str, Any], actor: Actor, *, is_new: bool = False) -> None:
    """Refuse prices without catalogue.price, and costs without catalogue.see_cost. Raises NotPermitted."""
    named = {field for field in PRICE_FIELDS if field in changes and (changes[field] or not is_new)}
    if named:
        check_permission(actor, Permission.CATALOGUE_PRICE)
    if "cost_minor" in named:
        check_permission(actor, Permission.CATALOGUE_SEE_COST)


def refresh_product(product_id: int) -> None:
    """Recompute what a product says about its living variants: lowest and highest price, number."""
    living = Variant.select().where(Variant.product == product_id, Variant.archived_at.is_null())
    low, high, number = living.select(
        fn.COALESCE(fn.MIN(Variant.price_minor), 0),
        fn.COALESCE(fn.MAX(Variant.price_minor), 0),
        fn.COUNT(Variant.id),
    ).scalar(as_tuple=True)
    figures = {Product.price_min_minor: low, Product.price_max_minor: high, Product.variant_count: number}
    Product.update(figures).where(Product.id == product_id).execute()


def free_skus(product: Product, wanted: Sequence[str]) -> list[str]:
    """The SKUs as given, the empty ones numbered after the product code. Raises Invalid, Conflict."""
    skus = [sku.strip() for sku in wanted]
    number = Variant.select().where(Variant.product == product.id).count()
    for place, sku in enumerate(skus):
        if not sku and len(skus) == 1 and number == 0:
            skus[place] = product.code
        elif not sku:
            number += 1
            skus[place] = f"{product.code}-{number:02d}"
            while skus[place] in skus[:place] or _owner_of(Variant.sku == skus[place]):
                number += 1
                skus[place] = f"{product.code}-{number:02d}"
    for place, sku in enumerate(skus):
        problem = code_problem(sku, 60)
        if problem:
            raise Invalid(fields={"sku": problem, f"variants.{place}.sku": problem})
        if sku in skus[:place]:
            raise _taken("sku", Said(Text("SKU {sku} 写了两次", "SKU {sku} is given twice"), sku=sku))
        _refuse_taken_sku(sku)
    return skus


def free_barcodes(wanted: Sequence[str]) -> list[str | None]:
    """The barcodes as given, empty ones as none. Raises Invalid, Conflict."""
    codes = [code.strip() or None for code in wanted]
    given = [code for code in codes if code]
    for code in given:
        problem = barcode_problem(code)
        if problem:
            raise Invalid(fields={"barcode": problem})
        _refuse_taken_barcode(code)
    if len(set(given)) < len(given):
        raise _taken("barcode", Said(Text("有两个规格条码相同", "Two variants have the same barcode")))
    return codes


def _save(edit: VariantEdit, reason: str, actor: Actor) -> Variant:
    """Check and write one row of the grid with its price history; the caller refreshes the product."""
    row = _variant(edit.variant_id)
    changes = {key: value.strip() if isinstance(value, str) else value for key, value in edit.changes.items()}
    if "barcode" in changes:
        changes["barcode"] = changes["barcode"] or None
    if set(changes) - EDITABLE:
        raise Invalid(Text("有不能在这里修改的字段", "Some of the fields cannot be edited here"))
    problems = variant_problems(changes)
    limit = get_option("catalogue.price_change_limit_bps")
    too_far = (
        price_limit_problem({"price_minor": row.price_minor}, changes, limit, reason)
        if not problems
        else None
    )
    if too_far:
        problems["reason"] = too_far
    if problems:
        raise Invalid(fields=problems)
    if changes.get("sku", row.sku) != row.sku:
        _refuse_taken_sku(changes["sku"])
    if changes.get("barcode", row.barcode) not in (None, row.barcode):
        _refuse_taken_barcode(changes["barcode"])
    saved = editing.save_changes(
        Variant, row.id, edit.version, changes, actor, action="variant.edit", reason=reason
    )
    _note_prices(row, saved, reason, actor)
    return saved


def _note_prices(before: Variant, after: Variant, reason: str, actor: Actor) -> None:
    for field in PRICE_FIELDS:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            insert_row(
                PriceChange,
                variant_id=after.id,
                field=field,
                before_minor=old,
                after_minor=new,
                actor_name=actor.name,
                reason=reason.strip()[:200],
                at=now(),
            )
    if before.price_minor != after.price_minor:
        emit(PriceChanged(after.id, before.price_minor, after.price_minor))


def _variant(variant_id: int) -> Variant:
    row = Variant.get_or_none(Variant.id == variant_id)
    if row is None:
        raise NotFound()
    return row


def _owner_of(condition: Any) -> Variant | None:
    return Variant.select(Variant, Product).join(Product).where(condition).first()


def _refuse_taken_sku(sku: str) -> None:
    owner = _owner_of(Variant.sku == sku)
    if owner is not None:
        text = Text("SKU {sku} 已用于「{name}」", "SKU {sku} is taken by “{name}”")
        raise _taken("sku", Said(text, sku=sku, name=owner.product.name))


def _refuse_taken_barcode(barcode: str) -> None:
    owner = _owner_of(Variant.barcode == barcode)
    if owner is not None:
        text = Text("条码 {barcode} 已用于 {sku}「{name}」", "Barcode {barcode} is taken by {sku} “{name}”")
        raise _taken("barcode", Said(text, barcode=barcode, sku=owner.sku, name=owner.product.name))


def _taken(field: str, said: Said) -> Conflict:
    return Conflict(said, fields={field: said})
