"""Sign-in is the same for the wrong and the unknown; sessions end when they should."""

from datetime import timedelta

import pytest

from models import Session, SignInAttempt, Staff
from services import identity
from services.core import clock
from services.core.errors import NotFound, NotPermitted
from services.core.invariants import check_all
from services.core.permissions import SYSTEM
from services.identity import NewStaff, SignIn, SignInRefused, StaffChange
from tests.conftest import PASSWORD

pytestmark = pytest.mark.engine


def _form(login: str = "owner", password: str = PASSWORD, **more) -> SignIn:
    return SignIn(
        **{"login": login, "password": password, "ip_address": "10.0.0.1", "is_local": True, **more}
    )


def _refusal(shop, **form) -> str:
    with pytest.raises(SignInRefused) as refusal:
        identity.sign_in(_form(**form), shop.settings)
    return refusal.value.said.render("zh")


def test_a_sign_in_opens_a_session_of_which_the_database_knows_only_a_hash(shop, owner):
    token = identity.sign_in(_form(login=" OWNER "), shop.settings)
    signed_in = identity.session_of(token, shop.settings)
    assert signed_in.actor == owner
    assert token not in str(Session.get().__data__)
    assert identity.session_of(token + "x", shop.settings) is None
    assert identity.session_of("", shop.settings) is None


def test_unknown_wrong_and_inactive_get_the_same_answer(shop, owner, actor_of):
    agent = actor_of("agent")
    staff = Staff.get_by_id(agent.staff_id)
    identity.change_staff(staff.id, staff.version, StaffChange(is_active=False), actor=owner)
    answers = {
        _refusal(shop, login="nobody"),
        _refusal(shop, password="wrong"),
        _refusal(shop, login="agent"),
    }
    assert answers == {"账号或密码不对"}


def test_the_sixth_try_must_wait_and_a_success_forgets_the_failures(shop, owner, midday):
    for _ in range(5):
        _refusal(shop, password="wrong")
    assert "秒后再试" in _refusal(shop)
    assert "秒后再试" not in _refusal(shop, login="nobody")
    with clock.freeze(midday + timedelta(seconds=2)):
        assert identity.sign_in(_form(), shop.settings)
    assert SignInAttempt.select().where(SignInAttempt.login_hash != "").count() == 1


def test_one_address_may_not_try_many_accounts(shop, owner, midday):
    for i in range(30):
        _refusal(shop, login=f"nobody{i}")
    assert "秒后再试" in _refusal(shop)
    assert identity.sign_in(_form(ip_address="10.0.0.2"), shop.settings)


def test_sessions_end_by_sign_out_idleness_and_age(shop, owner, midday):
    token = identity.sign_in(_form(), shop.settings)
    idle = timedelta(minutes=shop.settings.session_idle_minutes)
    with clock.freeze(midday + idle - timedelta(seconds=1)):
        assert identity.session_of(token, shop.settings)
        identity.note_seen(Session.get().id)
    with clock.freeze(midday + 2 * idle - timedelta(seconds=2)):
        assert identity.session_of(token, shop.settings)
    with clock.freeze(midday + 2 * idle):
        assert identity.session_of(token, shop.settings) is None
        assert identity.living_session_ids(shop.settings) == set()
    identity.sign_out(token)
    assert identity.session_of(token, shop.settings) is None


def test_a_session_never_outlives_its_last_day(shop, owner, midday):
    token = identity.sign_in(_form(), shop.settings)
    at = midday
    while at < midday + timedelta(days=shop.settings.session_days):
        with clock.freeze(at):
            assert identity.session_of(token, shop.settings)
            identity.note_seen(Session.get().id)
        at += timedelta(hours=7)
    with clock.freeze(midday + timedelta(days=shop.settings.session_days)):
        assert identity.session_of(token, shop.settings) is None


def test_deactivating_a_person_ends_every_session_at_once(shop, owner, actor_of):
    agent = actor_of("agent")
    token = identity.sign_in(_form(login="agent"), shop.settings)
    staff = Staff.get_by_id(agent.staff_id)
    identity.change_staff(staff.id, staff.version, StaffChange(is_active=False), actor=owner)
    assert identity.session_of(token, shop.settings) is None
    assert all(verdict.holds for verdict in check_all())


def test_anybody_ends_the_own_sessions_but_only_who_may_ends_anothers(shop, owner, actor_of):
    agent = actor_of("agent")
    identity.sign_in(_form(), shop.settings)
    session = Session.get()
    with pytest.raises(NotPermitted):
        identity.revoke_session(session.id, actor=agent)
    with pytest.raises(NotFound):
        identity.revoke_session(999, actor=owner)
    assert identity.revoke_session(session.id, actor=owner).revoked_at is not None


def test_a_demo_account_signs_in_only_from_this_machine(shop, owner):
    person = NewStaff(login="demo", name="演示", password=PASSWORD, roles=("owner",), is_demo=True)
    identity.add_staff(person, shop.settings.bcrypt_cost, SYSTEM)
    assert identity.sign_in(_form(login="demo"), shop.settings)
    assert _refusal(shop, login="demo", is_local=False) == "账号或密码不对"


def test_after_a_restore_nobody_is_signed_in(shop, owner):
    form = SignIn(login="owner", password=PASSWORD, ip_address="x", is_local=True)
    token = identity.sign_in(form, shop.settings)
    identity.end_every_session(owner)
    assert identity.session_of(token, shop.settings) is None
