"""Categories: the tree at the left; names, place and attribute template of one at the right."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from models import Category, Text
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    action_button,
    attempt,
    button,
    captioned,
    card,
    dialog_foot,
    el,
    empty_state,
    form_for,
    html,
    link,
    name_actions,
    name_keys,
    page_title,
    search_select,
    timeline,
    window,
)
from ui_pages.pages.category_template import template_editor
from ui_pages.pages.product_form import category_words, find_categories
from ui_pages.registry import Page

TITLE = Text("类目", "Categories")
NEW, NEW_CHILD = Text("新建类目", "New category"), Text("新建下级", "Add below")
CREATE, SAVED = Text("建立", "Create"), Text("已保存", "Saved")
LOAD = Text("载入标准类目", "Load the standard tree")
LOAD_SURE = Text(
    "载入约 1,000 个标准类目及其属性模板(Shopify 商品分类,MIT)?已有的不会改动",
    "Load about 1,000 standard categories with their attributes (Shopify's taxonomy, MIT)? What is there stays",
)
LOADED = Text("已载入", "Loaded")
PICK = Text("在左侧选择一个类目", "Choose a category at the left")
PICK_HINT = Text(
    "可修改名称、移动位置、设定属性模板", "Then change its names, its place and its attribute template"
)
NOTHING = Text("还没有类目", "No categories yet")
NOTHING_HINT = Text("载入标准类目树,或从一个根类目开始", "Load the standard tree, or begin with a root")
MOVE, MOVE_TO = (
    Text("移动", "Move"),
    Text("移到哪个类目之下(留空为顶层)", "Below which category (empty: top level)"),
)
ARCHIVE, RESTORE = Text("归档", "Archive"), Text("恢复", "Restore")
ARCHIVE_SURE = Text("归档类目「{name}」?", "Archive the category “{name}”?")
TEMPLATE = Text("属性模板", "Attribute template")
PRODUCTS = Text("{n} 件商品", "{n} products")
HISTORY, NAMES = Text("记录", "History"), Text("名称", "Names")
FIND = Text("查找类目", "Find a category")
name_actions(
    {
        "category.create": Text("建立类目", "Category added"),
        "category.edit": Text("改名", "Renamed"),
        "category.move": Text("移动", "Moved"),
        "category.template": Text("修改属性模板", "Template changed"),
        "category.archive": Text("归档", "Archived"),
        "category.restore": Text("恢复", "Restored"),
    }
)
name_keys({"attributes": Text("属性", "Attributes")})


async def build(ctx: Ctx) -> None:
    """Tree and details side by side; `?id=` names the open category."""
    rows = await read(catalogue.categories, ctx.actor)
    counts = await read(catalogue.product_counts_by_category, ctx.actor)
    open_id = int(ctx.query["id"]) if ctx.query.get("id", "").isdecimal() else None
    with page_title(ctx, TITLE):
        button(ctx, Text("属性", "Attributes"), icon="list-checks", href="/attributes")
        action_button(
            ctx, LOAD, catalogue.load_taxonomy, _load(ctx), icon="folder-tree", confirm=LOAD_SURE, done=LOADED
        )
        opens = lambda _actor: _new(ctx, None)  # noqa: E731 - a handler
        action_button(ctx, NEW, catalogue.create_category, opens, kind="primary", icon="plus")
    if not rows:
        with card():
            empty_state(ctx, NOTHING, NOTHING_HINT, picture="folder-tree")
        return
    by_id = {row.id: row for row in rows}

    async def open_category(category_id: int | None) -> None:
        row = by_id.get(category_id) if category_id is not None else None
        panel.clear()
        with panel:
            if row is None:
                with card():
                    empty_state(ctx, PICK, PICK_HINT, picture="folder-tree")
            else:
                await _details(ctx, row, by_id, counts)

    async def picked(event: Any) -> None:
        ctx.keep_url(f"/categories?id={int(event.args)}")
        await open_category(int(event.args))

    with ui.element("div").classes("tree-col"):
        with card(pad=False) as box:
            box.classes("tree-box")
            _tree(ctx, rows, counts, open_id).on("click", picked, js_handler=PICK_JS)
        panel = ui.element("div").classes("col-3")
    await open_category(open_id)


def _load(ctx: Ctx) -> Any:
    async def run(actor: Actor) -> None:
        await write(catalogue.load_taxonomy, actor=actor)
        ctx.go("/categories?loaded=1")

    return run


def _tree(ctx: Ctx, rows: Sequence[Category], counts: dict[int, int], open_id: int | None) -> ui.html:
    """One element: nested details in the browser; the search hides what does not match."""
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    opened = next((row.path for row in rows if row.id == open_id), "")

    def node(row: Category) -> Any:
        below = children.get(row.id, [])
        total = sum(number for key, number in counts.items() if key in _ids_below(row, children))
        words = el(
            "a",
            el("span", category_words(row, ctx), class_="clip"),
            el("small", total, class_="num") if total else None,
            href=f"/categories?id={row.id}",
            data_cat=row.id,
            class_="on" if row.id == open_id else "off" if row.archived_at else None,
        )
        if not below:
            return el("div", words, class_="leaf")
        is_open = opened.startswith(row.path)
        return el("details", el("summary", words), *(node(child) for child in below), open=is_open)

    find = el("input", type="search", placeholder=ctx.t(FIND), aria_label=ctx.t(FIND), class_="tree-find")
    tree = el("nav", *(node(row) for row in children.get(None, [])), class_="tree", aria_label=ctx.t(TITLE))
    made = html(find, tree)
    made.on("input", lambda: None, js_handler=FIND_JS)
    return made


PICK_JS = """(e) => {
  const n = e.target.closest('[data-cat]');
  if (!n || e.metaKey || e.ctrlKey) return;
  e.preventDefault(); e.stopPropagation();
  n.closest('.tree').querySelector('a.on')?.classList.remove('on');
  n.classList.add('on');
  const fold = n.parentElement.tagName === 'SUMMARY' && n.parentElement.parentElement;
  if (fold && !fold.open) fold.open = true;
  emit(n.dataset.cat);
}"""
FIND_JS = """(e) => {
  const term = e.target.value.trim().toLowerCase(), tree = e.target.parentElement.querySelector('.tree');
  const walk = (n) => {
    const own = n.querySelector(':scope > summary > a, :scope > a').textContent.toLowerCase().includes(term);
    let kept = own;
    for (const c of n.querySelectorAll(':scope > details, :scope > .leaf')) kept = walk(c) || kept;
    n.hidden = !!term && !kept;
    if (n.tagName === 'DETAILS' && term) n.open = kept && !own || kept;
    return kept;
  };
  for (const n of tree.children) walk(n);
}"""


def _ids_below(row: Category, children: dict[int | None, list[Category]]) -> set[int]:
    found, waiting = {row.id}, [row]
    while waiting:
        for child in children.get(waiting.pop().id, []):
            found.add(child.id)
            waiting.append(child)
    return found


# ── one category ─────────────────────────────────────────────────────────────────────────────────────────────


async def _details(ctx: Ctx, row: Category, by_id: dict[int, Category], counts: dict[int, int]) -> None:
    line = [by_id[int(part)] for part in row.path.split("/") if part]
    with card():
        with ui.element("div").classes("row-2 between w-full"):
            crumbs = " › ".join(category_words(each, ctx) for each in line[:-1])
            html(
                el("div", crumbs, class_="sub small") if crumbs else None,
                el("h2", category_words(row, ctx), class_="h1"),
                link(ctx.t(Said(PRODUCTS, n=counts.get(row.id, 0))), f"/products?f.category={row.id}"),
                el("span", f" · {row.code}", class_="sub small"),
            )
            with ui.element("div").classes("row-1"):
                _row_actions(ctx, row)
        form_for(
            ctx,
            row,
            [Category.name_zh, Category.name_en],
            catalogue.edit_category,
            on_saved=lambda saved: _go(ctx, saved),
            guard=False,
        )
    with card(ctx.t(TEMPLATE)):
        await template_editor(ctx, row, by_id)
    with card(ctx.t(HISTORY)):
        await timeline(ctx, row)


def _go(ctx: Ctx, row: Category) -> None:
    ctx.go(f"/categories?id={row.id}&v={row.version}")


def _row_actions(ctx: Ctx, row: Category) -> None:
    async def switch(actor: Actor) -> None:
        verb = catalogue.restore_category if row.archived_at else catalogue.archive_category
        _go(ctx, await write(verb, row.id, row.version, actor=actor))

    action_button(ctx, NEW_CHILD, catalogue.create_category, lambda _actor: _new(ctx, row), icon="plus")
    action_button(ctx, MOVE, catalogue.move_category, lambda _actor: _move(ctx, row), icon="move")
    if row.archived_at:
        action_button(ctx, RESTORE, catalogue.restore_category, switch, icon="archive-restore")
    else:
        sure = Said(ARCHIVE_SURE, name=category_words(row, ctx))
        action_button(
            ctx, ARCHIVE, catalogue.archive_category, switch, kind="text", icon="archive", confirm=sure
        )


def _new(ctx: Ctx, parent: Category | None) -> None:
    title = NEW if parent is None else NEW_CHILD
    with window(ctx, title) as dialog:
        with captioned(ctx, Category.name_zh.verbose_name):
            zh = ui.input().props("autofocus maxlength=120")
        with captioned(ctx, Category.name_en.verbose_name):
            en = ui.input().props("maxlength=120")

        async def create() -> None:
            async def run(actor: Actor) -> Category:
                parent_id = parent.id if parent else None
                return await write(
                    catalogue.create_category,
                    zh.value or "",
                    en.value or "",
                    parent_id=parent_id,
                    actor=actor,
                )

            ok, made = await attempt(ctx, run)
            if ok:
                dialog.close()
                _go(ctx, made)

        with dialog_foot():
            button(ctx, CREATE, create, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


def _move(ctx: Ctx, row: Category) -> None:
    with window(ctx, MOVE) as dialog:
        html(ctx.t(MOVE_TO)).classes("sec")
        target = search_select(ctx, lambda term: find_categories(term, ctx), label=MOVE_TO)

        async def move() -> None:
            async def run(actor: Actor) -> Category:
                return await write(catalogue.move_category, row.id, row.version, target.value, actor=actor)

            ok, moved = await attempt(ctx, run)
            if ok:
                dialog.close()
                _go(ctx, moved)

        with dialog_foot():
            button(ctx, MOVE, move, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


PAGE = Page(
    path="/categories",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    order=20,
    icon="folder-tree",
    build=build,
)
