"""Roles: the permission matrix, one column a role; a change ends the sessions of its people, so it holds at once."""

from typing import Any

from nicegui import events, ui

from models import Role, Text
from services import identity
from services.core.db import read, write
from services.core.permissions import PERMISSIONS, Actor, Permission
from services.core.text import Said
from ui_pages.kit import Ctx, action_button, card, drawer, el, html, note, page_title
from ui_pages.kit.markup import Markup
from ui_pages.registry import Page

TITLE = Text("角色与权限", "Roles and rights")
STAFF = Text("员工", "Staff")
RIGHT = Text("权限", "Right")
SAVE = Text("保存权限", "Save rights")
SAVED = Text("已保存,相关人员的会话已结束", "Saved; the sessions of these people have ended")
SURE = Text(
    "保存 {n} 个角色的权限?相关人员需要重新登录",
    "Save the rights of {n} roles? Their people must sign in again",
)
NEW = Text("新建角色", "New role")
CREATED = Text("角色已新建", "Role created")
CODE = Text("代码(英文字母)", "Code (letters)")
NAME_ZH, NAME_EN = Text("中文名", "Chinese name"), Text("英文名", "English name")
OWNER_NOTE = Text("店主始终拥有全部权限", "The owner always has every right")
TICKED = """(e) => {
  const d = e.target.dataset;
  if (d.role) emit(`${d.role} ${d.right} ${e.target.checked ? 1 : 0}`);
}"""
AREAS: dict[str, Text] = {
    "home": Text("首页", "First page"),
    "staff": Text("员工", "Staff"),
    "roles": Text("角色", "Roles"),
    "apikeys": Text("接口密钥", "API keys"),
    "options": Text("设置", "Settings"),
    "audit": Text("审计", "Audit"),
    "jobs": Text("后台任务", "Jobs"),
    "catalogue": Text("商品", "Catalogue"),
    "customers": Text("客户", "Customers"),
    "stock": Text("库存", "Stock"),
    "warehouses": Text("仓库", "Warehouses"),
    "orders": Text("订单", "Orders"),
    "channels": Text("渠道", "Channels"),
    "analytics": Text("分析", "Analytics"),
    "imports": Text("导入", "Imports"),
    "exports": Text("导出", "Exports"),
}


async def build(ctx: Ctx) -> None:
    """The whole matrix as one element; ticks are collected in the browser's events."""
    roles = await read(identity.all_roles)
    held = await read(identity.grants)
    changed: dict[int, set[str]] = {}

    def ticked(event: events.GenericEventArguments) -> None:
        role_id, permission, on = str(event.args).split(" ")
        rights = changed.setdefault(int(role_id), set(held.get(int(role_id), set())))
        rights.add(permission) if on == "1" else rights.discard(permission)
        ctx.client.run_javascript("zg.setDirty('roles', true)")

    async def save(actor: Actor) -> None:
        for role in [role for role in roles if changed.get(role.id, held.get(role.id)) != held.get(role.id)]:
            rights = tuple(sorted(changed[role.id]))
            asked = actor.asking(f"{actor.request_id}-{role.id}")
            saved = await write(identity.set_role_permissions, role.id, role.version, rights, actor=asked)
            role.version, held[role.id] = saved.version, changed[role.id]
        ctx.client.run_javascript("zg.setDirty('roles', false)")

    with page_title(ctx, TITLE, crumbs=[(STAFF, "/staff"), (TITLE, "")]):
        action_button(ctx, NEW, identity.create_role, lambda _actor: _create(ctx), icon="plus")
        question = Said(SURE, n=len(roles))
        button = action_button(
            ctx,
            SAVE,
            identity.set_role_permissions,
            save,
            kind="primary",
            icon="save",
            confirm=question,
            done=SAVED,
        )
        button.props("data-save")
    note(ctx, OWNER_NOTE)
    with card(pad=False):
        editable = ctx.can(identity.set_role_permissions)
        matrix = html(el("div", _matrix(ctx, roles, held, editable), class_="dt-wrap"))
        matrix.on("change", ticked, js_handler=TICKED)


def _matrix(ctx: Ctx, roles: list[Role], held: dict[int, set[str]], editable: bool) -> Markup:
    heads = [el("th", role.name_zh if ctx.locale == "zh" else role.name_en, scope="col") for role in roles]
    rows: list[Any] = []
    area = ""
    for permission in Permission:
        if permission.value.partition(".")[0] != area:
            area = permission.value.partition(".")[0]
            rows.append(el("tr", el("td", ctx.t(AREAS.get(area, area)), colspan=len(roles) + 1), class_="g"))
        rows.append(_row(ctx, permission, roles, held, editable))
    head = el("thead", el("tr", el("th", ctx.t(RIGHT), scope="col"), *heads))
    return el("table", head, el("tbody", *rows), class_="matrix")


def _row(
    ctx: Ctx, permission: Permission, roles: list[Role], held: dict[int, set[str]], editable: bool
) -> Markup:
    words = ctx.t(PERMISSIONS[permission])
    cells = [
        el(
            "td",
            el(
                "input",
                type="checkbox",
                checked=permission.value in held.get(role.id, set()),
                disabled=not editable or role.code == "owner",
                data_role=role.id,
                data_right=permission.value,
                aria_label=f"{words} · {role.name_zh if ctx.locale == 'zh' else role.name_en}",
            ),
        )
        for role in roles
    ]
    return el("tr", el("td", words, title=permission.value), *cells)


def _create(ctx: Ctx) -> None:
    with drawer(ctx, NEW) as dialog:
        code, name_zh, name_en = ui.input(ctx.t(CODE)), ui.input(ctx.t(NAME_ZH)), ui.input(ctx.t(NAME_EN))

        async def create(actor: Actor) -> None:
            names = (code.value or "", name_zh.value or "", name_en.value or "")
            await write(identity.create_role, *names, (), actor=actor)
            dialog.close()
            ctx.client.run_javascript("location.reload()")

        action_button(ctx, NEW, identity.create_role, create, kind="primary", done=CREATED)


PAGE = Page(
    path="/roles",
    title=TITLE,
    permission=Permission.STAFF_VIEW,
    group="system",
    order=20,
    icon="shield",
    build=build,
)
