"""Imports: the list, and one import with its progress, rejected rows and undo."""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import FastAPI, Request
from nicegui import ui
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from models import ImportRun, ImportStatus, Text
from services.core import import_queries, import_runs
from services.core.db import read, write
from services.core.errors import DomainError
from services.core.import_queries import RUNNING
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import P
from services.core.text import Said, render
from ui_pages import app as edge
from ui_pages.kit import (
    Ctx,
    Empty,
    action_button,
    button,
    card,
    data_table,
    facts,
    html,
    name_actions,
    note,
    page_title,
    sessions,
    simple_table,
    timeline,
    two_columns,
)
from ui_pages.registry import Page

TITLE = Text("导入", "Imports")
NEW = Text("导入文件", "Import a file")
EMPTY = Empty(
    Text("还没有导入过", "Nothing was imported yet"),
    Text(
        "从 CSV 或 Excel 带入商品、客户、库存和历史订单",
        "Bring products, customers, stock and past orders from CSV or Excel",
    ),
    NEW,
    "/imports/new",
)
UNDO = Text("撤销导入", "Undo the import")
SURE = Text(
    "撤销导入 {number}({file})?它新建的记录会被移除,库存用反向流水冲回",
    "Undo import {number} ({file})? What it created is removed; stock is moved back by counter-entries",
)
UNDOING = Text("正在撤销", "The undo has begun")
REJECTS = Text("下载拒绝的行", "Download rejected rows")
RESULT, REJECTED, HISTORY, DETAILS = (
    Text("结果", "Result"),
    Text("拒绝的行", "Rejected rows"),
    Text("记录", "History"),
    Text("资料", "Details"),
)
PROGRESS = Text("已处理 {done} / {total} 行", "{done} of {total} rows")
RATE = Text("每秒 {rate} 行,约剩 {left} 秒", "{rate} rows a second, about {left} s left")
STARTING = Text("正在读取文件…", "Reading the file …")
ROW, REASON, LINE = Text("行号", "Row"), Text("原因", "Reason"), Text("内容", "Content")
KEPT = Text("未能撤销的部分", "What could not be taken back")
ARCHIVED = Text(
    "{n} 个商品被流水引用,已归档而未删除", "{n} products are named by the ledger: archived, not deleted"
)
FIRST_ROWS = Text("只显示前 {n} 行,其余请下载", "Only the first {n} rows; download the rest")
SHOWN = 20
CREATED, UPDATED, SAME = (
    Text("新建(行)", "Created (rows)"),
    Text("更新", "Updated"),
    Text("未变", "Unchanged"),
)
COUNTS = {
    "orders": Text("订单", "Orders"),
    "lines": Text("订单行", "Order lines"),
    "products": Text("新商品", "New products"),
    "customers": Text("新客户", "New customers"),
    "returns": Text("退货", "Returns"),
    "refunds": Text("退款", "Refunds"),
    "credit_notes": Text("贷记单", "Credit notes"),
    "openings": Text("期初库存", "Opening stock"),
    "created": Text("新建", "Created"),
    "updated": Text("更新", "Updated"),
    "matched": Text("退货行已匹配", "Returned lines matched"),
    "matched_in_part": Text("部分匹配", "Matched in part"),
    "unmatched": Text("未匹配", "Unmatched"),
    "guest": Text("散客退货", "Of guests"),
}

LISTING = Listing(
    key="imports",
    title=TITLE,
    base=import_queries.runs,
    row_id=ImportRun.id,
    permission=P.IMPORTS_VIEW,
    columns=(
        Column(ImportRun.number, kind="link", sortable=False),
        Column(ImportRun.kind, sortable=False),
        Column(ImportRun.file_name, sortable=False),
        Column(ImportRun.status, sortable=False),
        Column(ImportRun.rows_done, kind="int", sortable=False),
        Column(ImportRun.rows_total, kind="int", sortable=False),
        Column(ImportRun.created_count, kind="int", sortable=False),
        Column(ImportRun.rejected_count, kind="int", sortable=False),
        Column(ImportRun.started_by, sortable=False),
        Column(ImportRun.started_at, sortable=False),
    ),
    facets=(Facet(ImportRun.status),),
    views=(
        View("all", Text("全部", "All")),
        View("running", Text("进行中", "Running"), lambda: ImportRun.status.in_(RUNNING)),
    ),
    topic="import_run",
)

name_actions(
    {
        "import.start": Text("开始导入", "Import started"),
        "import.undo": Text("开始撤销导入", "Undo begun"),
        "import.undone": Text("导入已撤销", "Import undone"),
        "import.chunk": Text("写入一批", "A chunk was written"),
        "order.import": Text("由导入带入", "Came in by import"),
        "order.return_import": Text("由导入带入退货", "A return came in by import"),
        "credit_note.import": Text("由导入带入", "Came in by import"),
        "product.import": Text("由导入新建", "Made by an import"),
        "customer.import": Text("由导入新建", "Made by an import"),
        "stock.import": Text("由导入改数", "Counted by an import"),
    }
)


async def build_list(ctx: Ctx) -> None:
    """All imports; a running one counts up by itself."""
    with page_title(ctx, TITLE):
        made = button(ctx, NEW, kind="primary", icon="upload", href="/imports/new")
        made.set_enabled(ctx.can(P.IMPORTS_RUN))
    names = {importer.kind: ctx.t(importer.text) for importer in import_queries.kinds()}
    show: dict[str, Callable[[str], str]] = {"kind": lambda kind: names.get(kind, kind)}
    await data_table(ctx, LISTING, row_href="/imports/{number}", show=show, empty=EMPTY)


async def build_detail(ctx: Ctx, number: str) -> None:
    """One import: progress and result at the left, file and history at the right."""
    run = await read(import_queries.run_by_number, number, ctx.actor)
    head = ui.element("div").classes("w-full")
    with two_columns() as (main, side):
        with main:
            body = ui.element("div").classes("col-3 w-full")
        with side:
            with card(ctx.t(DETAILS)):
                facts(ctx, _details(ctx, run))
            with card(ctx.t(HISTORY)):
                await timeline(ctx, run)

    async def fill() -> None:
        fresh = await read(import_queries.run_by_number, number, ctx.actor)
        rejects = await read(import_queries.first_rejects, fresh, ctx.actor, SHOWN)
        if body.is_deleted:
            return
        head.clear()
        body.clear()
        with head:
            _title(ctx, fresh)
        with body:
            _result(ctx, fresh)
            _kept(ctx, fresh)
            _rejects(ctx, fresh, rejects)

    async def changed(ids: set[int]) -> None:
        if run.id in ids:
            await fill()

    await fill()
    ctx.on_change("import_run", changed)


def _title(ctx: Ctx, run: ImportRun) -> None:
    with page_title(ctx, run.number, crumbs=[(TITLE, "/imports"), (run.number, "")], chips=[run.status]):
        if run.rejected_count:
            address = f"/imports/{quote(run.number)}/rejects.csv"
            rejects = button(ctx, REJECTS, lambda: ui.navigate.to(address, new_tab=True), icon="download")
            rejects.set_enabled(ctx.can(P.IMPORTS_RUN))
        if run.status == ImportStatus.FINISHED:
            action_button(
                ctx,
                UNDO,
                import_runs.start_undo,
                lambda actor: write(import_runs.start_undo, run.id, actor=actor),
                kind="danger",
                icon="undo-2",
                confirm=Said(SURE, number=run.number, file=run.file_name),
                done=UNDOING,
            )


def _details(ctx: Ctx, run: ImportRun) -> list[tuple[Text | str, object]]:
    importer = next((one for one in import_queries.kinds() if one.kind == run.kind), None)
    return [
        (ImportRun.kind.verbose_name, ctx.t(importer.text) if importer else run.kind),
        (ImportRun.file_name.verbose_name, run.file_name),
        (ImportRun.file_sha256.verbose_name, run.file_sha256[:16] + "…"),
        (ImportRun.started_by.verbose_name, run.started_by),
        (ImportRun.started_at.verbose_name, run.started_at),
    ]


def _result(ctx: Ctx, run: ImportRun) -> None:
    counts = run.counts or {}
    with card(ctx.t(RESULT)):
        if run.message:
            lines = run.message.split("\n")
            note(
                ctx,
                lines[-1] if ctx.locale == "en" else lines[0],
                "bad" if run.status == ImportStatus.FAILED else "warn",
            )
        if run.status in RUNNING:
            share = run.rows_done / run.rows_total if run.rows_total else 0.0
            ui.linear_progress(share, show_value=False)
            rate, left = counts.get("rate"), counts.get("seconds_left")
            words = [ctx.t(Said(PROGRESS, done=run.rows_done, total=run.rows_total))]
            words += (
                [ctx.t(Said(RATE, rate=rate, left=left))] if rate and left is not None else [ctx.t(STARTING)]
            )
            html(" · ".join(words)).classes("sec num")
        rows: list[tuple[Text | str, object]] = [
            (CREATED, run.created_count),
            (UPDATED, run.updated_count),
            (SAME, run.unchanged_count),
            (REJECTED, run.rejected_count),
        ]
        found = {**counts.get("detail", {}), **counts.get("matching", {})}
        rows += [(words, found[key]) for key, words in COUNTS.items() if key in found]
        facts(ctx, [(words, ctx.number(value)) for words, value in rows], wide=True)


def _kept(ctx: Ctx, run: ImportRun) -> None:
    counts = run.counts or {}
    if counts.get("archived"):
        note(ctx, Said(ARCHIVED, n=counts["archived"]))
    if counts.get("kept"):
        with card(ctx.t(KEPT)):
            rows = [(one["id"], one[ctx.locale]) for one in counts["kept"]]
            simple_table(ctx, [(LINE, "left"), (REASON, "left")], rows)


def _rejects(ctx: Ctx, run: ImportRun, rejects: list) -> None:
    if not rejects:
        return
    with card(ctx.t(REJECTED)):
        rows = [
            (
                ctx.number(one.row_number),
                one.reason_zh if ctx.locale == "zh" else one.reason_en,
                " · ".join(one.raw)[:120] if ctx.can(P.IMPORTS_RUN) else "—",
            )
            for one in rejects
        ]
        simple_table(ctx, [(ROW, "right"), (REASON, "left"), (LINE, "left")], rows)
        if run.rejected_count > len(rejects):
            html(ctx.t(Said(FIRST_ROWS, n=len(rejects)))).classes("sub small")


# ── the download ─────────────────────────────────────────────────────────────


async def rejects_file(request: Request, number: str) -> Response:
    """The rejected rows of an import as CSV, for who may import."""
    session = await sessions.current(request)
    if session is None:
        return RedirectResponse("/sign-in", 303)
    if not session.actor.can(P.IMPORTS_RUN):
        return PlainTextResponse("forbidden", 403)
    try:
        run = await read(import_queries.run_by_number, number, session.actor)
    except DomainError as refusal:
        return PlainTextResponse(render(refusal.said, session.actor.locale), refusal.status)
    pieces = await read(lambda: list(import_runs.rejects_csv(run, session.actor.locale)))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(run.number)}-rejects.csv"}
    return StreamingResponse(iter(pieces), media_type="text/csv; charset=utf-8", headers=headers)


def mount(app: FastAPI) -> None:
    """Register the download before the shell's catch-all."""
    app.add_api_route("/imports/{number}/rejects.csv", rejects_file, methods=["GET"], include_in_schema=False)


edge.mounts.append(mount)

PAGES = [
    Page(
        path="/imports",
        title=TITLE,
        permission=P.IMPORTS_VIEW,
        group="system",
        order=40,
        icon="upload",
        build=build_list,
    ),
    Page(
        path="/imports/{number}",
        title=TITLE,
        permission=P.IMPORTS_VIEW,
        group="system",
        nav=False,
        build=build_detail,
    ),
]
