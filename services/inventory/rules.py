"""Pure decisions about stock: which warehouse delivers, and whether a dated change breaks a later day."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.core.text import Said, Text
from services.inventory.types import Need, Pick, Place, Shortage, Sourcing

WHOLE_FIRST = Text(
    "「{place}」优先级最高,且能整单发出", "“{place}” has the highest priority and can send the whole order"
)
WHOLE = Text(
    "「{place}」是能整单发出的仓库中优先级最高的",
    "“{place}” has the highest priority of the warehouses that can send the whole order",
)
WANTED = Text("下单时指定了「{place}」", "“{place}” was chosen by hand")
PART = Text(
    "没有一个仓库能整单发出:「{place}」发 {count} 件",
    "No single warehouse can send it all: “{place}” sends {count}",
)


def aggregate(needs: Iterable[Need]) -> tuple[Need, ...]:
    """One need a variant, in order of appearance: two lines of one order share the stock."""
    total: dict[int, int] = {}
    for need in needs:
        total[need.variant_id] = total.get(need.variant_id, 0) + need.quantity
    return tuple(Need(variant_id, quantity) for variant_id, quantity in total.items())


def choose_places(needs: Sequence[Need], places: Iterable[Place], wanted_id: int | None = None) -> Sourcing:
    """Who delivers: the wanted warehouse; else the best one that has everything; else the fewest parcels."""
    needs = aggregate(needs)
    ranked = sorted(places, key=lambda place: (place.priority, place.warehouse_id))
    if wanted_id is not None:
        ranked = [place for place in ranked if place.warehouse_id == wanted_id]
    missing = _shortages(needs, ranked)
    if missing:
        return Sourcing(shortages=missing)
    for position, place in enumerate(ranked):
        if all(place.available.get(need.variant_id, 0) >= need.quantity for need in needs):
            text = WANTED if wanted_id is not None else WHOLE if position else WHOLE_FIRST
            picks = tuple(Pick(need.variant_id, place.warehouse_id, need.quantity) for need in needs)
            return Sourcing(picks=picks, reasons=(Said(text, place=place.name),))
    return _split(needs, ranked)


def _shortages(needs: Sequence[Need], places: Sequence[Place]) -> tuple[Shortage, ...]:
    short = []
    for need in needs:
        there = sum(max(0, place.available.get(need.variant_id, 0)) for place in places)
        if there < need.quantity:
            short.append(Shortage(need.variant_id, need.quantity, there))
    return tuple(short)


def _split(needs: Sequence[Need], ranked: Sequence[Place]) -> Sourcing:
    """Again and again the warehouse that can send most of what is left; ties by priority."""
    left = {need.variant_id: need.quantity for need in needs}
    remaining, picks, reasons = list(ranked), [], []
    while any(left.values()):
        place = max(remaining, key=lambda candidate: _can_send(candidate, left))
        remaining.remove(place)
        sent = 0
        for variant_id, quantity in left.items():
            take = min(quantity, max(0, place.available.get(variant_id, 0)))
            if take:
                picks.append(Pick(variant_id, place.warehouse_id, take))
                left[variant_id] -= take
                sent += take
        if sent:
            reasons.append(Said(PART, place=place.name, count=sent))
    return Sourcing(picks=tuple(picks), reasons=tuple(reasons))


def _can_send(place: Place, left: dict[int, int]) -> int:
    return sum(min(quantity, max(0, place.available.get(key, 0))) for key, quantity in left.items())


def first_negative(
    balance: int, delta: int, later: Iterable[tuple[datetime, int]]
) -> tuple[datetime | None, int] | None:
    """Where a change of `delta` on a past `balance` first drives it below zero, given the later changes.

    Returns (instant, balance there); the instant is None when the change itself does; None when nothing breaks.
    """
    balance += delta
    if balance < 0:
        return None, balance
    for at, change in later:
        balance += change
        if balance < 0:
            return at, balance
    return None
