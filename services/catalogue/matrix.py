"""The option matrix of a product: its axes, their values, and the variant at each place."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from models import Product, ProductOption, ProductOptionValue, Variant, VariantOptionValue
from services.catalogue.events import ProductChanged
from services.catalogue.queries import get_product
from services.catalogue.rules import MatrixPlan, combinations, matrix_problem, plan_matrix, variant_problems
from services.catalogue.types import OptionInput, VariantInput
from services.catalogue.variants import free_barcodes, free_skus, refresh_product
from services.core import audit, editing
from services.core.clock import now
from services.core.db import bulk_insert, insert_row, transaction
from services.core.errors import Conflict, Invalid
from services.core.events import emit
from services.core.options import get_option
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text

SEPARATOR = " / "
ONE_EACH = Text(
    "有规格项时,请在建立后逐个填写 SKU 和条码",
    "With options, give SKU and barcode to each variant afterwards",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One option of a product with its values in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A product's axes and variants, archived ones included."""

    axes: tuple[Axis, ...]
    variants: tuple[Variant, ...]
    place_by_variant: dict[int, tuple[str, ...]]


def matrix_of(product_id: int) -> Matrix:
    """The whole matrix of a product."""
    options = list(
        ProductOption.select().where(ProductOption.product == product_id).order_by(ProductOption.position)
    )
    values = list(
        ProductOptionValue.select()
        .where(ProductOptionValue.option.in_(options))
        .order_by(ProductOptionValue.position, ProductOptionValue.id)
    )
    axis_of = {value.id: value.option_id for value in values}
    word_of = {value.id: value.value for value in values}
    variants = list(
        Variant.select().where(Variant.product == product_id).order_by(Variant.position, Variant.id)
    )
    places: dict[int, dict[int, str]] = {variant.id: {} for variant in variants}
    links = VariantOptionValue.select().where(VariantOptionValue.variant.in_(list(places)))
    for link in links if places else ():
        places[link.variant_id][axis_of[link.value_id]] = word_of[link.value_id]
    return Matrix(
        axes=tuple(
            Axis(name=option.name, values=tuple(v.value for v in values if v.option_id == option.id))
            for option in options
        ),
        variants=tuple(variants),
        place_by_variant={
            variant_id: tuple(place[option.id] for option in options if option.id in place)
            for variant_id, place in places.items()
        },
    )


@requires(Permission.CATALOGUE_EDIT)
def change_matrix(product_id: int, version: int, options: Sequence[OptionInput], *, actor: Actor) -> Product:
    """Give a product other axes or values: new places get variants, places that are gone are archived."""
    problem = matrix_problem(options)
    if problem:
        raise Invalid(fields={"options": problem})
    with transaction():
        product = get_product(product_id)
        if product.version != version:
            raise Conflict(editing.changed_elsewhere(product))
        matrix = matrix_of(product_id)
        living = {
            row.id: matrix.place_by_variant[row.id] for row in matrix.variants if row.archived_at is None
        }
        plan = plan_matrix([axis.name for axis in matrix.axes], living, options)
        _apply_plan(product, matrix, plan, options)
        refresh_product(product_id)
        editing.bump_version(Product, product_id)
        after = {"options": _told(options), "added": len(plan.added), "dropped": len(plan.dropped)}
        before = {"options": _told(matrix.axes)}
        audit.record(actor, "product.matrix", product, before=before, after=after)
        emit(ProductChanged(product_id))
        return Product.get_by_id(product_id)


def insert_matrix(
    product: Product, options: Sequence[OptionInput], variants: Sequence[VariantInput], model: VariantInput
) -> None:
    """Write the axes and variants of a new product inside the caller's transaction. Raises Invalid, Conflict."""
    problem = matrix_problem(options)
    places = combinations(options) if problem is None else []
    given = list(variants) or [_like(model, place, is_only=not options) for place in places]
    if problem is None and not {variant.values for variant in given} <= set(places):
        problem = Said(Text("有规格不在规格表里", "A variant is not in the matrix"))
    if problem is None and len({variant.values for variant in given}) < len(given):
        problem = Said(Text("有两个规格的选项相同", "Two variants have the same options"))
    if problem:
        raise Invalid(fields={"options": problem})
    if options and not variants and (model.sku or model.barcode):
        field = "sku" if model.sku else "barcode"
        raise Invalid(fields={field: Said(ONE_EACH)})
    ids = _write_axes(product.id, options)
    _insert_variants(product, given, ids, first_position=0)


def _told(axes: Sequence[Axis | OptionInput]) -> list[str]:
    return [f"{axis.name}: {SEPARATOR.join(axis.values)}" for axis in axes]


def _like(model: VariantInput, place: tuple[str, ...], *, is_only: bool) -> VariantInput:
    """The model variant at a place; SKU and barcode belong to one variant only."""
    values = asdict(model) | {"values": place}
    return VariantInput(**values if is_only else values | {"sku": "", "barcode": ""})


def _write_axes(product_id: int, options: Sequence[OptionInput]) -> dict[tuple[str, str], int]:
    """Insert the axes; {(axis, value): value id}."""
    ids: dict[tuple[str, str], int] = {}
    for position, option in enumerate(options):
        option_id = insert_row(
            ProductOption, product_id=product_id, name=option.name.strip(), position=position
        )
        rows = [
            {"option_id": option_id, "value": value.strip(), "position": place}
            for place, value in enumerate(option.values)
        ]
        made = bulk_insert(ProductOptionValue, rows)
        ids |= {(option.name, value): value_id for value, value_id in zip(option.values, made, strict=True)}
    return ids


def _insert_variants(
    product: Product,
    given: Sequence[VariantInput],
    value_ids: dict[tuple[str, str], int],
    *,
    first_position: int,
) -> None:
    axes = list(dict.fromkeys(axis for axis, _ in value_ids))
    skus = free_skus(product, [variant.sku for variant in given])
    barcodes = free_barcodes([variant.barcode for variant in given])
    rows = []
    for place, variant in enumerate(given):
        low = (
            variant.low_stock_at
            if variant.low_stock_at is not None
            else get_option("inventory.low_stock_default")
        )
        row = asdict(variant) | {"sku": skus[place], "barcode": barcodes[place], "low_stock_at": low}
        del row["values"]
        problems = variant_problems(row)
        if problems:
            raise Invalid(fields={f"variants.{place}.{field}": said for field, said in problems.items()})
        title = SEPARATOR.join(variant.values)
        rows.append(row | {"product_id": product.id, "title": title, "position": first_position + place})
    ids = bulk_insert(Variant, rows)
    links = [
        {"variant_id": variant_id, "value_id": value_ids[axis, value]}
        for variant_id, variant in zip(ids, given, strict=True)
        for axis, value in zip(axes, variant.values, strict=True)
    ]
    bulk_insert(VariantOptionValue, links, ids=False)


def _apply_plan(product: Product, matrix: Matrix, plan: MatrixPlan, options: Sequence[OptionInput]) -> None:
    """Rewrite axes and links; archived variants keep their title but leave the matrix."""
    everyone = [row.id for row in matrix.variants]
    VariantOptionValue.delete().where(VariantOptionValue.variant.in_(everyone)).execute()
    ProductOption.delete().where(ProductOption.product == product.id).execute()
    ids = _write_axes(product.id, options)
    links = []
    for variant_id, place in plan.kept.items():
        Variant.update(title=SEPARATOR.join(place), version=Variant.version + 1, updated_at=now()).where(
            Variant.id == variant_id
        ).execute()
        links += [
            {"variant_id": variant_id, "value_id": ids[option.name, value]}
            for option, value in zip(options, place, strict=True)
        ]
    bulk_insert(VariantOptionValue, links, ids=False)
    if plan.dropped:
        Variant.update(archived_at=now(), version=Variant.version + 1, updated_at=now()).where(
            Variant.id.in_(plan.dropped)
        ).execute()
    revived = _revive(matrix, plan, options, ids)
    model = next((row for row in matrix.variants if row.id in plan.kept), None) or matrix.variants[0]
    added = [
        VariantInput(
            values=place,
            price_minor=model.price_minor,
            compare_at_minor=model.compare_at_minor,
            cost_minor=model.cost_minor,
            weight_g=model.weight_g,
            low_stock_at=model.low_stock_at,
        )
        for place in plan.added
        if place not in revived
    ]
    _insert_variants(product, added, ids, first_position=len(everyone))


def _revive(
    matrix: Matrix, plan: MatrixPlan, options: Sequence[OptionInput], value_ids: dict[tuple[str, str], int]
) -> set[tuple[str, ...]]:
    """Bring back variants archived earlier whose place is wanted again; returns their places."""
    archived = {row.title: row for row in matrix.variants if row.archived_at is not None}
    revived = {place: archived[title] for place in plan.added if (title := SEPARATOR.join(place)) in archived}
    links = []
    for place, row in revived.items():
        Variant.update(archived_at=None, version=Variant.version + 1, updated_at=now()).where(
            Variant.id == row.id
        ).execute()
        links += [
            {"variant_id": row.id, "value_id": value_ids[option.name, value]}
            for option, value in zip(options, place, strict=True)
        ]
    bulk_insert(VariantOptionValue, links, ids=False)
    return set(revived)
