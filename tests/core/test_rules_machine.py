"""A machine refuses to exist when it is wrong, and says every reason when a move is refused."""

from enum import StrEnum

import pytest

from models import Text
from services.core.machine import Machine, Move
from services.core.permissions import Actor, Permission
from services.core.text import Said

P = Permission


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    DARK = "dark"


NOBODY = Actor(key="x", name="x", permissions=frozenset())
BROKEN = Said(Text("坏了", "broken"))
GO = Move(
    "go", Light.RED, Light.GREEN, P.ORDERS_EDIT, guards=(lambda facts: BROKEN if facts == "broken" else None,)
)
OFF = Move("off", (Light.RED, Light.GREEN), Light.DARK, P.ORDERS_EDIT)


def test_a_good_machine_allows_what_its_table_says():
    machine = Machine("light", Light, Light.RED, (GO, OFF))
    assert machine.why_not(Light.RED, "go") == []
    assert len(machine.why_not(Light.GREEN, "go")) == 1
    assert machine.why_not(Light.RED, "go", "broken") == [BROKEN]


def test_all_reasons_are_given_at_once():
    machine = Machine("light", Light, Light.RED, (GO, OFF))
    assert len(machine.why_not(Light.RED, "go", "broken", NOBODY)) == 2


@pytest.mark.parametrize(
    "moves",
    [
        (GO, GO, OFF),
        (GO,),
        (GO, OFF, Move("odd", Light.RED, P.HOME_VIEW, P.ORDERS_EDIT)),
    ],
    ids=["two of one name", "unreachable state", "unknown target"],
)
def test_a_wrong_table_is_refused_when_it_is_built(moves):
    with pytest.raises(ValueError, match="light"):
        Machine("light", Light, Light.RED, moves)
