"""Which lines go into which parcel: the picks of sourcing, handed out to the order's lines in their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedParcel:
    """A parcel of one warehouse: (position of the line, quantity)."""

    warehouse_id: int
    contents: tuple[tuple[int, int], ...]


def pack(lines: Sequence[tuple[int, int]], picks: Iterable[tuple[int, int, int]]) -> list[PlannedParcel]:
    """Parcels in the order of the picks, for lines (variant, quantity) and picks (variant, warehouse, quantity)."""
    wanting = [quantity for _, quantity in lines]
    by_warehouse: dict[int, dict[int, int]] = {}
    for variant_id, warehouse_id, quantity in picks:
        left = quantity
        for position, (line_variant, _) in enumerate(lines):
            if line_variant != variant_id or not wanting[position] or not left:
                continue
            taken = min(left, wanting[position])
            wanting[position] -= taken
            left -= taken
            parcel = by_warehouse.setdefault(warehouse_id, {})
            parcel[position] = parcel.get(position, 0) + taken
        if left:
            raise ValueError("more was picked than the lines want")
    if any(wanting):
        raise ValueError("the picks do not cover the lines")
    return [
        PlannedParcel(warehouse_id, tuple(sorted(parcel.items())))
        for warehouse_id, parcel in by_warehouse.items()
    ]
