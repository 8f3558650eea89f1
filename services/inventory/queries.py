"""Reading stock: levels, movements, warehouses, what is low and what is available."""

from collections.abc import Sequence
from typing import Any

from peewee import fn

from models import Product, StockLevel, StockMovement, Text, Variant, Warehouse
from services.core.errors import NotFound
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Actor, Permission
from services.core.search import matches
from services.inventory.types import Available

AVAILABLE = StockLevel.on_hand - StockLevel.reserved


# ── warehouses ───────────────────────────────────────────────────────────────────────────────────────────────


def visible(actor: Actor) -> Any:
    """The warehouses this actor may see."""
    found = Warehouse.select()
    return found.where(Warehouse.id.in_(sorted(actor.warehouse_ids))) if actor.warehouse_ids else found


def all_warehouses(actor: Actor, *, with_archived: bool = False) -> Any:
    """Warehouses in sourcing order."""
    found = visible(actor).order_by(Warehouse.priority, Warehouse.id)
    return found if with_archived else found.where(Warehouse.archived_at.is_null())


def warehouse(warehouse_id: int, actor: Actor) -> Warehouse:
    """One warehouse. Raises NotFound."""
    found = visible(actor).where(Warehouse.id == warehouse_id).first()
    if found is None:
        raise NotFound()
    return found


# ── levels ───────────────────────────────────────────────────────────────────────────────────────────────────


def visible_levels(actor: Actor) -> Any:
    """Stock levels of the warehouses this actor may see, with variant, product and warehouse joined."""
    found = StockLevel.select().join(Variant).join(Product).switch(StockLevel).join(Warehouse)
    return (
        found.where(StockLevel.warehouse.in_(sorted(actor.warehouse_ids))) if actor.warehouse_ids else found
    )


def levels(actor: Actor) -> Any:
    """Stock levels as rows: SKU, product, warehouse, on hand, reserved, available."""
    return (
        visible_levels(actor)
        .select(
            StockLevel.id,
            StockLevel.variant.alias("variant_id"),
            StockLevel.warehouse.alias("warehouse_id"),
            Variant.sku,
            Product.name.alias("product"),
            Variant.title.alias("variant"),
            Warehouse.name.alias("warehouse"),
            StockLevel.on_hand,
            StockLevel.reserved,
            AVAILABLE.alias("available"),
            Variant.low_stock_at,
        )
        .dicts()
    )


def level(level_id: int, actor: Actor) -> dict[str, Any]:
    """One stock level as a row. Raises NotFound."""
    found = levels(actor).where(StockLevel.id == level_id).first()
    if found is None:
        raise NotFound()
    return found


def is_low() -> Any:
    """Condition: available is at or below the variant's low-stock level."""
    return (AVAILABLE <= Variant.low_stock_at) & Variant.archived_at.is_null()


def is_out() -> Any:
    """Condition: nothing is available."""
    return (AVAILABLE <= 0) & Variant.archived_at.is_null()


def is_oversold() -> Any:
    """Condition: more is promised than there is."""
    return StockLevel.on_hand < StockLevel.reserved


def low_stock(actor: Actor) -> Any:
    """Stock levels at or below the low-stock level, scarcest first."""
    return levels(actor).where(is_low()).order_by(AVAILABLE, StockLevel.id)


def availability(variant_ids: Sequence[int], actor: Actor | None = None) -> dict[int, tuple[Available, ...]]:
    """Per variant its figures in each open warehouse, in sourcing order."""
    found = (
        StockLevel.select(
            StockLevel.variant, Warehouse.id, Warehouse.name, StockLevel.on_hand, StockLevel.reserved
        )
        .join(Warehouse)
        .where(StockLevel.variant.in_(list(variant_ids)), Warehouse.archived_at.is_null())
        .order_by(Warehouse.priority, Warehouse.id)
    )
    if actor is not None and actor.warehouse_ids:
        found = found.where(Warehouse.id.in_(sorted(actor.warehouse_ids)))
    by_variant: dict[int, list[Available]] = {variant_id: [] for variant_id in variant_ids}
    for variant_id, *figures in found.tuples():
        by_variant[variant_id].append(Available(*figures))
    return {variant_id: tuple(there) for variant_id, there in by_variant.items()}


def total_available(variant_id: Any) -> Any:
    """An expression: how many of a variant are available over all open warehouses; for product lists."""
    return (
        StockLevel.select(fn.COALESCE(fn.SUM(AVAILABLE), 0))
        .join(Warehouse)
        .where(StockLevel.variant == variant_id, Warehouse.archived_at.is_null())
    )


# ── movements ────────────────────────────────────────────────────────────────────────────────────────────────


def movements(actor: Actor) -> Any:
    """Movements as rows, of the warehouses this actor may see."""
    found = (
        StockMovement.select(
            StockMovement,
            Variant.sku,
            Product.name.alias("product"),
            Warehouse.name.alias("warehouse_name"),
        )
        .join(Variant)
        .join(Product)
        .switch(StockMovement)
        .join(Warehouse)
    )
    return (
        found.where(StockMovement.warehouse.in_(sorted(actor.warehouse_ids)))
        if actor.warehouse_ids
        else found
    )


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────


def _warehouse_choices(actor: Actor) -> list[tuple[Any, Any]]:
    return list(
        visible(actor)
        .order_by(Warehouse.priority, Warehouse.id)
        .select(Warehouse.id, Warehouse.name)
        .tuples()
    )


def _search(term: str) -> Any:
    return matches(Variant, term) | matches(Product, term)


LEVELS = Listing(
    key="stock",
    title=Text("库存", "Stock"),
    base=visible_levels,
    permission=Permission.STOCK_VIEW,
    row_id=StockLevel.id,
    default_sort="sku",
    topic="stock",
    search=_search,
    columns=(
        Column(Variant.sku, kind="link"),
        Column(Product.name, name="product", label=Text("品名", "Product")),
        Column(Variant.title, name="variant", label=Text("规格", "Options")),
        Column(Warehouse.name, name="warehouse", label=Text("仓库", "Warehouse")),
        Column(StockLevel.on_hand),
        Column(StockLevel.reserved),
        Column(AVAILABLE, name="available", label=Text("可用", "Available"), kind="int", sortable=True),
        Column(Variant.low_stock_at, hidden=True),
        Column(StockLevel.variant, name="variant_id", kind="int", hidden=True, sortable=False),
        Column(StockLevel.warehouse, name="warehouse_id", kind="int", hidden=True, sortable=False),
    ),
    facets=(Facet(StockLevel.warehouse, name="warehouse", choices=_warehouse_choices),),
    views=(
        View("all", Text("全部", "All")),
        View("low", Text("低库存", "Low"), is_low),
        View("out", Text("缺货", "Out of stock"), is_out),
        View("oversold", Text("超卖", "Oversold"), is_oversold),
    ),
)

MOVEMENTS = Listing(
    key="movements",
    title=Text("库存流水", "Stock movements"),
    base=movements,
    permission=Permission.STOCK_VIEW,
    row_id=StockMovement.id,
    default_sort="-at",
    search=_search,
    columns=(
        Column(StockMovement.at),
        Column(StockMovement.kind),
        Column(Variant.sku, kind="link"),
        Column(Product.name, name="product", label=Text("品名", "Product")),
        Column(Warehouse.name, name="warehouse", label=Text("仓库", "Warehouse")),
        Column(StockMovement.on_hand_delta),
        Column(StockMovement.reserved_delta),
        Column(StockMovement.on_hand_after),
        Column(StockMovement.reserved_after, hidden=True),
        Column(StockMovement.cause_number),
        Column(StockMovement.reason, sortable=False),
        Column(StockMovement.actor_name, sortable=False),
    ),
    facets=(
        Facet(StockMovement.kind),
        Facet(StockMovement.warehouse, name="warehouse", choices=_warehouse_choices),
    ),
    ranges=("at",),
)

WAREHOUSES = Listing(
    key="warehouses",
    title=Text("仓库", "Warehouses"),
    base=visible,
    permission=Permission.STOCK_VIEW,
    row_id=Warehouse.id,
    default_sort="priority",
    topic="warehouse",
    columns=(
        Column(Warehouse.code, kind="link"),
        Column(Warehouse.name),
        Column(Warehouse.province_code),
        Column(Warehouse.priority, kind="int"),
        Column(Warehouse.archived_at),
    ),
    views=(
        View("open", Text("使用中", "Open"), lambda: Warehouse.archived_at.is_null()),
        View("archived", Text("已归档", "Archived"), lambda: Warehouse.archived_at.is_null(False)),
    ),
)
