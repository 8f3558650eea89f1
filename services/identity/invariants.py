"""What must hold about people and sessions."""

from typing import Any

from models import Session, Staff, Text
from services.core.invariants import LIMIT, invariant


@invariant("I14", Text("停用的人没有活动会话", "Nobody inactive has a living session"))
def sessions_of_inactive_staff() -> list[Any]:
    """Sessions not revoked although the person is inactive."""
    rows = (
        Session.select(Session.id, Staff.login)
        .join(Staff)
        .where(Session.revoked_at.is_null(), Staff.is_active == False)  # noqa: E712 - SQL
        .limit(LIMIT)
    )
    return list(rows.dicts())
