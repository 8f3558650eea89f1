"""State machines as tables: the moves, who may make them, and why not.

A guard is `(facts) -> Said | None`: None lets the move pass, a Said is the tooltip of the greyed button and the
`detail` of the API's 409.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models import Editable, Row, Text
from services.core import audit
from services.core.clock import now
from services.core.errors import MoveRefused
from services.core.permissions import Actor, Permission, why_not_permitted
from services.core.text import Said

Guard = Callable[[Any], Said | None]


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed change of state."""

    name: str
    sources: StrEnum | tuple[StrEnum, ...]
    target: StrEnum
    permission: Permission
    guards: tuple[Guard, ...] = ()
    text: Text = Text("", "")

    @property
    def froms(self) -> tuple[StrEnum, ...]:
        """The states this move may start from."""
        return self.sources if isinstance(self.sources, tuple) else (self.sources,)


class Machine:
    """A named set of moves over one enumeration; refuses to exist when it is ambiguous or has dead states."""

    def __init__(
        self, name: str, states: type[StrEnum], initial: StrEnum | Iterable[StrEnum], moves: tuple[Move, ...]
    ) -> None:
        self.name, self.states, self.moves = name, states, moves
        self.initial = (initial,) if isinstance(initial, StrEnum) else tuple(initial)
        self.by_name: dict[str, Move] = {}
        for move in moves:
            if move.name in self.by_name:
                raise ValueError(f"{name}: two moves are called {move.name}")
            strangers = [state for state in (*move.froms, move.target) if state not in states]
            if strangers:
                raise ValueError(f"{name}.{move.name}: unknown states {strangers}")
            self.by_name[move.name] = move
        dead = set(states) - self._reachable()
        if dead:
            raise ValueError(f"{name}: no move reaches {sorted(dead)}")

    def _reachable(self) -> set[StrEnum]:
        reached, grew = set(self.initial), True
        while grew:
            new = {move.target for move in self.moves if reached & set(move.froms)} - reached
            reached |= new
            grew = bool(new)
        return reached

    def why_not(
        self, state: StrEnum, move_name: str, facts: Any = None, actor: Actor | None = None
    ) -> list[Said]:
        """Every reason why `move_name` is refused now; [] when it is allowed."""
        move = self.by_name[move_name]
        reasons = []
        if actor is not None and not actor.can(move.permission):
            reasons.append(why_not_permitted(move.permission))
        if state not in move.froms:
            text = Text("当前状态为「{state}」,不能{move}", "It is {state}; it cannot {move} now")
            reasons.append(Said(text, state=state, move=move.text if move.text.zh else move.name))
            return reasons
        return reasons + [said for guard in move.guards if (said := guard(facts))]


def apply_move(
    machine: Machine,
    row: Row,
    move_name: str,
    actor: Actor,
    facts: Any = None,
    *,
    stamps: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Make a move by one conditional UPDATE, with audit; `stamps` are further columns set with it. Raises MoveRefused."""
    model: Any = type(row)
    move = machine.by_name[move_name]
    reasons = machine.why_not(row.status, move_name, facts, actor)  # type: ignore[attr-defined]
    if reasons:
        raise refused(reasons)
    before = row.status  # type: ignore[attr-defined]
    values: dict[Any, Any] = {model.status: move.target}
    values.update({getattr(model, key): value for key, value in (stamps or {}).items()})
    if issubclass(model, Editable):
        values.update({model.version: model.version + 1, model.updated_at: now()})
    allowed = [state.value for state in move.froms]
    changed = model.update(values).where(model.id == row.id, model.status.in_(allowed)).execute()
    if not changed:
        current = model.get_by_id(row.id).status
        raise refused(machine.why_not(current, move_name, facts, actor) or [_lost_race()])
    row.status = move.target  # type: ignore[attr-defined]
    for key, value in (stamps or {}).items():
        setattr(row, key, value)
    audit.record(
        actor,
        f"{machine.name}.{move_name}",
        row,
        before={"status": before},
        after={"status": move.target},
        reason=reason,
    )


def refused(reasons: list[Said]) -> MoveRefused:
    """The error that carries all the reasons; its sentence is the first."""
    return MoveRefused(reasons[0], reasons=reasons)


def _lost_race() -> Said:
    return Said(Text("状态刚刚被别人改变,请刷新", "Somebody just changed the state; reload"))
