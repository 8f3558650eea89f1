"""Audit log: who did what, when and why; nobody can change it."""

import json
from typing import Any

from models import Audit, Text
from services.core import audit
from services.core.db import read
from services.core.listing import Column, Facet, Listing, rows_by_id
from services.core.permissions import Permission
from ui_pages.kit import Ctx, Empty, data_table, drawer, facts, page_title, simple_table, words_for
from ui_pages.registry import Page

TITLE = Text("审计日志", "Audit log")
FIELD, BEFORE, AFTER = Text("字段", "Field"), Text("之前", "Before"), Text("之后", "After")
VIAS: dict[str, Text] = {
    "page": Text("页面", "Page"),
    "api": Text("接口", "API"),
    "job": Text("后台任务", "Job"),
    "import": Text("导入", "Import"),
    "cli": Text("命令行", "Command line"),
    "sign-in": Text("登录页", "Sign-in page"),
}
LISTING = Listing(
    key="audit",
    title=TITLE,
    base=audit.entries,
    columns=(
        Column(Audit.at),
        Column(Audit.action, kind="link", sortable=False),
        Column(Audit.actor_name, sortable=False),
        Column(Audit.subject_kind, sortable=False),
        Column(Audit.subject_id, kind="int", sortable=False),
        Column(Audit.reason, sortable=False),
        Column(Audit.via, sortable=False),
        Column(Audit.request_id, sortable=False, hidden=True),
    ),
    row_id=Audit.id,
    permission=Permission.AUDIT_VIEW,
    facets=(Facet(Audit.via, choices=lambda actor: list(VIAS.items())),),
    ranges=("at",),
    search=audit.search_condition,
    default_sort="-id",
)
DETAIL = Listing(
    key="audit_detail",
    title=TITLE,
    base=audit.entries,
    columns=tuple(
        Column(column)
        for column in (
            Audit.at,
            Audit.actor_name,
            Audit.via,
            Audit.reason,
            Audit.before,
            Audit.after,
            Audit.request_id,
        )
    ),
    row_id=Audit.id,
    permission=Permission.AUDIT_VIEW,
)


async def build(ctx: Ctx) -> None:
    """The newest entries first; any of them opens with what changed."""

    async def opened(row_id: int) -> None:
        rows = await read(rows_by_id, DETAIL, [row_id], ctx.actor)
        if rows:
            _entry(ctx, rows[0])

    with page_title(ctx, TITLE):
        pass
    show = {
        "action": lambda action: ctx.t(words_for(action)),
        "via": lambda via: ctx.t(VIAS.get(via, via)),
        "subject_kind": lambda kind: ctx.t(words_for(f"kind.{kind}")),
    }
    hint = Text("任何修改都会自动记在这里", "Every change is written here by itself")
    await data_table(ctx, LISTING, show=show, on_open=opened, empty=Empty(hint=hint))


def _entry(ctx: Ctx, row: dict[str, Any]) -> None:
    with drawer(ctx, f"#{row['id']}", wide=True):
        columns = (Audit.at, Audit.actor_name, Audit.via, Audit.reason, Audit.request_id)
        facts(ctx, [(column.verbose_name, row[column.name]) for column in columns])
        before, after = row["before"] or {}, row["after"] or {}
        keys = list(dict.fromkeys([*before, *after]))
        if keys:
            lines = [(key, _plain(before.get(key)), _plain(after.get(key))) for key in keys]
            simple_table(ctx, [(FIELD, "left"), (BEFORE, "left"), (AFTER, "left")], lines)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


PAGE = Page(
    path="/audit",
    title=TITLE,
    permission=Permission.AUDIT_VIEW,
    group="system",
    order=50,
    icon="shield-check",
    build=build,
)
