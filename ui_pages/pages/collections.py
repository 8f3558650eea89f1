"""Collections by rule: the list; one with its rule editor, its sentence and its living members."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui

from models import Attribute, Brand, Collection, ProductStatus, Text
from services import catalogue
from services.core.db import read, write
from services.core.listing import Column, Listing, View
from services.core.money import from_minor, to_minor
from services.core.permissions import Actor, P
from services.core.text import label_of
from ui_pages.kit import (
    Ctx,
    Empty,
    action_button,
    badge,
    button,
    captioned,
    card,
    data_table,
    el,
    html,
    name_actions,
    name_keys,
    page_title,
    search_select,
    timeline,
    toast,
    two_columns,
)
from ui_pages.pages.category_template import find_attributes
from ui_pages.pages.product_form import category_words, find_brands, find_categories
from ui_pages.pages.products import LISTING as PRODUCTS
from ui_pages.pages.products import cover_url, in_language
from ui_pages.registry import Page

TITLE, NEW = Text("商品集合", "Collections"), Text("新建集合", "New collection")
RULES, MEMBERS = Text("规则", "Rules"), Text("当前商品", "Members now")
SAVE, SAVED = Text("保存", "Save"), Text("已保存", "Saved")
JOINED = Text("条件关系", "Conditions")
ALL, ANY = Text("满足全部条件", "All conditions hold"), Text("满足任一条件", "Any condition holds")
ADD_TERM, REMOVE = Text("添加条件", "Add a condition"), Text("移除", "Remove")
ARCHIVE, RESTORE = Text("归档", "Archive"), Text("恢复", "Restore")
ARCHIVED, HISTORY = Text("已归档", "Archived"), Text("记录", "History")
VALUE = Text("值", "Value")
EMPTY = Empty(
    Text("还没有集合", "No collections yet"),
    Text("按规则自动收集商品,如「标签有 新品」", "A rule gathers products by itself, as “tag has new”"),
    NEW,
    "/collections/new",
)
name_actions(
    {
        "collection.create": Text("建立集合", "Collection added"),
        "collection.edit": Text("修改集合", "Collection changed"),
        "collection.archive": Text("归档", "Archived"),
        "collection.restore": Text("恢复", "Restored"),
    }
)
name_keys({"rules": RULES})
LISTING = Listing(
    key="collections",
    title=TITLE,
    base=catalogue.collections,
    columns=(
        Column(Collection.name, kind="link"),
        Column(Collection.code),
        Column(Collection.rules, label=RULES, kind="text", sortable=False),
        Column(Collection.updated_at, sortable=False),
    ),
    row_id=Collection.id,
    permission=P.CATALOGUE_VIEW,
    views=(
        View("all", Text("使用中", "In use"), lambda: Collection.archived_at.is_null()),
        View("archived", ARCHIVED, lambda: Collection.archived_at.is_null(False)),
    ),
    search=lambda term: Collection.name.contains(term),
    default_sort="name",
    topic="collection",
)


async def build_list(ctx: Ctx) -> None:
    """All collections with their rule in words."""
    with page_title(ctx, TITLE):
        opens = lambda _actor: ctx.go("/collections/new")  # noqa: E731 - a handler
        action_button(ctx, NEW, catalogue.create_collection, opens, kind="primary", icon="plus")
    await data_table(
        ctx,
        LISTING,
        row_href="/collections/{code}",
        show={"rules": lambda stored: ctx.t(catalogue.explain(catalogue.read_rules(stored)))},
        empty=EMPTY,
    )


async def build_detail(ctx: Ctx, code: str) -> None:
    """Rules at the left, members below, history at the right."""
    row = await read(catalogue.collection, code, ctx.actor)
    chips = [badge(ctx.t(ARCHIVED))] if row.archived_at else []
    with page_title(ctx, row.name, crumbs=[(TITLE, "/collections"), (code, "")], chips=chips):

        async def switch(actor: Actor) -> None:
            verb = catalogue.restore_collection if row.archived_at else catalogue.archive_collection
            saved = await write(verb, row.id, row.version, actor=actor)
            ctx.go(f"/collections/{code}?v={saved.version}")

        if row.archived_at:
            action_button(ctx, RESTORE, catalogue.restore_collection, switch, icon="archive-restore")
        else:
            action_button(ctx, ARCHIVE, catalogue.archive_collection, switch, kind="text", icon="archive")
    await _editor_page(ctx, row)


async def build_new(ctx: Ctx) -> None:
    """An empty rule; the members show while one builds it."""
    with page_title(ctx, NEW, crumbs=[(TITLE, "/collections"), (NEW, "")]):
        pass
    await _editor_page(ctx, None)


async def _editor_page(ctx: Ctx, row: Collection | None) -> None:
    rules = catalogue.rules_of(row) if row else catalogue.CollectionRules(terms=())
    names = await read(_names, ctx, rules)
    with two_columns() as (main, side):
        with main:
            with card(ctx.t(RULES)):
                editor = RuleEditor(ctx, row, rules, names)
            with card(ctx.t(MEMBERS), pad=False):
                editor.members = ui.element("div").classes("w-full")
        with side:
            if row is not None:
                with card(ctx.t(HISTORY)):
                    await timeline(ctx, row)
    await editor.show_members()


class RuleEditor:
    """Rows of field, comparison and value; the sentence and the members follow every change."""

    def __init__(
        self, ctx: Ctx, row: Collection | None, rules: catalogue.CollectionRules, names: dict[str, str]
    ) -> None:
        self.ctx, self.row, self.names = ctx, row, names
        self.terms: list[catalogue.RuleTerm] = list(rules.terms) or [
            catalogue.RuleTerm(field="tag", op="has", value="")
        ]
        self.members: ui.element | None = None
        with ui.element("div").classes("form-grid w-full"):
            with captioned(ctx, Collection.name.verbose_name):
                self.name = ui.input(value=row.name if row else "").props("maxlength=80")
            with captioned(ctx, JOINED):
                self.match = ui.select({"all": ctx.t(ALL), "any": ctx.t(ANY)}, value=rules.match)
        self.match.on_value_change(self.show_members)
        self.box = ui.element("div").classes("col-2 w-full")
        with ui.element("div").classes("row-2 w-full"):
            button(ctx, ADD_TERM, self._add, kind="text", icon="plus")
            verb = catalogue.edit_collection if row else catalogue.create_collection
            action_button(ctx, SAVE, verb, self._save, kind="primary").classes("push")
        self._draw()

    def rules(self) -> catalogue.CollectionRules:
        """What is chosen now, rows without a value left out."""
        terms = tuple(term for term in self.terms if term.value.strip())
        return catalogue.CollectionRules(terms=terms, match=self.match.value)

    async def show_members(self) -> None:
        """The sentence and the products that the rules name now."""
        if self.members is None or self.members.is_deleted:
            return
        rules = self.rules()
        problem = catalogue.collection_problem(rules)
        self.members.clear()
        with self.members:
            if problem is not None:
                html(el("div", self.ctx.t(problem), class_="sub pad"))
                return
            sentence = await read(catalogue.explain, rules)
            html(el("div", self.ctx.t(sentence), class_="sec pad"))
            listing = replace(
                in_language(PRODUCTS, self.ctx.locale),
                base=lambda actor: catalogue.members(rules, actor),
                views=(),
            )
            await data_table(
                self.ctx,
                listing,
                row_href="/products/{code}",
                show={"cover": cover_url},
                main=False,
                bar=False,
                size=10,
            )

    async def _save(self, actor: Actor) -> None:
        name, rules = self.name.value or "", self.rules()
        if self.row is None:
            made = await write(catalogue.create_collection, name, rules, actor=actor)
            self.ctx.go(f"/collections/{made.code}")
            return
        self.row = await write(
            catalogue.edit_collection, self.row.id, self.row.version, name, rules, actor=actor
        )
        toast(self.ctx, SAVED)

    async def _add(self) -> None:
        self.terms.append(catalogue.RuleTerm(field="tag", op="has", value=""))
        self._draw()

    def _draw(self) -> None:
        self.box.clear()
        with self.box:
            for place, term in enumerate(self.terms):
                with ui.element("div").classes("rule-row"):
                    self._row(place, term)

    def _row(self, place: int, term: catalogue.RuleTerm) -> None:
        ctx, fields = self.ctx, catalogue.RULE_FIELDS
        field = ui.select({key: ctx.t(each.text) for key, each in fields.items()}, value=term.field)
        field.on_value_change(lambda event: self._set_field(place, event.value))
        if term.field == "attribute":
            search = lambda word: find_attributes(word, ctx)  # noqa: E731 - a search
            which = search_select(
                ctx,
                search,
                value=term.of,
                chosen=self.names.get(f"of:{term.of}", ""),
                label=fields["attribute"].text,
            )
            which.on_value_change(lambda event: self._set(place, of=event.value))
        op = ui.select({key: ctx.t(words) for key, words in fields[term.field].ops.items()}, value=term.op)
        op.on_value_change(lambda event: self._set(place, op=event.value))
        self._value_input(place, term)

        async def drop() -> None:
            del self.terms[place]
            self._draw()
            await self.show_members()

        button(ctx, "", drop, kind="text", icon="x", hint=REMOVE)

    def _value_input(self, place: int, term: catalogue.RuleTerm) -> None:
        ctx, kind = self.ctx, catalogue.RULE_FIELDS[term.field].value
        searches: dict[str, Any] = {
            "brand": lambda word: find_brands(word, ctx),
            "category": lambda word: find_categories(word, ctx),
            "dimension": lambda word: [
                hit for hit in catalogue.dimension_choices(ctx.actor) if word in hit[1]
            ],
            "tag": lambda word: [hit for hit in catalogue.tag_choices(ctx.actor) if word in hit[1]],
        }
        if kind in searches:
            value: Any = int(term.value) if kind != "tag" and term.value.isdecimal() else term.value or None
            chosen = self.names.get(f"{term.field}:{term.value}", term.value)
            made: Any = search_select(ctx, searches[kind], value=value, chosen=chosen, label=VALUE)
            made.on_value_change(
                lambda event: self._set(place, value="" if event.value is None else str(event.value))
            )
            return
        if kind == "status":
            states = {state.value: ctx.t(label_of(state).text) for state in ProductStatus}
            made = ui.select(states, value=term.value or None)
            made.on_value_change(lambda event: self._set(place, value=event.value or ""))
            return
        shown = (
            str(from_minor(int(term.value), ctx.currency))
            if kind == "money" and term.value.isdecimal()
            else term.value
        )
        made = ui.input(value=shown).props("debounce=300")
        made.props["aria-label"] = ctx.t(VALUE)
        made.on_value_change(
            lambda event: self._set(place, value=_typed(kind, event.value or "", ctx.currency))
        )

    async def _set_field(self, place: int, name: str) -> None:
        op = next(iter(catalogue.RULE_FIELDS[name].ops))
        self.terms[place] = catalogue.RuleTerm(field=name, op=op, value="")
        self._draw()
        await self.show_members()

    async def _set(self, place: int, **changes: Any) -> None:
        if place < len(self.terms):
            self.terms[place] = replace(self.terms[place], **changes)
            await self.show_members()


def _typed(kind: str, text: str, currency: str) -> str:
    if kind != "money" or not text.strip():
        return text.strip()
    try:
        return str(to_minor(text, currency))
    except ValueError:
        return text.strip()


def _names(ctx: Ctx, rules: catalogue.CollectionRules) -> dict[str, str]:
    """The words of what the stored terms refer to."""
    found: dict[str, str] = {}
    for term in rules.terms:
        if term.field == "brand":
            found |= {
                f"brand:{row.id}": row.name
                for row in _rows(catalogue.brands(ctx.actor), Brand.id, term.value)
            }
        elif term.field == "category":
            found |= {
                f"category:{row.id}": category_words(row, ctx)
                for row in catalogue.category_line(int(term.value))
            }
        elif term.field == "attribute" and term.of is not None:
            rows: Sequence[Any] = _rows(catalogue.attributes(ctx.actor), Attribute.id, str(term.of))
            found |= {f"of:{row.id}": row.name_zh if ctx.locale == "zh" else row.name_en for row in rows}
    found |= {f"dimension:{key}": words for key, words in catalogue.dimension_choices(ctx.actor)}
    return found


def _rows(select: Any, key: Any, value: str) -> list[Any]:
    return list(select.where(key == int(value))) if value.isdecimal() else []


PAGES = [
    Page(
        path="/collections",
        title=TITLE,
        permission=P.CATALOGUE_VIEW,
        group="catalogue",
        order=50,
        icon="layers",
        build=build_list,
    ),
    Page(
        path="/collections/new",
        title=NEW,
        permission=P.CATALOGUE_EDIT,
        group="catalogue",
        nav=False,
        build=build_new,
    ),
    Page(
        path="/collections/{code}",
        title=TITLE,
        permission=P.CATALOGUE_VIEW,
        group="catalogue",
        nav=False,
        build=build_detail,
    ),
]
