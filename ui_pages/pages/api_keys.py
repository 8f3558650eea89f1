"""API keys: made once, shown once, ended at once."""

from nicegui import ui

from models import ApiKey, Role, Text
from services import identity
from services.core.db import read, write
from services.core.listing import Column, Listing, View
from services.core.permissions import Actor, Permission
from ui_pages.kit import (
    Bulk,
    Ctx,
    Empty,
    action_button,
    button,
    data_table,
    drawer,
    el,
    html,
    note,
    page_title,
    window,
)
from ui_pages.kit.dialogs import dialog_foot
from ui_pages.kit.markup import icon
from ui_pages.registry import Page

TITLE = Text("API 密钥", "API keys")
NEW = Text("新建密钥", "New key")
NAME, ROLE, DAYS = (
    Text("用途", "What it is for"),
    Text("角色", "Role"),
    Text("有效天数(留空为永久)", "Days (empty: no end)"),
)
REVOKE = Text("吊销", "Revoke")
ONCE = Text("密钥只显示这一次,请立刻复制保存", "The key is shown only now; copy it to a safe place")
COPY, CLOSE = Text("复制", "Copy"), Text("我已保存", "I have kept it")
EMPTY = Empty(
    Text("还没有密钥", "No keys yet"),
    Text(
        "给其他程序一个密钥,它就能通过接口读写本店数据",
        "Give another program a key to use the API of this shop",
    ),
)
LISTING = Listing(
    key="api_keys",
    title=TITLE,
    base=identity.api_keys,
    columns=(
        Column(ApiKey.name),
        Column(ApiKey.prefix, sortable=False),
        Column(Role.code, name="role", label=ROLE, via=ApiKey.role, sortable=False),
        Column(ApiKey.created_at, sortable=False),
        Column(ApiKey.expires_at, sortable=False),
        Column(ApiKey.used_at, sortable=False),
        Column(ApiKey.revoked_at, sortable=False),
    ),
    row_id=ApiKey.id,
    permission=Permission.APIKEYS_MANAGE,
    views=(
        View("living", Text("有效", "Valid"), lambda: ApiKey.revoked_at.is_null()),
        View("all", Text("全部", "All")),
    ),
    topic="api_key",
)


async def build(ctx: Ctx) -> None:
    """All keys; a new one's secret is shown once."""
    roles = await read(identity.all_roles)
    with page_title(ctx, TITLE):
        opens = lambda _actor: _new(ctx, roles)  # noqa: E731 - a handler
        action_button(ctx, NEW, identity.create_key, opens, kind="primary", icon="plus")
    await data_table(
        ctx, LISTING, bulk=[Bulk(identity.revoke_key, REVOKE, icon="ban", danger=True)], empty=EMPTY
    )


def _new(ctx: Ctx, roles: list[Role]) -> None:
    with drawer(ctx, NEW) as dialog:
        name = ui.input(ctx.t(NAME))
        codes = {role.code: role.name_zh if ctx.locale == "zh" else role.name_en for role in roles}
        role = ui.select(codes, label=ctx.t(ROLE), value="analyst" if "analyst" in codes else None)
        days = ui.input(ctx.t(DAYS), value="365").props("inputmode=numeric")

        async def create(actor: Actor) -> None:
            until = int(days.value) if (days.value or "").isdecimal() else None
            wanted = identity.NewKey(name=name.value or "", role=role.value or "", days=until)
            made = await write(identity.create_key, wanted, actor=actor)
            dialog.close()
            _show(ctx, made.secret)

        action_button(ctx, NEW, identity.create_key, create, kind="primary")


def _show(ctx: Ctx, secret: str) -> None:
    with ctx.client.content, window(ctx, NEW) as dialog:
        note(ctx, ONCE, "warn")
        html(el("code", secret, class_="mono secret"))
        with dialog_foot():
            copy = el(
                "button",
                icon("copy"),
                ctx.t(COPY),
                class_="btn b-secondary",
                type="button",
                data_zg="copy",
                data_text=secret,
            )
            html(copy)
            button(ctx, CLOSE, dialog.close, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


PAGE = Page(
    path="/api-keys",
    title=TITLE,
    permission=Permission.APIKEYS_MANAGE,
    group="system",
    order=70,
    icon="key-round",
    build=build,
)
