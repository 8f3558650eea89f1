"""Audit log: who did what, when and why; nobody can change it."""

from models import Audit, Text
from services.core import audit
from services.core.listing import Column, Facet, Listing
from services.core.permissions import Permission
from ui_pages.kit import Ctx, Empty, data_table, page_title
from ui_pages.registry import Page

TITLE = Text("审计日志", "Audit log")
VIAS = (
    ("page", Text("页面", "Page")),
    ("api", Text("接口", "API")),
    ("job", Text("后台任务", "Job")),
    ("import", Text("导入", "Import")),
    ("cli", Text("命令行", "Command line")),
    ("sign-in", Text("登录", "Sign-in")),
)
LISTING = Listing(
    key="audit",
    title=TITLE,
    base=audit.entries,
    columns=(
        Column(Audit.at),
        Column(Audit.actor_name),
        Column(Audit.action, kind="link"),
        Column(Audit.subject_kind),
        Column(Audit.subject_id, kind="int", sortable=False),
        Column(Audit.reason, sortable=False),
        Column(Audit.via, sortable=False),
        Column(Audit.request_id, sortable=False, hidden=True),
    ),
    row_id=Audit.id,
    permission=Permission.AUDIT_VIEW,
    facets=(Facet(Audit.via, choices=lambda actor: list(VIAS)),),
    ranges=("at",),
    search=audit.search_condition,
    default_sort="-id",
    topic="audit",
)
EMPTY = Empty(TITLE, Text("任何修改都会自动记在这里", "Every change is written here by itself"))


async def build(ctx: Ctx) -> None:
    """The newest entries first; any of them opens with what changed."""
    with page_title(ctx, TITLE):
        pass
    await data_table(ctx, LISTING, empty=EMPTY)


PAGE = Page(
    path="/audit",
    title=TITLE,
    permission=Permission.AUDIT_VIEW,
    group="system",
    order=50,
    icon="shield-check",
    build=build,
)
