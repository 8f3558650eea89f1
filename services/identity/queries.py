"""What can be read about people, roles, sessions and keys."""

from typing import Any

from models import ApiKey, Role, RolePermission, ScopeKind, Session, Staff, StaffRole, StaffScope, Text
from services.core.db import joined_text
from services.core.errors import NotFound
from services.core.permissions import Actor, Permission, check_permission

ROLES_HELD = (
    StaffRole.select(joined_text(Role.name_zh.concat(" ").concat(Role.name_en)))
    .join(Role, on=(StaffRole.role == Role.id))
    .where(StaffRole.staff == Staff.id)
)
"""The names of a person's roles as one text; a column of the list of staff."""


def people(actor: Actor) -> Any:
    """Everybody who can sign in."""
    check_permission(actor, Permission.STAFF_VIEW)
    return Staff.select()


def all_roles() -> list[Role]:
    """All roles, presets first."""
    return list(Role.select().order_by(Role.is_preset.desc(), Role.id))


def grants() -> dict[int, set[str]]:
    """Permissions by role id."""
    found: dict[int, set[str]] = {}
    for role_id, permission in RolePermission.select(RolePermission.role, RolePermission.permission).tuples():
        found.setdefault(role_id, set()).add(permission)
    return found


def open_sessions(actor: Actor, staff_id: int | None = None) -> Any:
    """Sessions that were not revoked: one's own, or with staff.view those of anybody."""
    if staff_id is None or staff_id != actor.staff_id:
        check_permission(actor, Permission.STAFF_VIEW)
    select = Session.select(Session, Staff).join(Staff).where(Session.revoked_at.is_null())
    return select.where(Session.staff == staff_id) if staff_id is not None else select


def api_keys(actor: Actor) -> Any:
    """All API keys with their roles."""
    check_permission(actor, Permission.APIKEYS_MANAGE)
    return ApiKey.select(ApiKey, Role).join(Role)


def has_staff() -> bool:
    """Whether anybody can sign in; an empty shop shows the first-run wizard."""
    return Staff.select().exists()


def role_names(actor: Actor) -> list[Text]:
    """What an actor's roles are called."""
    rows = (
        Role.select(Role.name_zh, Role.name_en)
        .join(StaffRole, on=(StaffRole.role == Role.id))
        .where(StaffRole.staff == actor.staff_id)
        .order_by(Role.id)
    )
    return [Text(zh, en) for zh, en in rows.tuples()]


def person(login: str, actor: Actor) -> Staff:
    """One person by login. Raises NotFound."""
    found = people(actor).where(Staff.login == login).first()
    if found is None:
        raise NotFound()
    return found


def scope_ids(person: Staff) -> dict[ScopeKind, list[int]]:
    """The warehouses and channels a person is limited to; an empty list is no limit."""
    found: dict[ScopeKind, list[int]] = {kind: [] for kind in ScopeKind}
    for kind, target in (
        StaffScope.select(StaffScope.kind, StaffScope.target_id).where(StaffScope.staff == person.id).tuples()
    ):
        found[ScopeKind(kind)].append(target)
    return found


def staff_search(term: str) -> Any:
    """People whose login or name contains the term."""
    return Staff.login.contains(term) | Staff.name.contains(term)


def own_sessions(actor: Actor) -> list[Session]:
    """One's own living sessions, the latest used first."""
    mine = Session.select().where(Session.staff == actor.staff_id, Session.revoked_at.is_null())
    return list(mine.order_by(Session.seen_at.desc()).limit(50))
