"""People who sign in: invite, change, deactivate, passwords, preferences."""

import re

from models import Role, ScopeKind, Staff, StaffRole, StaffScope, Text, Theme
from services.core import audit
from services.core.crypto import hash_password, password_matches
from services.core.db import bulk_insert, insert_row, transaction
from services.core.editing import bump_version
from services.core.errors import Conflict, Invalid, NotFound
from services.core.events import touch
from services.core.permissions import Actor, Permission, requires
from services.core.text import LOCALES, Said
from services.identity.actors import actor_of_staff
from services.identity.passwords import check_password
from services.identity.roles import check_may_give
from services.identity.sessions import end_all_sessions
from services.identity.types import NewStaff, StaffChange

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


@requires(
    Permission.STAFF_MANAGE, once=False
)  # hashing takes a quarter of a second: not inside a transaction
def invite_staff(person: NewStaff, bcrypt_cost: int = 12, *, actor: Actor) -> Staff:
    """Add a person with a first password and roles."""
    return add_staff(person, bcrypt_cost, actor)


def add_staff(person: NewStaff, bcrypt_cost: int, actor: Actor) -> Staff:
    """The same without a check of rights, for the first-run wizard, the command line and the demo shop."""
    login = person.login.strip().lower()
    _check_login(login)
    if not person.name.strip():
        raise Invalid(fields={"name": Text("请填写姓名", "Give a name")})
    if not person.is_demo:
        check_password(person.password, login=login, name=person.name)
    hashed = hash_password(person.password, bcrypt_cost)
    with transaction():
        if Staff.select().where(Staff.login == login).exists():
            raise Conflict(
                Text("这个登录名已被使用", "That login is taken"), fields={"login": Text("已被使用", "Taken")}
            )
        staff_id = insert_row(
            Staff,
            login=login,
            name=person.name.strip(),
            password_hash=hashed,
            must_change_password=person.must_change_password,
            locale=person.locale,
            is_demo=person.is_demo,
        )
        _set_roles(staff_id, person.roles)
        check_may_give(actor, _rights_of(staff_id))
        _set_scopes(staff_id, ScopeKind.WAREHOUSE, person.warehouse_ids)
        _set_scopes(staff_id, ScopeKind.CHANNEL, person.channel_ids)
        staff = Staff.get_by_id(staff_id)
        audit.record(actor, "staff.invite", staff, after={"login": login, "roles": person.roles})
        touch("staff", staff_id)
        return staff


@requires(Permission.STAFF_MANAGE)
def change_staff(staff_id: int, version: int, change: StaffChange, *, actor: Actor) -> Staff:
    """Change a person's name, roles, scopes or whether the account is active."""
    with transaction():
        staff = _get(staff_id)
        if staff.version != version:
            raise Conflict(
                Text("这名员工刚被别人修改,请重新载入", "Somebody just changed this person; reload")
            )
        check_may_give(actor, _rights_of(staff_id))
        changes_rights = any(
            part is not None for part in (change.roles, change.warehouse_ids, change.channel_ids)
        )
        before = {"name": staff.name, "is_active": staff.is_active, "roles": role_codes(staff)}
        if change.name is not None:
            Staff.update(name=change.name.strip()).where(Staff.id == staff_id).execute()
        if change.roles is not None:
            StaffRole.delete().where(StaffRole.staff == staff_id).execute()
            _set_roles(staff_id, change.roles)
            check_may_give(actor, _rights_of(staff_id))
        if change.is_active is not None:
            Staff.update(is_active=change.is_active).where(Staff.id == staff_id).execute()
        for kind, ids in (
            (ScopeKind.WAREHOUSE, change.warehouse_ids),
            (ScopeKind.CHANNEL, change.channel_ids),
        ):
            if ids is not None:
                StaffScope.delete().where(StaffScope.staff == staff_id, StaffScope.kind == kind).execute()
                _set_scopes(staff_id, kind, ids)
        _keep_an_owner()
        bump_version(Staff, staff_id)
        changed = _get(staff_id)
        after = {"name": changed.name, "is_active": changed.is_active, "roles": role_codes(changed)}
        audit.record(actor, "staff.change", changed, before=before, after=after)
        if changes_rights or change.is_active is False:
            end_all_sessions(changed, actor)
        touch("staff", staff_id)
        return changed


@requires(Permission.STAFF_MANAGE, once=False)
def reset_password(staff_id: int, password: str, bcrypt_cost: int = 12, *, actor: Actor) -> Staff:
    """Give a person a new first password and end all of the person's sessions."""
    staff = _get(staff_id)
    check_may_give(actor, _rights_of(staff_id))
    check_password(password, login=staff.login, name=staff.name)
    return _store_password(staff, hash_password(password, bcrypt_cost), actor, must_change=True)


def change_own_password(
    old: str, new: str, session_id: int | None, bcrypt_cost: int = 12, *, actor: Actor
) -> Staff:
    """Change one's own password after giving the old one; other sessions end."""
    staff = _get(actor.staff_id or 0)
    if not password_matches(old, staff.password_hash):
        raise Invalid(fields={"old": Text("原密码不对", "The old password is wrong")})
    check_password(new, login=staff.login, name=staff.name)
    hashed = hash_password(new, bcrypt_cost)
    return _store_password(staff, hashed, actor, must_change=False, keep_session=session_id)


def set_preferences(*, locale: str | None = None, theme: Theme | None = None, actor: Actor) -> Staff:
    """Change one's own language or theme."""
    staff = _get(actor.staff_id or 0)
    if locale is not None and locale not in LOCALES:
        raise Invalid(fields={"locale": Text("没有这种语言", "There is no such language")})
    with transaction():
        values = {"locale": locale or staff.locale, "theme": theme or staff.theme}
        Staff.update(values).where(Staff.id == staff.id).execute()
        touch("staff", staff.id)
        return _get(staff.id)


def role_codes(staff: Staff) -> list[str]:
    """The codes of a person's roles, sorted."""
    rows = StaffRole.select(Role.code).join(Role).where(StaffRole.staff == staff.id).order_by(Role.code)
    return [code for (code,) in rows.tuples()]


def _rights_of(staff_id: int) -> frozenset[str]:
    return actor_of_staff(_get(staff_id)).permissions


def _store_password(
    staff: Staff, hashed: str, actor: Actor, *, must_change: bool, keep_session: int | None = None
) -> Staff:
    with transaction():
        values = {"password_hash": hashed, "must_change_password": must_change}
        Staff.update(values).where(Staff.id == staff.id).execute()
        audit.record(actor, "staff.password", staff)
        end_all_sessions(staff, actor, but=keep_session)
        return _get(staff.id)


def _get(staff_id: int) -> Staff:
    staff = Staff.get_or_none(Staff.id == staff_id)
    if staff is None:
        raise NotFound()
    return staff


def _check_login(login: str) -> None:
    if not LOGIN.fullmatch(login):
        text = Text("登录名用小写字母、数字和 . _ - @,2–60 个", "Use 2–60 of a–z, 0–9 and . _ - @")
        raise Invalid(fields={"login": text})


def _set_roles(staff_id: int, codes: tuple[str, ...]) -> None:
    known = dict(Role.select(Role.code, Role.id).where(Role.code.in_(list(codes))).tuples())
    missing = sorted(set(codes) - set(known))
    if missing or not codes:
        text = Text("没有角色 {roles}", "There is no role {roles}")
        raise Invalid(fields={"roles": Said(text, roles=", ".join(missing) or "—")})
    bulk_insert(StaffRole, [{"staff_id": staff_id, "role_id": known[code]} for code in sorted(set(codes))])


def _set_scopes(staff_id: int, kind: ScopeKind, ids: tuple[int, ...]) -> None:
    rows = [{"staff_id": staff_id, "kind": kind, "target_id": target} for target in sorted(set(ids))]
    bulk_insert(StaffScope, rows)


def _keep_an_owner() -> None:
    owners = (
        Staff.select()
        .join(StaffRole, on=(StaffRole.staff == Staff.id))
        .join(Role, on=(StaffRole.role == Role.id))
        .where(Role.code == "owner", Staff.is_active == True)  # noqa: E712 - SQL
    )
    if not owners.exists():
        raise Conflict(Text("至少要留一位在职的店主", "At least one active owner must remain"))
