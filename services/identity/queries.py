"""What can be read about people, roles, sessions and keys."""

from typing import Any

from models import ApiKey, Role, RolePermission, Session, Staff, StaffRole, Text
from services.core.permissions import Actor, Permission, check_permission


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
