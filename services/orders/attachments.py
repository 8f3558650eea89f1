"""Files pinned to an order: a buyer's photo, a payment slip, a scan of a return."""

from models import Attachment
from services.core import files
from services.core.db import transaction
from services.core.errors import NotFound
from services.core.permissions import Actor, Permission, requires
from services.orders.loading import order_for_change


@requires(Permission.ORDERS_EDIT, once=False)
def attach_file(order_id: int, data: bytes, name: str, *, actor: Actor) -> Attachment:
    """Pin a file to an order."""
    upload = files.prepare(data)
    with transaction():
        return files.attach(order_for_change(order_id, actor), upload, name, actor)


@requires(Permission.ORDERS_EDIT, once=False)
def detach_file(attachment_id: int, *, actor: Actor) -> Attachment:
    """Take a file off an order."""
    with transaction():
        attachment = files.find_attachment(attachment_id)
        if attachment is None or attachment.subject_kind != "order":
            raise NotFound()
        order_for_change(attachment.subject_id, actor)
        return files.detach(attachment_id, actor)
