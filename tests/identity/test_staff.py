"""People, passwords, roles and keys."""

from datetime import timedelta

import pytest

from models import ApiKey, Role, RolePermission, Staff
from services import identity
from services.core import clock
from services.core.errors import Conflict, Invalid, NotPermitted
from services.core.permissions import PERMISSIONS, ROLE_PRESETS
from services.identity import NewKey, NewStaff, SignIn, StaffChange
from tests.conftest import PASSWORD

pytestmark = pytest.mark.engine


def _person(**more) -> NewStaff:
    given = {"login": "ann", "name": "安", "password": PASSWORD, "roles": ("agent",), **more}
    return NewStaff(**given)


def test_an_invited_person_has_the_roles_rights_and_scopes(shop, owner):
    staff = identity.invite_staff(_person(warehouse_ids=(3, 1), channel_ids=(2,)), 4, actor=owner)
    actor = identity.actor_of_staff(staff)
    assert actor.permissions == ROLE_PRESETS["agent"][1]
    assert (actor.warehouse_ids, actor.channel_ids) == (frozenset({1, 3}), frozenset({2}))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"login": "A B"}, "login"),
        ({"password": "short"}, "password"),
        ({"password": "password12"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"name": " "}, "name"),
        ({"roles": ("king",)}, "roles"),
        ({"roles": ()}, "roles"),
    ],
)
def test_a_wrong_invitation_names_the_field_and_adds_nobody(shop, owner, wrong, field):
    with pytest.raises(Invalid) as refusal:
        identity.invite_staff(_person(**wrong), 4, actor=owner)
    assert field in refusal.value.fields
    assert Staff.select().count() == 1


def test_a_login_is_taken_once(shop, owner):
    identity.invite_staff(_person(), 4, actor=owner)
    with pytest.raises(Conflict):
        identity.invite_staff(_person(login="ANN"), 4, actor=owner)


def test_the_last_owner_stays(shop, owner):
    for change in (StaffChange(is_active=False), StaffChange(roles=("agent",))):
        with pytest.raises(Conflict):
            identity.change_staff(owner.staff_id, 1, change, actor=owner)
    assert identity.actor_of_staff(Staff.get_by_id(owner.staff_id)) == owner


def test_changing_ones_password_needs_the_old_and_ends_the_other_sessions(shop, owner):
    form = SignIn(login="owner", password=PASSWORD, ip_address="x", is_local=True)
    here, there = (identity.sign_in(form, shop.settings) for _ in range(2))
    session_id = identity.session_of(here, shop.settings).session_id
    new = "violet kettle thursday"
    with pytest.raises(Invalid):
        identity.change_own_password("wrong", new, session_id, 4, actor=owner)
    identity.change_own_password(PASSWORD, new, session_id, 4, actor=owner)
    assert identity.session_of(here, shop.settings)
    assert identity.session_of(there, shop.settings) is None


def test_new_rights_of_a_role_hold_at_once(shop, owner, actor_of):
    agent = actor_of("agent")
    role = Role.get(Role.code == "agent")
    identity.set_role_permissions(role.id, role.version, ("orders.view",), actor=owner)
    assert identity.actor_of_staff(Staff.get_by_id(agent.staff_id)).permissions == {"orders.view"}
    with pytest.raises(Conflict):
        identity.set_role_permissions(role.id, role.version, (), actor=owner)
    with pytest.raises(Invalid):
        identity.set_role_permissions(role.id, role.version + 1, ("fly",), actor=owner)
    with pytest.raises(NotPermitted):
        identity.set_role_permissions(role.id, role.version + 1, (), actor=agent)


def test_the_owner_role_keeps_every_right(shop, owner):
    role = Role.get(Role.code == "owner")
    with pytest.raises(Conflict):
        identity.set_role_permissions(role.id, role.version, ("orders.view",), actor=owner)


def test_a_key_acts_with_its_role_narrowed_by_scopes_until_it_ends(shop, owner, midday):
    made = identity.create_key(
        NewKey(name="erp", role="warehouse", scopes=("stock.view", "orders.refund"), days=2), actor=owner
    )
    assert identity.actor_of_key(made.secret).permissions == {"stock.view"}
    assert made.secret not in str(ApiKey.get().__data__)
    assert identity.actor_of_key(made.secret + "x") is None
    with clock.freeze(midday + timedelta(days=2)):
        assert identity.actor_of_key(made.secret) is None
    identity.revoke_key(made.key.id, actor=owner)
    assert identity.actor_of_key(made.secret) is None


def test_every_permission_has_words_and_the_owner_has_all():
    assert set(PERMISSIONS) == ROLE_PRESETS["owner"][1]
    assert all(grants <= set(PERMISSIONS) for _, grants in ROLE_PRESETS.values())


@pytest.fixture
def clerk(shop, owner, actor_of):
    """Somebody who may manage staff and keys, and little else."""
    rights = ("home.view", "staff.view", "staff.manage", "apikeys.manage")
    identity.create_role("clerk", "人事", "Clerk", rights, actor=owner)
    return actor_of("clerk")


def test_nobody_hands_out_rights_of_which_they_have_none(clerk, owner, shop):
    mine = Staff.get_by_id(clerk.staff_id)
    people = Staff.select().count()
    for attempt in (
        lambda: identity.invite_staff(_person(roles=("owner",)), 4, actor=clerk),
        lambda: identity.change_staff(mine.id, mine.version, StaffChange(roles=("owner",)), actor=clerk),
        lambda: identity.create_key(NewKey(name="k", role="owner"), actor=clerk),
        lambda: identity.reset_password(owner.staff_id, "violet kettle thursday", 4, actor=clerk),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert identity.role_codes(mine) == ["clerk"]
    assert (Staff.select().count(), ApiKey.select().count()) == (people, 0)
    identity.sign_in(SignIn(login="owner", password=PASSWORD, ip_address="x"), shop.settings)
    identity.invite_staff(_person(roles=("clerk",)), 4, actor=clerk)
    identity.create_key(NewKey(name="k", role="owner", scopes=("staff.view",)), actor=clerk)


def test_narrower_scopes_end_the_sessions_that_still_know_the_wide_ones(shop, owner, actor_of):
    agent = actor_of("agent")
    token = identity.sign_in(SignIn(login="agent", password=PASSWORD, ip_address="x"), shop.settings)
    identity.change_staff(agent.staff_id, 1, StaffChange(warehouse_ids=(1,)), actor=owner)
    assert identity.session_of(token, shop.settings) is None


def test_the_owner_gets_the_rights_of_a_new_release(shop, owner):
    RolePermission.delete().where(RolePermission.permission == "stock.view").execute()
    identity.ensure_presets()
    assert identity.actor_of_staff(Staff.get_by_id(owner.staff_id)).permissions == set(PERMISSIONS)
    assert "stock.view" not in identity.grants()[Role.get(Role.code == "agent").id]
