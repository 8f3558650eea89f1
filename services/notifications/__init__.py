"""Messages to people."""

from services.notifications.inbox import holders_of, inbox, mark_read, notify, unread_count
from services.notifications.watch import check_nightly

__all__ = ["check_nightly", "holders_of", "inbox", "mark_read", "notify", "unread_count"]
