"""Staff: who signs in, with which roles, limited to which warehouses and channels."""

from collections.abc import Iterable
from typing import Any

from nicegui import ui

from models import Role, ScopeKind, Staff, Text
from services import identity, inventory, orders
from services.core.db import read, slow, write
from services.core.listing import Column, Listing, View
from services.core.permissions import Actor, Permission
from services.core.text import Said, label_of
from ui_pages.kit import (
    Ctx,
    Empty,
    action_button,
    attempt,
    badge,
    button,
    card,
    data_table,
    drawer,
    facts,
    field,
    html,
    page_title,
    timeline,
    toast,
    two_columns,
)
from ui_pages.kit.choose import check_group
from ui_pages.kit.draft import draft
from ui_pages.kit.sessions import settings
from ui_pages.registry import Page

TITLE = Text("员工", "Staff")
INVITE = Text("添加员工", "Add a person")
ROLES = Text("角色", "Roles")
FIRST_PASSWORD = Text("初始密码", "First password")
FIRST_HELP = Text("首次登录时须修改", "To be changed at the first sign-in")
INVITED = Text("已添加 {name}", "{name} was added")
SAVE, SAVED = Text("保存", "Save"), Text("已保存", "Saved")
ACTIVE, INACTIVE = Text("在职", "Active"), Text("停用", "Inactive")
LIMITS = Text("数据范围", "Data scope")
NO_LIMIT = Text("都不勾选表示不限制", "None ticked means no limit")
RESET = Text("重置密码", "Reset password")
RESET_DONE = Text("密码已重置,会话已结束", "Password reset; the sessions have ended")
DEACTIVATE, ACTIVATE = Text("停用账号", "Deactivate"), Text("启用账号", "Activate")
SURE = Text("停用「{name}」?其所有会话立即结束", "Deactivate {name}? All sessions end at once")
UNLOCK = Text("解除登录限制", "Unlock sign-in")
UNLOCKED = Text("现在可以再次登录", "May try to sign in again")
HISTORY = Text("记录", "History")
DETAILS = Text("资料与角色", "Details and roles")
LISTING = Listing(
    key="staff",
    title=TITLE,
    base=identity.people,
    columns=(
        Column(Staff.login, kind="link"),
        Column(Staff.name),
        Column(identity.ROLES_HELD, name="roles", label=ROLES, kind="tags", sortable=False),
        Column(Staff.is_active, kind="bool", sortable=False),
        Column(Staff.last_sign_in_at, sortable=False),
    ),
    row_id=Staff.id,
    permission=Permission.STAFF_VIEW,
    views=(
        View("active", ACTIVE, lambda: Staff.is_active == True),  # noqa: E712 - SQL
        View("inactive", INACTIVE, lambda: Staff.is_active == False),  # noqa: E712
    ),
    search=identity.staff_search,
    default_sort="login",
    topic="staff",
)


async def build_list(ctx: Ctx) -> None:
    """Everybody who can sign in."""
    roles = await read(identity.all_roles)
    with page_title(ctx, TITLE):
        button(ctx, Text("角色与权限", "Roles and rights"), icon="shield", href="/roles")
        opens = lambda _actor: _invite(ctx, roles)  # noqa: E731 - a handler
        action_button(ctx, INVITE, identity.invite_staff, opens, kind="primary", icon="user-plus")
    await data_table(
        ctx, LISTING, row_href="/staff/{login}", empty=Empty(Text("没有符合的员工", "Nobody here"))
    )


def _invite(ctx: Ctx, roles: list[Role]) -> None:
    person = draft(None, [Staff.login, Staff.name], model=Staff)
    with drawer(ctx, INVITE) as dialog:
        with ui.element("form").classes("form").on("submit.prevent", lambda: None):
            inputs = [field(ctx, person, column) for column in (Staff.login, Staff.name)]
            password = ui.input(ctx.t(FIRST_PASSWORD), password=True, password_toggle_button=True)
            password.props(f'autocomplete=new-password hint="{ctx.t(FIRST_HELP)}"')
            chosen = check_group(
                ctx, ROLES, [(role.code, Text(role.name_zh, role.name_en)) for role in roles]
            )

        def refused(refusal: Any) -> bool:
            for bound in inputs:
                if bound.name in refusal.fields:
                    bound.refuse(ctx.t(refusal.fields[bound.name]))
            return {bound.name for bound in inputs} >= set(refusal.fields) != set()

        async def invite(actor: Actor) -> Staff:
            wanted = identity.NewStaff(
                login=person.login or "",
                name=person.name or "",
                password=password.value or "",
                roles=tuple(chosen()),
                locale=ctx.locale,
            )
            return await slow(identity.invite_staff, wanted, settings().bcrypt_cost, actor=actor)

        async def submit() -> None:
            ok, made = await attempt(ctx, invite, on_refusal=refused)
            if ok:
                dialog.close()
                toast(ctx, Said(INVITED, name=made.name))
                ctx.go(f"/staff/{made.login}")

        button(ctx, INVITE, submit, kind="primary").props("data-save")


async def build_detail(ctx: Ctx, login: str) -> None:
    """One person: details, roles and scope at the left, history at the right."""
    person = await read(identity.person, login, ctx.actor)
    held = await read(identity.role_codes, person)
    scopes = await read(identity.scope_ids, person)
    state = badge(ctx.t(ACTIVE), "ok") if person.is_active else badge(ctx.t(INACTIVE))
    with page_title(ctx, person.name, crumbs=[(TITLE, "/staff"), (login, "")], chips=[state]):
        _actions(ctx, person)
    with two_columns() as (main, side):
        with main:
            with card(ctx.t(DETAILS)):
                facts(
                    ctx,
                    [
                        (column.verbose_name, getattr(person, column.name))
                        for column in (Staff.login, Staff.last_sign_in_at)
                    ],
                )
                await _form(ctx, person, held, scopes)
        with side, card(ctx.t(HISTORY)):
            await timeline(ctx, person)


def _actions(ctx: Ctx, person: Staff) -> None:
    async def unlock(actor: Actor) -> None:
        await write(identity.unlock_account, person.id, actor=actor)

    async def switch(actor: Actor) -> None:
        change = identity.StaffChange(is_active=not person.is_active)
        await write(identity.change_staff, person.id, person.version, change, actor=actor)
        ctx.go(ctx.path + f"?v={person.version + 1}")

    action_button(ctx, UNLOCK, identity.unlock_account, unlock, icon="lock-open", done=UNLOCKED)
    action_button(ctx, RESET, identity.reset_password, lambda _actor: _reset(ctx, person), icon="key-round")
    if person.is_active:
        question = Said(SURE, name=person.name)
        action_button(
            ctx, DEACTIVATE, identity.change_staff, switch, kind="danger", icon="ban", confirm=question
        )
    else:
        action_button(ctx, ACTIVATE, identity.change_staff, switch, icon="circle-check", done=SAVED)


async def _form(ctx: Ctx, person: Staff, held: Iterable[str], scopes: dict[ScopeKind, list[int]]) -> None:
    roles = await read(identity.all_roles)
    places = await read(_places, ctx.actor)
    edited = draft(person, [Staff.name])
    with ui.element("form").classes("form").on("submit.prevent", lambda: None):
        with ui.element("div").classes("form-grid"):
            field(ctx, edited, Staff.name)
        chosen = check_group(
            ctx, ROLES, [(role.code, Text(role.name_zh, role.name_en)) for role in roles], held
        )
        limits = {
            kind: check_group(ctx, label_of(kind).text, found, scopes[kind])
            for kind, found in places.items()
            if found
        }
        if limits:
            html(ctx.t(NO_LIMIT)).classes("sub small")

    kept = set(held)

    def limit(kind: ScopeKind) -> tuple[int, ...] | None:
        if kind not in limits:
            return None
        unseen = set(scopes[kind]) - {place for place, _ in places[kind]}
        return tuple(sorted({*limits[kind](), *unseen}))

    async def save(actor: Actor) -> None:
        change = identity.StaffChange(
            name=edited.name,
            roles=tuple(chosen()) if set(chosen()) != kept else None,
            warehouse_ids=limit(ScopeKind.WAREHOUSE),
            channel_ids=limit(ScopeKind.CHANNEL),
        )
        saved = await write(identity.change_staff, person.id, person.version, change, actor=actor)
        person.version = saved.version
        kept.clear()
        kept.update(chosen())

    with ui.element("div").classes("save-bar"):
        action_button(ctx, SAVE, identity.change_staff, save, kind="primary", done=SAVED).props("data-save")


def _places(actor: Actor) -> dict[ScopeKind, list[tuple[int, Text | str]]]:
    return {
        ScopeKind.WAREHOUSE: [(row.id, row.name) for row in inventory.all_warehouses(actor)],
        ScopeKind.CHANNEL: [(row.id, Text(row.name_zh, row.name_en)) for row in orders.channels(actor)],
    }


def _reset(ctx: Ctx, person: Staff) -> None:
    with drawer(ctx, RESET) as dialog:
        password = ui.input(ctx.t(FIRST_PASSWORD), password=True, password_toggle_button=True)
        password.props(f'autocomplete=new-password hint="{ctx.t(FIRST_HELP)}"')

        async def reset(actor: Actor) -> None:
            cost = settings().bcrypt_cost
            await slow(identity.reset_password, person.id, password.value or "", cost, actor=actor)
            dialog.close()

        action_button(ctx, RESET, identity.reset_password, reset, kind="primary", done=RESET_DONE)


PAGES = [
    Page(
        path="/staff",
        title=TITLE,
        permission=Permission.STAFF_VIEW,
        group="system",
        order=10,
        icon="user-cog",
        build=build_list,
    ),
    Page(path="/staff/{login}", title=TITLE, permission=Permission.STAFF_VIEW, nav=False, build=build_detail),
]
