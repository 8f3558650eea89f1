"""Roles and what they grant."""

from models import Role, RolePermission, Staff, StaffRole, Text
from services.core import audit
from services.core.db import bulk_insert, insert_row, transaction
from services.core.editing import bump_version
from services.core.errors import Conflict, Invalid, NotFound, NotPermitted
from services.core.events import touch
from services.core.permissions import (
    PERMISSIONS,
    ROLE_PRESETS,
    Actor,
    Permission,
    requires,
    why_not_permitted,
)
from services.core.text import Said
from services.identity.actors import permissions_of_role
from services.identity.sessions import end_all_sessions


def ensure_presets() -> None:
    """Create the preset roles that are missing; edited ones stay as they are, but the owner gets every new right."""
    with transaction():
        known = {row.code: row for row in Role.select()}
        for code, (name, permissions) in ROLE_PRESETS.items():
            if code not in known:
                role_id = insert_row(Role, code=code, name_zh=name.zh, name_en=name.en, is_preset=True)
                _grant(role_id, permissions)
            elif code == "owner":
                _grant(known[code].id, permissions - permissions_of_role(known[code]))


@requires(Permission.ROLES_MANAGE)
def create_role(code: str, name_zh: str, name_en: str, permissions: tuple[str, ...], *, actor: Actor) -> Role:
    """Add a role of one's own."""
    _check_permissions(permissions)
    if not code.isidentifier() or not name_zh.strip() or not name_en.strip():
        raise Invalid(fields={"code": Text("请填写代码与两种语言的名称", "Give a code and both names")})
    with transaction():
        if Role.select().where(Role.code == code).exists():
            raise Conflict(Text("角色代码已存在", "That role code exists"))
        role_id = insert_row(Role, code=code, name_zh=name_zh.strip(), name_en=name_en.strip())
        _grant(role_id, frozenset(permissions))
        role = Role.get_by_id(role_id)
        audit.record(actor, "role.create", role, after={"permissions": sorted(permissions)})
        touch("role", role_id)
        return role


@requires(Permission.ROLES_MANAGE)
def set_role_permissions(role_id: int, version: int, permissions: tuple[str, ...], *, actor: Actor) -> Role:
    """Replace what a role grants; the sessions of its people end, so that new rights hold at once."""
    _check_permissions(permissions)
    with transaction():
        role = Role.get_or_none(Role.id == role_id)
        if role is None:
            raise NotFound()
        if role.version != version:
            raise Conflict(Text("这个角色刚被别人修改,请重新载入", "Somebody just changed this role; reload"))
        if role.code == "owner" and set(permissions) != set(PERMISSIONS):
            raise Conflict(Text("店主角色始终拥有全部权限", "The owner role always has every right"))
        before = sorted(permissions_of_role(role))
        RolePermission.delete().where(RolePermission.role == role_id).execute()
        _grant(role_id, frozenset(permissions))
        bump_version(Role, role_id)
        audit.record(
            actor, "role.permissions", role, before={"had": before}, after={"has": sorted(permissions)}
        )
        holders = (
            Staff.select().join(StaffRole, on=(StaffRole.staff == Staff.id)).where(StaffRole.role == role_id)
        )
        for staff in holders:
            if staff.id != actor.staff_id:
                end_all_sessions(staff, actor)
        touch("role", role_id)
        return Role.get_by_id(role_id)


def check_may_give(actor: Actor, permissions: frozenset[str]) -> None:
    """Refuse to hand out, or to take over, rights that the actor does not have. Raises NotPermitted."""
    missing = sorted(right for right in permissions if right in PERMISSIONS and not actor.can(right))
    if missing:
        raise NotPermitted(why_not_permitted(Permission(missing[0])))


def _grant(role_id: int, permissions: frozenset[str]) -> None:
    rows = [{"role_id": role_id, "permission": str(permission)} for permission in sorted(permissions)]
    bulk_insert(RolePermission, rows)


def _check_permissions(permissions: tuple[str, ...]) -> None:
    unknown = sorted(set(permissions) - {str(permission) for permission in PERMISSIONS})
    if unknown:
        text = Text("没有权限 {names}", "There is no right {names}")
        raise Invalid(fields={"permissions": Said(text, names=", ".join(unknown))})
