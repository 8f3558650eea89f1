"""The refusal that says which goods are missing, where, and how many there are."""

from collections.abc import Iterable, Mapping

from models import Text
from services.core.db import fetch, marks
from services.core.errors import Conflict
from services.core.text import Said
from services.inventory.types import Shortage

SHORT = Text(
    "{sku} 库存不足:需要 {needed},可用 {available}。请减少数量、先入库或换仓库",
    "Not enough {sku}: {needed} needed, {available} available. Order less, receive stock first or use another warehouse",
)
GONE = Text(
    "{sku} 在「{place}」只有 {available} 件在库,不能减少 {needed} 件。请先核对实物再入库或调整",
    "There are only {available} of {sku} in “{place}”; {needed} cannot leave. Count the goods, then receive or adjust",
)


class OutOfStock(Conflict):
    """Stock does not cover what was asked; `shortages` says what is missing."""

    code = "out_of_stock"

    def __init__(self, reasons: list[Said], shortages: tuple[Shortage, ...]) -> None:
        self.shortages = shortages
        super().__init__(reasons[0], reasons=reasons)


def out_of_stock(shortages: Iterable[Shortage]) -> OutOfStock:
    """The refusal for needs that the available stock does not cover."""
    shortages = tuple(shortages)
    skus = _skus(shortage.variant_id for shortage in shortages)
    reasons = [
        Said(SHORT, sku=skus[short.variant_id], needed=short.needed, available=max(0, short.available))
        for short in shortages
    ]
    return OutOfStock(reasons, shortages)


def not_there(missing: Mapping[tuple[int, int], int]) -> OutOfStock:
    """The refusal for goods that cannot leave because they are not there; {(variant, warehouse): quantity}."""
    skus = _skus(variant_id for variant_id, _ in missing)
    reasons, shortages = [], []
    for (variant_id, warehouse_id), needed in missing.items():
        sql = (
            "SELECT w.name, COALESCE(l.on_hand, 0) FROM warehouse w LEFT JOIN stock_level l "
            "ON l.warehouse_id = w.id AND l.variant_id = ? WHERE w.id = ?"
        )
        place, there = next(iter(fetch(sql, (variant_id, warehouse_id))), ("?", 0))
        reasons.append(Said(GONE, sku=skus[variant_id], place=place, needed=needed, available=there))
        shortages.append(Shortage(variant_id, needed, there))
    return OutOfStock(reasons, tuple(shortages))


def _skus(variant_ids: Iterable[int]) -> dict[int, str]:
    ids = sorted(set(variant_ids))
    rows = fetch(f"SELECT id, sku FROM variant WHERE id IN ({marks(len(ids))})", ids)  # noqa: S608 - marks only
    return {variant_id: f"#{variant_id}" for variant_id in ids} | dict(rows)
