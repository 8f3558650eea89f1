"""Stock while the history is written: levels in memory, movements in the order of time, receipts in good time."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any

from models import MovementKind, StockMovement
from seed import words
from seed.scribe import Sheet, instant
from seed.seasons import ZONE_SHIFT
from services.core.db import fetch, insert_row

Key = tuple[int, int]
KEEPER = words.NAMES["warehouse"]
COLUMNS = (
    "variant_id warehouse_id kind on_hand_delta reserved_delta on_hand_after reserved_after "
    "cause_kind cause_id cause_number reason actor_name at"
)
POST = (
    "UPDATE stock_level SET on_hand = on_hand + ?, reserved = reserved + ? WHERE variant_id = ? AND warehouse_id = ? "
    "RETURNING on_hand, reserved"
)
ENOUGH = 9.0
# A look through the shelves on the first of a month: (chance in 1,000, what is found).
COUNTED, BROKEN, SENT = 40, 15, 8


class Shelves:
    """What each warehouse holds of each variant, and the ledger rows not written yet."""

    def __init__(self, rng: Random) -> None:
        self.sheet = Sheet(StockMovement, COLUMNS)
        self._levels: dict[Key, list[int]] = {}
        self._rng = rng
        self._due: list[tuple[int, int, tuple[Any, ...]]] = []
        self._count = 0
        self._usual: dict[Key, float] = defaultdict(float)
        self._papers = 0

    def open(self, variant_ids: Iterable[int], warehouse_id: int, at: datetime) -> None:
        """Opening stock of one warehouse."""
        for variant_id in variant_ids:
            units = self._rng.randrange(12, 60)
            self._move(
                instant(at), "opening", (variant_id, warehouse_id), units, 0, ("opening", None, "", "期初")
            )

    def plan(
        self, at: datetime, kind: MovementKind, key: Key, on_hand: int, reserved: int, cause: tuple[Any, ...]
    ) -> None:
        """A movement that will happen at `at`."""
        self._count += 1
        heapq.heappush(self._due, (instant(at), self._count, (kind.value, key, on_hand, reserved, cause)))  # type: ignore[arg-type]

    def supply(self, demand: dict[Key, int], at: datetime, starved: frozenset[int]) -> None:
        """Receive goods at the beginning of a day so that the day's demand can be met."""
        moment = instant(at)
        for key, wanted in demand.items():
            usual = self._usual[key] = self._usual[key] * 0.9 + wanted * 0.1
            on_hand, reserved = self._levels.get(key, (0, 0))
            left = on_hand - reserved - wanted
            if left >= max(ENOUGH, usual * 3):
                continue
            need = max(0, -left)
            if key[0] in starved and need == 0:
                continue
            lot = need if key[0] in starved else need + 12 + int(usual * 20)
            self._move(
                moment, "receipt", key, lot, 0, ("manual", None, self._paper("RK", at), words.RECEIVED)
            )

    def look_through(self, at: datetime) -> None:
        """The first of a month: counts that differ, things found broken, a few lots sent to another warehouse."""
        rng, moment = self._rng, instant(at)
        places = sorted({warehouse_id for _, warehouse_id in self._levels})
        for key in sorted(self._levels):
            on_hand, reserved = self._levels[key]
            spare, dice = on_hand - reserved, rng.randrange(1_000)
            if spare < 4:
                continue
            if dice < COUNTED:
                delta = rng.choice((-2, -1, -1, 1))
                self._move(moment, "adjustment", key, delta, 0, ("manual", None, "", words.COUNTED))
            elif dice < COUNTED + BROKEN:
                self._move(moment, "write_off", key, -1, 0, ("manual", None, "", rng.choice(words.BROKEN)))
            elif dice < COUNTED + BROKEN + SENT:
                other = rng.choice([place for place in places if place != key[1]])
                cause = ("manual", None, self._paper("DB", at), words.SENT)
                self._move(moment, "transfer_out", key, -(spare // 2), 0, cause)
                self._move(moment, "transfer_in", (key[0], other), spare // 2, 0, cause)

    def advance(self, until: datetime) -> None:
        """Let everything happen that is planned up to `until`."""
        last = instant(until) or 0
        due = self._due
        while due and due[0][0] <= last:
            moment, _, (kind, key, on_hand, reserved, cause) = heapq.heappop(due)
            self._move(moment, kind, key, on_hand, reserved, cause)

    def settle(self, until: datetime) -> None:
        """Like advance(), when the levels are in the database already and others move them too."""
        last = instant(until) or 0
        while self._due and self._due[0][0] <= last:
            moment, _, (kind, key, on_hand, reserved, cause) = heapq.heappop(self._due)
            after = fetch(POST, (on_hand, reserved, *key))[0]
            values = (*key, kind, on_hand, reserved, *after, *cause, KEEPER, moment)
            insert_row(StockMovement, **dict(zip(COLUMNS.split(), values, strict=True)))

    def level_rows(self) -> list[dict[str, int]]:
        """The levels as they are now."""
        return [
            {"variant_id": variant_id, "warehouse_id": warehouse_id, "on_hand": on_hand, "reserved": reserved}
            for (variant_id, warehouse_id), (on_hand, reserved) in sorted(self._levels.items())
        ]

    def _paper(self, prefix: str, at: datetime) -> str:
        self._papers += 1
        return f"{prefix}-{at + ZONE_SHIFT:%Y%m%d}-{self._papers:05d}"

    def _move(
        self,
        moment: int | None,
        kind: str,
        key: Key,
        on_hand: int,
        reserved: int,
        cause: tuple[Any, ...],
    ) -> None:
        level = self._levels.get(key)
        if level is None:
            level = self._levels[key] = [0, 0]
        level[0] += on_hand
        level[1] += reserved
        if level[0] < level[1] or level[1] < 0:
            raise RuntimeError(f"the seed's stock went below what is promised: {key} {level} {kind}")
        self.sheet.add(*key, kind, on_hand, reserved, level[0], level[1], *cause, KEEPER, moment)
