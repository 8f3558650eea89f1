"""What every other test stands on: a shop is fresh, migrated, and alike on both engines."""

import pytest

from models import Audit, OptionValue, Role, Staff, db
from services.core.clock import now
from services.core.db import is_sqlite, read, write
from services.core.migrations import pending
from services.core.options import get_option, set_option
from services.core.permissions import ROLE_PRESETS, Permission


@pytest.mark.engine
def test_a_shop_is_migrated_and_has_the_preset_roles(shop, engine):
    assert is_sqlite() is (engine == "sqlite")
    assert pending() == []
    assert {row.code for row in Role.select()} == set(ROLE_PRESETS)
    assert Staff.select().count() == 0


@pytest.mark.engine
@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_sees_what_another_wrote(shop, owner, turn):
    assert OptionValue.select().count() == 0
    set_option("shop.name", f"turn {turn}", actor=owner)
    assert get_option("shop.name") == f"turn {turn}"
    assert Audit.select().count() == 1


def test_an_actor_has_exactly_the_rights_of_the_role(actor_of):
    assert actor_of("owner").permissions == frozenset(Permission)
    assert actor_of("warehouse").permissions == ROLE_PRESETS["warehouse"][1]
    assert actor_of("warehouse") is actor_of("warehouse")
    assert actor_of("warehouse", "second").staff_id != actor_of("warehouse").staff_id


@pytest.mark.engine
async def test_an_async_test_arranges_off_the_loop(shop, actor_of):
    actor = actor_of("owner")
    await write(set_option, "shop.name", "elsewhere", actor=actor)
    assert await read(get_option, "shop.name") == "elsewhere"
    with pytest.raises(RuntimeError, match="event loop"):
        db.execute_sql("SELECT 1")


def test_the_clock_stands_at_midday(midday):
    assert now() == midday
