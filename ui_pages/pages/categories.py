"""Categories: the tree at the left; names, place and attribute template of one at the right."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from models import Attribute, Category, Text
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Said, label_of
from ui_pages.kit import (
    Ctx,
    action_button,
    attempt,
    badge,
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
    note,
    page_title,
    search_select,
    timeline,
    toast,
    window,
)
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
OWN = Text("本类目要求的属性", "Asked by this category")
INHERITED = Text("继承自上级", "Inherited from above")
ADD_ATTRIBUTE = Text("添加属性", "Add an attribute")
REQUIRED, REMOVE = Text("必填", "Required"), Text("移除", "Remove")
SAVE_TEMPLATE, TEMPLATE_SAVED = (
    Text("保存模板", "Save the template"),
    Text("模板已保存", "The template is saved"),
)
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
        await _template(ctx, row, by_id)
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


# ── template ─────────────────────────────────────────────────────────────────────────────────────────────────


async def _template(ctx: Ctx, row: Category, by_id: dict[int, Category]) -> None:
    whole = await read(catalogue.template_of, row.id)
    own = [(entry.attribute, entry.is_required) for entry in whole if entry.category_id == row.id]
    above = [entry for entry in whole if entry.category_id != row.id]
    if above:
        html(ctx.t(INHERITED)).classes("lb")
        html(
            *(
                el(
                    "span",
                    attribute_words(entry.attribute, ctx),
                    class_="tag",
                    title=category_words(by_id[entry.category_id], ctx),
                )
                for entry in above
            )
        )
    html(ctx.t(OWN)).classes("lb")
    TemplateEditor(ctx, row, own)


class TemplateEditor:
    """The lines a category adds itself: add by search, mark as required, remove; saved in one call."""

    def __init__(self, ctx: Ctx, row: Category, lines: list[tuple[Attribute, bool]]) -> None:
        self.ctx, self.row, self.lines = ctx, row, lines
        self.box = ui.element("div").classes("w-full")
        search_select(ctx, self._search, label=ADD_ATTRIBUTE, once=True, on_pick=self._add)
        with ui.element("div").classes("row-2 end w-full"):
            action_button(ctx, SAVE_TEMPLATE, catalogue.set_template, self._save, kind="primary")
        self._draw()

    def _search(self, term: str) -> list[tuple[int, str, str]]:
        taken = {attribute.id for attribute, _ in self.lines}
        return [hit for hit in find_attributes(term, self.ctx) if hit[0] not in taken]

    async def _add(self, attribute_id: int | None) -> None:
        if attribute_id is None:
            return
        row = await read(
            lambda: catalogue.attributes(self.ctx.actor).where(Attribute.id == attribute_id).get()
        )
        self.lines.append((row, False))
        self._draw()

    def _draw(self) -> None:
        """One element for all lines; clicks say what they meant."""
        ctx = self.ctx
        rows = [
            el(
                "div",
                el(
                    "span",
                    attribute_words(attribute, ctx),
                    " ",
                    badge(ctx.t(label_of(attribute.kind).text)),
                    class_="grow",
                ),
                el(
                    "button",
                    ctx.t(REQUIRED),
                    type="button",
                    class_=f"tog {'on' if is_required else ''}",
                    aria_pressed=str(is_required).lower(),
                    data_act=f"must {place}",
                ),
                el("button", ctx.t(REMOVE), type="button", class_="tog", data_act=f"drop {place}"),
                class_="tpl",
            )
            for place, (attribute, is_required) in enumerate(self.lines)
        ]
        self.box.clear()
        with self.box:
            if rows:
                js = "(e) => { const n = e.target.closest('[data-act]'); if (n) emit(n.dataset.act); }"
                html(*rows).classes("w-full").on("click", self._clicked, js_handler=js)
            else:
                note(ctx, Text("本类目没有自己的属性", "This category adds none of its own"))

    def _clicked(self, event: Any) -> None:
        act, _, place = str(event.args).partition(" ")
        if not place.isdecimal() or int(place) >= len(self.lines):
            return
        if act == "drop":
            del self.lines[int(place)]
        else:
            attribute, is_required = self.lines[int(place)]
            self.lines[int(place)] = (attribute, not is_required)
        self._draw()

    async def _save(self, actor: Actor) -> None:
        lines = [
            catalogue.TemplateLine(attribute_id=attribute.id, is_required=must)
            for attribute, must in self.lines
        ]
        self.row = await write(catalogue.set_template, self.row.id, self.row.version, lines, actor=actor)
        toast(self.ctx, TEMPLATE_SAVED)


def attribute_words(row: Attribute, ctx: Ctx) -> str:
    """An attribute's name in the reader's language, with its unit."""
    name = row.name_zh if ctx.locale == "zh" else row.name_en
    return f"{name} ({row.unit})" if row.unit else name


def find_attributes(term: str, ctx: Ctx) -> list[tuple[int, str, str]]:
    """Attributes whose name or code contains the term."""
    rows = catalogue.attributes(ctx.actor)
    if term:
        rows = rows.where(
            Attribute.name_zh.contains(term)
            | Attribute.name_en.contains(term)
            | Attribute.code.contains(term)
        )
    return [(row.id, attribute_words(row, ctx), row.code) for row in rows.order_by(Attribute.code).limit(30)]


PAGE = Page(
    path="/categories",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    order=20,
    icon="folder-tree",
    build=build,
)
