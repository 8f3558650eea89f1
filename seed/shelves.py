"""Stock while the history is written: levels in memory, movements in the order of time, receipts in good time."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any

from models import MovementKind

ACTOR = "赵大力"
Key = tuple[int, int]


class Shelves:
    """What each warehouse holds of each variant, and the ledger rows not written yet."""

    def __init__(self, rng: Random) -> None:
        self.levels: dict[Key, list[int]] = {}
        self.rows: list[dict[str, Any]] = []
        self._rng = rng
        self._due: list[tuple[datetime, int, Any]] = []
        self._count = 0
        self._demand: dict[Key, float] = defaultdict(float)
        self._receipts = 0

    def open(self, variant_ids: Iterable[int], warehouse_id: int, at: datetime) -> None:
        """Opening stock of one warehouse."""
        for variant_id in variant_ids:
            self._move(
                MovementKind.OPENING, (variant_id, warehouse_id), self._rng.randrange(12, 60), 0, "", None, at
            )

    def plan(
        self, at: datetime, kind: MovementKind, key: Key, on_hand: int, reserved: int, cause: tuple
    ) -> None:
        """A movement that will happen at `at`."""
        self._count += 1
        heapq.heappush(self._due, (at, self._count, (kind, key, on_hand, reserved, cause)))

    def supply(self, demand: dict[Key, int], at: datetime, starved: frozenset[int]) -> None:
        """Receive goods at the beginning of a day so that the day's demand can be met."""
        for key, wanted in demand.items():
            usual = self._demand[key] = self._demand[key] * 0.9 + wanted * 0.1
            on_hand, reserved = self.levels.get(key, (0, 0))
            left = on_hand - reserved - wanted
            if left >= max(12.0, usual * 3):
                continue
            need = max(0, -left)
            if key[0] in starved and need == 0:
                continue
            lot = need if key[0] in starved else need + 24 + int(usual * 20)
            self._receipts += 1
            number = f"RK-{at:%Y%m%d}-{self._receipts:05d}"
            self._move(MovementKind.RECEIPT, key, lot, 0, number, None, at)

    def advance(self, until: datetime) -> None:
        """Let everything happen that is planned up to `until`."""
        while self._due and self._due[0][0] <= until:
            at, _, (kind, key, on_hand, reserved, (cause_kind, cause_id, number)) = heapq.heappop(self._due)
            self._move(kind, key, on_hand, reserved, number, cause_id, at, cause_kind)

    def take_rows(self) -> list[dict[str, Any]]:
        """The ledger rows since the last call."""
        rows, self.rows = self.rows, []
        return rows

    def level_rows(self) -> list[dict[str, int]]:
        """The levels as they are now."""
        return [
            {"variant_id": variant_id, "warehouse_id": warehouse_id, "on_hand": on_hand, "reserved": reserved}
            for (variant_id, warehouse_id), (on_hand, reserved) in sorted(self.levels.items())
        ]

    def _move(
        self,
        kind: MovementKind,
        key: Key,
        on_hand: int,
        reserved: int,
        number: str,
        cause_id: int | None,
        at: datetime,
        cause_kind: str = "receipt",
    ) -> None:
        level = self.levels.setdefault(key, [0, 0])
        level[0] += on_hand
        level[1] += reserved
        if level[0] < 0 or level[1] < 0:
            raise RuntimeError(f"the seed's stock went below zero: {key} {level} {kind} {at}")
        self.rows.append(
            {
                "variant_id": key[0],
                "warehouse_id": key[1],
                "kind": kind,
                "on_hand_delta": on_hand,
                "reserved_delta": reserved,
                "on_hand_after": level[0],
                "reserved_after": level[1],
                "cause_kind": "opening" if kind is MovementKind.OPENING else cause_kind,
                "cause_id": cause_id,
                "cause_number": number,
                "reason": "",
                "actor_name": ACTOR,
                "at": at,
            }
        )
