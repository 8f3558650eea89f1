"""Files pinned to records open for who sees the record, and for nobody else."""

from io import BytesIO

from PIL import Image

from models import ScopeKind, StaffScope
from services import orders
from services.core.db import insert_row, transaction, write
from tests.factories import give_stock, make_channel, make_variant, make_warehouse, place


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (4000, 3000), "teal").save(out, "PNG")
    return out.getvalue()


async def test_who_sees_only_some_channels_opens_only_their_files(open_as, owner, actor_of):
    agent = actor_of("agent")

    def arrange() -> int:
        here, there, variant = make_channel("HERE"), make_channel("THERE"), make_variant()
        give_stock(variant, make_warehouse(), 5)
        with transaction():
            insert_row(StaffScope, staff_id=agent.staff_id, kind=ScopeKind.CHANNEL, target_id=here.id)
        return orders.attach_file(place(there, (variant, 1)).id, _picture(), "slip.png", actor=owner).id

    attachment_id = await write(arrange)
    agents, owners = await open_as("agent", None), await open_as("owner", None)
    assert (await agents.http_client.get(f"/files/{attachment_id}")).status_code == 404
    answer = await owners.http_client.get(f"/files/{attachment_id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert (await owners.http_client.get("/files/999")).status_code == 404
