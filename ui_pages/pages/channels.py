"""Channels: where orders come from."""

from models import Channel, Text
from services import orders
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    Draft,
    Empty,
    action_button,
    data_table,
    drawer,
    form_for,
    name_actions,
    page_title,
)
from ui_pages.registry import Page

TITLE, NEW, EDIT = (
    Text("渠道", "Channels"),
    Text("新建渠道", "New channel"),
    Text("编辑渠道", "Edit the channel"),
)
CREATE = Text("建立渠道", "Create the channel")
ARCHIVE, REOPEN = Text("归档", "Archive"), Text("重新启用", "Reopen")
SURE = Text(
    "归档渠道「{name}」?不再接新订单,历史订单保留", "Archive channel {name}? No new orders; its orders stay"
)
EMPTY = Empty(
    Text("还没有渠道", "No channels yet"),
    Text("淘宝、抖音、门店……每个来源一个渠道", "One for each place where you sell"),
)
LISTING = orders.CHANNELS
FIELDS = (Channel.code, Channel.name_zh, Channel.name_en)

name_actions(
    {
        "channel.create": Text("新建渠道", "Channel opened"),
        "channel.edit": Text("修改渠道", "Channel changed"),
        "channel.archive": Text("归档渠道", "Channel archived"),
        "channel.reopen": Text("重新启用渠道", "Channel reopened"),
    }
)


async def build(ctx: Ctx) -> None:
    """All channels; a row opens its form."""
    with page_title(ctx, TITLE):
        action_button(ctx, NEW, orders.create_channel, lambda _: _new(ctx), kind="primary", icon="plus")

    async def open_row(row_id: int) -> None:
        _edit(ctx, await read(orders.channel, row_id, ctx.actor))

    await data_table(ctx, LISTING, on_open=open_row, empty=EMPTY)


def _new(ctx: Ctx) -> None:
    with drawer(ctx, NEW) as dialog:

        async def save(edited: Draft, actor: Actor) -> Channel:
            given = {name: value or "" for name, value in edited.values().items()}
            return await write(orders.create_channel, orders.NewChannel(**given), actor=actor)

        form_for(
            ctx, None, FIELDS, save, label=CREATE, verb=orders.create_channel, guard=False,
            on_saved=lambda _: dialog.close(),
        ).root.classes(add="one")  # fmt: skip


def _edit(ctx: Ctx, channel: Channel) -> None:
    name = ctx.t(Text(channel.name_zh, channel.name_en))
    with drawer(ctx, EDIT) as dialog:

        async def save(edited: Draft, actor: Actor) -> Channel:
            change = orders.ChannelChange(**edited.changes())
            return await write(orders.edit_channel, channel.id, edited.version, change, actor=actor)

        async def close(actor: Actor) -> None:
            await write(orders.archive_channel, channel.id, channel.version, actor=actor)
            dialog.close()

        async def reopen(actor: Actor) -> None:
            await write(orders.reopen_channel, channel.id, channel.version, actor=actor)
            dialog.close()

        form_for(
            ctx, channel, FIELDS[1:], save, verb=orders.edit_channel, guard=False,
            on_saved=lambda _: dialog.close(),
        ).root.classes(add="one")  # fmt: skip
        if channel.archived_at is None:
            sure = Said(SURE, name=name)
            action_button(
                ctx, ARCHIVE, orders.archive_channel, close, kind="danger", icon="archive", confirm=sure
            )
        else:
            action_button(ctx, REOPEN, orders.reopen_channel, reopen, icon="archive-restore")


PAGE = Page(
    path="/channels",
    title=TITLE,
    permission=P.CHANNELS_MANAGE,
    group="sales",
    order=90,
    icon="store",
    build=build,
)
