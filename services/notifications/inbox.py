"""Messages to people: the bell in the header."""

from models import Notification, Role, Staff, StaffRole, Text
from services.core.clock import now
from services.core.db import bulk_insert, transaction
from services.core.events import touch
from services.core.permissions import Actor
from services.core.text import Said, render


def notify(staff_ids: list[int], said: Said | Text, *, link: str = "", key: str = "") -> int:
    """Put a message into people's inboxes; one with the same unread `key` is not repeated. Returns how many."""
    with transaction():
        wanted = list(dict.fromkeys(staff_ids))
        if key:
            told = Notification.select(Notification.staff).where(
                Notification.key == key, Notification.read_at.is_null(), Notification.staff.in_(wanted)
            )
            seen = {row.staff_id for row in told}
            wanted = [staff_id for staff_id in wanted if staff_id not in seen]
        words = {"title_zh": render(said, "zh")[:200], "title_en": render(said, "en")[:200]}
        rows = [{"staff_id": staff_id, **words, "link": link, "key": key, "at": now()} for staff_id in wanted]
        bulk_insert(Notification, rows)
        for staff_id in wanted:
            touch("notification", staff_id)
        return len(wanted)


def holders_of(role_codes: tuple[str, ...]) -> list[int]:
    """Ids of active people with one of these roles."""
    rows = (
        Staff.select(Staff.id)
        .join(StaffRole, on=(StaffRole.staff == Staff.id))
        .join(Role, on=(StaffRole.role == Role.id))
        .where(Role.code.in_(role_codes), Staff.is_active == True)  # noqa: E712 - SQL
        .distinct()
    )
    return [row.id for row in rows]


def inbox(actor: Actor, limit: int = 30) -> list[Notification]:
    """One's newest messages."""
    mine = Notification.select().where(Notification.staff == actor.staff_id)
    return list(mine.order_by(Notification.id.desc()).limit(limit))


def unread_count(actor: Actor) -> int:
    """How many of one's messages are unread."""
    return (
        Notification.select()
        .where(Notification.staff == actor.staff_id, Notification.read_at.is_null())
        .count()
    )


def mark_read(notification_ids: list[int] | None = None, *, actor: Actor) -> int:
    """Mark one's own messages (or all) as read; returns how many changed."""
    with transaction():
        mine = Notification.update(read_at=now()).where(
            Notification.staff == actor.staff_id, Notification.read_at.is_null()
        )
        if notification_ids is not None:
            mine = mine.where(Notification.id.in_(notification_ids))
        changed = mine.execute()
        if actor.staff_id:
            touch("notification", actor.staff_id)
        return changed
