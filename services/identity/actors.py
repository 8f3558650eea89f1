"""Who is behind a session or key: the Actor with permissions and scopes."""

from models import Role, RolePermission, ScopeKind, Staff, StaffRole, StaffScope
from services.core.permissions import Actor


def actor_of_staff(staff: Staff, *, via: str = "page") -> Actor:
    """The actor a person is: the union of the roles' permissions, limited to the person's scopes."""
    granted = (
        RolePermission.select(RolePermission.permission)
        .join(StaffRole, on=(StaffRole.role == RolePermission.role))
        .where(StaffRole.staff == staff.id)
    )
    scopes = list(
        StaffScope.select(StaffScope.kind, StaffScope.target_id).where(StaffScope.staff == staff.id).tuples()
    )
    return Actor(
        key=f"staff:{staff.id}",
        staff_id=staff.id,
        name=staff.name,
        permissions=frozenset(row.permission for row in granted),
        via=via,
        locale=staff.locale,
        warehouse_ids=frozenset(target for kind, target in scopes if kind == ScopeKind.WAREHOUSE),
        channel_ids=frozenset(target for kind, target in scopes if kind == ScopeKind.CHANNEL),
    )


def permissions_of_role(role: Role) -> frozenset[str]:
    """What a role grants."""
    rows = RolePermission.select(RolePermission.permission).where(RolePermission.role == role.id)
    return frozenset(row.permission for row in rows)
