"""A new import: kind, file, settings, columns, preview; then a dry run or the real thing."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from nicegui import events, ui

from models import Text
from services.core import import_queries, import_runs, importing
from services.core.db import read, slow, write
from services.core.importing import Importer, KeptFile, Outcome, Preview
from services.core.permissions import Actor, P
from services.core.text import Said, label_of
from ui_pages.kit import (
    Ctx,
    action_button,
    attempt,
    button,
    captioned,
    card,
    chip_markup,
    html,
    note,
    page_title,
    segmented,
    simple_table,
    skeleton,
    toast,
)
from ui_pages.pages.imports import TITLE
from ui_pages.registry import Page

NEW = Text("导入文件", "Import a file")
KIND, SETTINGS, FILE = Text("种类", "Kind"), Text("设置", "Settings"), Text("文件", "File")
COLUMNS, PREVIEW = Text("列对应", "Columns"), Text("预览", "Preview")
DROP = Text(
    "把 CSV 或 Excel 文件拖到这里,或点加号(编码和分隔符自动识别,可为 .gz)",
    "Drop a CSV or Excel file here or press + (encoding and delimiter are found out; .gz is fine)",
)
SEEN = Text(
    "同一文件已在 {number} 导入过;重复的内容会跳过",
    "The same file came in with {number}; what is there is skipped",
)
FOUND = Text(
    "{name}:{rows} 行,{encoding},分隔符 {delimiter}", "{name}: {rows} rows, {encoding}, delimiter {delimiter}"
)
NOBODY = Text("— 不导入 —", "— leave out —")
FIELD, COLUMN, SAMPLE = (
    Text("字段", "Field"),
    Text("文件中的列", "Column of the file"),
    Text("样例", "Samples"),
)
ROW, VERDICT, WHY, LINE = (
    Text("行号", "Row"),
    Text("结果", "Verdict"),
    Text("说明", "Why"),
    Text("内容", "Content"),
)
CHECK, START = Text("试运行", "Dry run"), Text("开始导入", "Start the import")
KEEP, PROFILE = Text("保存为方案", "Save as profile"), Text("方案名称", "Profile name")
KEPT = Text("方案已保存", "The profile is saved")
AGAIN = Text("重新预览", "Preview again")
FIRST = Text("前 {n} 行:", "Of the first {n} rows: ")
ENCODING = Text("编码", "Encoding")
AUTO = Text("自动", "Find out")
SHOWN = 50
MAX_UPLOAD = 200_000_000


@dataclass(slots=True)
class Plan:
    """What the person has chosen so far; lives as long as the page."""

    ctx: Ctx
    importer: Importer
    settings: dict[str, Any] = field(default_factory=dict)
    file: KeptFile | None = None
    mapping: dict[str, str] | None = None
    boxes: dict[str, ui.element] = field(default_factory=dict)


async def build(ctx: Ctx) -> None:
    """Four cards; the later ones appear once there is a file."""
    kinds = import_queries.kinds()
    wanted = ctx.query.get("kind", "")
    plan = Plan(ctx, next((one for one in kinds if one.kind == wanted), kinds[0]))
    plan.settings = await read(importing.default_settings, plan.importer)
    with page_title(ctx, NEW, crumbs=[(TITLE, "/imports"), (NEW, "")]):
        plan.boxes["actions"] = ui.element("div").classes("row-2")

    async def pick(kind: str) -> None:
        plan.importer = importing.importer_of(kind)
        plan.settings = await read(importing.default_settings, plan.importer)
        plan.mapping = None
        await _draw_settings(plan)
        await _look(plan)

    with card(ctx.t(KIND)):
        segmented(ctx, [(one.kind, one.text) for one in kinds], plan.importer.kind, pick, label=KIND)
        plan.boxes["settings"] = ui.element("div").classes("col-3 w-full")
    with card(ctx.t(FILE)):
        html(ctx.t(DROP)).classes("sec")
        upload = ui.upload(
            on_upload=lambda event: _received(plan, event), auto_upload=True, max_file_size=MAX_UPLOAD
        )
        upload.props("flat accept=.csv,.txt,.tsv,.gz,.xlsx")
        plan.boxes["file"] = ui.element("div").classes("w-full")
    plan.boxes["columns"] = ui.element("div").classes("w-full")
    plan.boxes["preview"] = ui.element("div").classes("w-full")
    await _draw_settings(plan)


async def _draw_settings(plan: Plan) -> None:
    ctx, box = plan.ctx, plan.boxes["settings"]
    offered = await read(lambda: {one.key: one.choices() for one in plan.importer.settings if one.choices})
    box.clear()
    with box:
        html(ctx.t(plan.importer.hint)).classes("sec")
        with ui.element("div").classes("form-grid"):
            for setting in plan.importer.settings:
                with captioned(ctx, setting.text):
                    _setting(plan, setting.key, offered.get(setting.key), setting.help)
            with captioned(ctx, ENCODING):
                choices = [("", AUTO), *((name, name) for name in ("utf-8", "gb18030", "cp1252", "utf-16"))]
                _setting(plan, "encoding", choices, None)


def _setting(plan: Plan, key: str, choices: list[tuple[str, Any]] | None, hint: Text | None) -> None:
    ctx, value = plan.ctx, plan.settings.get(key, "")

    async def chosen(event: events.ValueChangeEventArguments) -> None:
        plan.settings[key] = event.value or ""
        await _look(plan)

    if choices is None:
        made: Any = ui.input(value=str(value)).on("change", lambda: _look(plan))
        made.on_value_change(lambda event: plan.settings.update({key: event.value or ""}))
    else:
        words = {code: ctx.t(text) for code, text in choices}
        made = ui.select(words, value=value if value in words else None, on_change=chosen)
    if hint is not None:
        made.props["hint"] = ctx.t(hint)


async def _received(plan: Plan, event: events.UploadEventArguments) -> None:
    ctx = plan.ctx

    async def keep(actor: Actor) -> KeptFile:
        draft = await read(importing.imports_folder) / f"upload-{uuid4().hex}"
        await event.file.save(draft)
        return await slow(import_queries.keep_upload, draft, event.file.name, actor=actor)

    ok, kept = await attempt(ctx, keep)
    if ok:
        plan.file, plan.mapping = kept, None
        await _look(plan)


# ── columns and preview ──────────────────────────────────────────────────────


async def _look(plan: Plan) -> None:
    """Read the file's first rows under the present settings and show what would become of them."""
    ctx = plan.ctx
    if plan.file is None:
        return
    with _fresh(plan, "preview"):
        skeleton(4)
    path, kind = plan.file.path, plan.importer.kind

    async def look(_actor: Actor) -> Preview:
        return await slow(importing.preview, path, kind, plan.mapping, plan.settings)

    ok, found = await attempt(ctx, look)
    if not ok:
        for name in ("columns", "preview", "actions"):
            plan.boxes[name].clear()
        return
    plan.mapping = found.mapping
    before = await read(import_queries.same_file, plan.file.sha256)
    with _fresh(plan, "file"):
        shape = found.shape
        delimiter = {"\t": "Tab", ",": ",", ";": ";", "|": "|"}[shape.delimiter]
        said = Said(
            FOUND, name=plan.file.name, rows=shape.row_count, encoding=shape.encoding, delimiter=delimiter
        )
        html(ctx.t(said)).classes("num")
        if before is not None:
            note(ctx, Said(SEEN, number=before.number))
    _draw_columns(plan, found)
    _draw_preview(plan, found)
    _draw_actions(plan, found)


def _fresh(plan: Plan, name: str) -> ui.element:
    plan.boxes[name].clear()
    return plan.boxes[name]


def _draw_columns(plan: Plan, found: Preview) -> None:
    ctx = plan.ctx

    async def chosen(key: str, column: str | None) -> None:
        plan.mapping = {
            other: name for other, name in (plan.mapping or {}).items() if other != key and name != column
        }
        if column:
            plan.mapping[key] = column
        await _look(plan)

    with _fresh(plan, "columns"), card(ctx.t(COLUMNS)):
        for wanted in plan.importer.fields:
            column = found.mapping.get(wanted.key, "")
            words = {"": ctx.t(NOBODY), **{name: name for name in found.columns}}
            with ui.element("div").classes("list-row"):
                html(ctx.t(wanted.text) + (" *" if wanted.required else "")).classes("grow")
                select = ui.select(
                    words, value=column, on_change=lambda e, key=wanted.key: chosen(key, e.value)
                )
                select.props["aria-label"] = ctx.t(wanted.text)
                html(" · ".join(found.columns.get(column, []))[:80]).classes("sub small grow clip")


def _draw_preview(plan: Plan, found: Preview) -> None:
    ctx = plan.ctx
    with _fresh(plan, "preview"), card(ctx.t(PREVIEW)):
        if found.problem is not None:
            note(ctx, found.problem, "bad")
            return
        tally = {one: sum(1 for verdict in found.verdicts if verdict.outcome is one) for one in Outcome}
        words = [f"{ctx.t(label_of(one).text)} {ctx.number(count)}" for one, count in tally.items() if count]
        html(ctx.t(Said(FIRST, n=len(found.verdicts))) + " · ".join(words)).classes("sec num")
        first = sorted(found.verdicts, key=lambda one: (one.outcome is not Outcome.REJECTED, one.row))[:SHOWN]
        rows = [
            (
                ctx.number(one.row),
                chip_markup(ctx, one.outcome),
                ctx.t(one.said) if one.said else "",
                " · ".join(cell for cell in one.cells or [] if cell)[:120],
            )
            for one in first
        ]
        simple_table(ctx, [(ROW, "right"), (VERDICT, "left"), (WHY, "left"), (LINE, "left")], rows)


def _draw_actions(plan: Plan, found: Preview) -> None:
    ctx = plan.ctx
    why_not = [found.problem] if found.problem is not None else []
    with _fresh(plan, "actions"):
        button(ctx, AGAIN, lambda: _look(plan), kind="text", icon="refresh-cw")
        button(ctx, KEEP, lambda: _save_profile(plan), icon="bookmark")
        action_button(
            ctx, CHECK, import_runs.start_import, lambda actor: _start(plan, actor, True), why_not=why_not
        )
        action_button(
            ctx,
            START,
            import_runs.start_import,
            lambda actor: _start(plan, actor, False),
            kind="primary",
            why_not=why_not,
        )


async def _start(plan: Plan, actor: Actor, is_dry_run: bool) -> None:
    if plan.file is None:
        return
    request = import_runs.ImportRequest(
        kind=plan.importer.kind,
        file=plan.file,
        mapping=plan.mapping,
        settings={key: value for key, value in plan.settings.items() if value not in ("", None)},
        is_dry_run=is_dry_run,
    )
    run = await write(import_runs.start_import, request, actor=actor)
    plan.ctx.go(f"/imports/{run.number}")


async def _save_profile(plan: Plan) -> None:
    ctx = plan.ctx
    with ui.dialog() as dialog, ui.element("div").classes("card"):
        with captioned(ctx, PROFILE):
            name = ui.input(value=plan.file.name if plan.file else "").props("autofocus maxlength=80")

        async def save(actor: Actor) -> None:
            args = (name.value or "", plan.importer.kind, plan.mapping or {}, plan.settings)
            await write(importing.save_profile, *args, actor=actor)

        async def clicked() -> None:
            ok, _ = await attempt(ctx, save)
            if ok:
                dialog.close()
                toast(ctx, KEPT)

        button(ctx, KEEP, clicked, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


PAGE = Page(
    path="/imports/new",
    title=NEW,
    permission=P.IMPORTS_RUN,
    group="system",
    nav=False,
    icon="upload",
    build=build,
)
