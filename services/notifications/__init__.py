"""Messages to people."""

from services.notifications.inbox import holders_of, inbox, mark_read, notify, unread_count

__all__ = ["holders_of", "inbox", "mark_read", "notify", "unread_count"]
