"""Where orders come from: open, edit, archive."""

import re

from models import Channel, Text
from services.core.clock import now
from services.core.db import transaction
from services.core.editing import create, save_changes
from services.core.errors import Conflict, Invalid
from services.core.permissions import SYSTEM, Actor, Permission, requires
from services.core.text import Said
from services.identity import ShopOpened
from services.orders import queries
from services.orders.types import ChannelChange, NewChannel

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")


@requires(Permission.CHANNELS_MANAGE)
def create_channel(new: NewChannel, *, actor: Actor) -> Channel:
    """Open a channel."""
    code = new.code.strip().lower()
    if not CODE.fullmatch(code):
        text = Text("代码用小写字母、数字、- 和 _,最多 24 个", "Use up to 24 of a–z, 0–9, - and _")
        raise Invalid(fields={"code": text})
    names = {"name_zh": new.name_zh.strip(), "name_en": new.name_en.strip()}
    _check_names(names)
    with transaction():
        if Channel.select().where(Channel.code == code).exists():
            taken = Text("这个代码已被使用,请换一个", "That code is taken; choose another")
            raise Conflict(taken, fields={"code": taken})
        return create(Channel, {"code": code, **names}, actor, action="channel.create")


@requires(Permission.CHANNELS_MANAGE)
def edit_channel(channel_id: int, version: int, change: ChannelChange, *, actor: Actor) -> Channel:
    """Change a channel's names."""
    given = {"name_zh": change.name_zh, "name_en": change.name_en}
    changes = {key: value.strip() for key, value in given.items() if value is not None}
    _check_names(changes)
    with transaction():
        queries.channel(channel_id, actor)
        return save_changes(Channel, channel_id, version, changes, actor, action="channel.edit")


@requires(Permission.CHANNELS_MANAGE)
def archive_channel(channel_id: int, version: int, *, actor: Actor) -> Channel:
    """Close a channel: it keeps its orders and takes no new ones."""
    with transaction():
        queries.channel(channel_id, actor)
        return save_changes(
            Channel, channel_id, version, {"archived_at": now()}, actor, action="channel.archive"
        )


@requires(Permission.CHANNELS_MANAGE)
def reopen_channel(channel_id: int, version: int, *, actor: Actor) -> Channel:
    """Take orders over an archived channel again."""
    with transaction():
        queries.channel(channel_id, actor)
        return save_changes(
            Channel, channel_id, version, {"archived_at": None}, actor, action="channel.reopen"
        )


def _check_names(names: dict[str, str]) -> None:
    missing: dict[str, Said | Text] = {
        key: Text("请填写名称", "Give a name") for key, name in names.items() if not name
    }
    if missing:
        raise Invalid(fields=missing)


def open_first_channel(_event: ShopOpened) -> None:
    """Give a shop that has just opened a channel for orders taken by hand or phone."""
    if not Channel.select().exists():
        create_channel(NewChannel(code="direct", name_zh="直接下单", name_en="Direct"), actor=SYSTEM)
