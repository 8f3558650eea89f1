"""Stock in the past: what was there at an instant, and why a figure is what it is today."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from models import MovementKind, Product, StockLevel, StockMovement, Variant, Warehouse
from services.core.clock import day_start
from services.core.errors import NotFound
from services.core.options import business_zone
from services.core.permissions import Actor
from services.inventory.queries import movements, visible_levels
from services.inventory.types import KindSum, OnHandStory

LAST = 20


def instant_of(moment: datetime | date) -> datetime:
    """The instant itself, or the end of a business day."""
    if isinstance(moment, datetime):
        return moment
    return day_start(moment + timedelta(days=1), business_zone())


def on_hand_at(moment: datetime | date) -> Any:
    """An expression over StockLevel: on hand at an instant, or at the end of a business day."""
    later = StockMovement.alias()
    moved = later.select(fn.COALESCE(fn.SUM(later.on_hand_delta), 0)).where(
        later.variant == StockLevel.variant,
        later.warehouse == StockLevel.warehouse,
        later.at >= instant_of(moment),
    )
    return StockLevel.on_hand - moved


def stock_as_of(
    moment: datetime | date, *, actor: Actor, variant_id: int | None = None, warehouse_id: int | None = None
) -> Any:
    """What was on hand at an instant (or at the end of a business day), per variant and warehouse; not zero."""
    found = (
        StockMovement.select(
            StockMovement.variant.alias("variant_id"),
            StockMovement.warehouse.alias("warehouse_id"),
            Variant.sku,
            Product.name.alias("product"),
            Warehouse.name.alias("warehouse"),
            fn.SUM(StockMovement.on_hand_delta).alias("on_hand"),
        )
        .join(Variant)
        .join(Product)
        .switch(StockMovement)
        .join(Warehouse)
        .where(StockMovement.at < instant_of(moment))
        .group_by(StockMovement.variant, StockMovement.warehouse, Variant.sku, Product.name, Warehouse.name)
        .having(fn.SUM(StockMovement.on_hand_delta) != 0)
        .order_by(StockMovement.variant, StockMovement.warehouse)
    )
    if actor.warehouse_ids:
        found = found.where(StockMovement.warehouse.in_(sorted(actor.warehouse_ids)))
    if variant_id is not None:
        found = found.where(StockMovement.variant == variant_id)
    if warehouse_id is not None:
        found = found.where(StockMovement.warehouse == warehouse_id)
    return found.dicts()


def why_on_hand(variant_id: int, warehouse_id: int, *, actor: Actor) -> OnHandStory:
    """Explain a stock level: its movements by kind, which add up to it, and the last of them. Raises NotFound."""
    level = (
        visible_levels(actor)
        .select(StockLevel, Variant.sku.alias("sku"), Warehouse.name.alias("place"))
        .where(StockLevel.variant == variant_id, StockLevel.warehouse == warehouse_id)
        .objects()
        .first()
    )
    if level is None:
        raise NotFound()
    last = (
        movements(actor)
        .where(StockMovement.variant == variant_id, StockMovement.warehouse == warehouse_id)
        .order_by(StockMovement.id.desc())
        .limit(LAST)
    )
    return OnHandStory(
        variant_id=variant_id,
        warehouse_id=warehouse_id,
        sku=level.sku,
        warehouse=level.place,
        on_hand=level.on_hand,
        reserved=level.reserved,
        sums=tuple(_sums(variant_id, warehouse_id)),
        last=tuple(last.dicts()),
    )


def _sums(variant_id: int, warehouse_id: int) -> Iterator[KindSum]:
    moved = (
        StockMovement.select(
            StockMovement.kind,
            fn.SUM(StockMovement.on_hand_delta),
            fn.SUM(StockMovement.reserved_delta),
            fn.COUNT(StockMovement.id),
            fn.MIN(StockMovement.at),
            fn.MAX(StockMovement.at),
        )
        .where(StockMovement.variant == variant_id, StockMovement.warehouse == warehouse_id)
        .group_by(StockMovement.kind)
    )
    order = list(MovementKind)
    rows = sorted(moved.tuples(), key=lambda row: order.index(MovementKind(row[0])))
    for kind, on_hand, reserved, count, first_at, last_at in rows:
        yield KindSum(
            MovementKind(kind), int(on_hand), int(reserved), count, _instant(first_at), _instant(last_at)
        )


def balance_at(pair: tuple[int, int], at: datetime) -> int:
    """On hand at an instant, movements of that instant included."""
    variant_id, warehouse_id = pair
    found = (
        StockMovement.select(fn.COALESCE(fn.SUM(StockMovement.on_hand_delta), 0))
        .where(
            StockMovement.variant == variant_id,
            StockMovement.warehouse == warehouse_id,
            StockMovement.at <= at,
        )
        .scalar()
    )
    return int(found)


def changes_after(pair: tuple[int, int], at: datetime) -> Iterator[tuple[datetime, int]]:
    """The changes of on hand after an instant, in the order of their dates."""
    variant_id, warehouse_id = pair
    rows = (
        StockMovement.select(StockMovement.at, StockMovement.on_hand_delta)
        .where(
            StockMovement.variant == variant_id,
            StockMovement.warehouse == warehouse_id,
            StockMovement.at > at,
            StockMovement.on_hand_delta != 0,
        )
        .order_by(StockMovement.at, StockMovement.id)
    )
    yield from rows.tuples()


def _instant(value: Any) -> datetime:
    return StockMovement.at.python_value(value)
