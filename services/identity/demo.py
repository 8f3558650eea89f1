"""The accounts of the demo shop: one a role, with a password everybody knows, so they work only on this machine."""

from dataclasses import dataclass

from models import Role, Staff, StaffRole, Text

DEMO_PASSWORD = "zhanggui-demo"  # noqa: S105 - public on purpose; decision 23 keeps it to this machine


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What the sign-in page of a demo shop offers as a button."""

    login: str
    title: Text
    password: str


def demo_accounts() -> list[DemoAccount]:
    """The demo accounts with their roles' names, owner first; none in a real shop."""
    rows = (
        Staff.select(Staff.login, Role.name_zh, Role.name_en)
        .join(StaffRole, on=(StaffRole.staff == Staff.id))
        .join(Role, on=(StaffRole.role == Role.id))
        .where(Staff.is_demo == True, Staff.is_active == True)  # noqa: E712 - SQL
        .order_by(Role.id, Staff.id)
    )
    return [DemoAccount(login, Text(zh, en), DEMO_PASSWORD) for login, zh, en in rows.tuples()]
