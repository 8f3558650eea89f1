"""The inputs of a product: its fields, attributes by the category's template, dimensions and tags; saved in one call."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from models import Attribute, AttributeKind, Brand, Category, Product, Text
from services import catalogue
from services.core.db import read
from ui_pages.kit import Bound, Ctx, Form, el, html

BASE = (
    Product.name,
    Product.name_en,
    Product.code,
    Product.model_number,
    Product.brand,
    Product.category,
    Product.description,
)
TAGS = Text("标签", "Tags")
TAGS_HELP = Text("输入后回车", "Type and press Enter")
ATTRIBUTES = Text("属性", "Attributes")
MORE_FIELDS = Text("显示全部 {n} 个属性", "Show all {n} attributes")
NO_TEMPLATE = Text("选择类目后,这里会列出它的属性", "Choose a category to see its attributes")
YES, NO = Text("是", "Yes"), Text("否", "No")
SHORT = 4
Held = tuple[list[str], list[int], dict[int, str]]


def find_brands(term: str, ctx: Ctx) -> list[tuple[int, str]]:
    """Living brands that contain the term."""
    rows = catalogue.brands(ctx.actor).where(Brand.archived_at.is_null())
    rows = rows.where(Brand.name.contains(term)) if term else rows
    return [(row.id, row.name) for row in rows.order_by(Brand.name).limit(30)]


def find_categories(term: str, ctx: Ctx) -> list[tuple[int, str, str]]:
    """Living categories whose name contains the term, each with the category above it."""
    rows = catalogue.categories(ctx.actor)
    names = {row.id: category_words(row, ctx) for row in rows}
    wanted = term.casefold()
    hits = [
        row for row in rows if row.archived_at is None and wanted in f"{row.name_zh} {row.name_en}".casefold()
    ]
    hits.sort(key=lambda row: (len(names[row.id]), row.path.count("/")))
    return [(row.id, names[row.id], names.get(row.parent_id, "")) for row in hits[:30]]


def category_words(row: Category, ctx: Ctx) -> str:
    """A category's name in the reader's language."""
    return row.name_zh if ctx.locale == "zh" else row.name_en


def labelled(
    ctx: Ctx,
    form: Form,
    name: str,
    label: Text | str,
    build: Callable[[], Any],
    *,
    span: bool = False,
    must: bool = False,
) -> Any:
    """An input beside the draft's own: labelled, and known to the form by `name` for its errors."""
    words = ctx.t(label)
    with ui.element("div").classes("fd span" if span else "fd") as box:
        html(words, el("span", "*", class_="req", aria_hidden="true") if must else None).classes("lb")
        element = build()
        element.props["aria-label"] = words
        error = html("").classes("er")
    bound = Bound(name, box, element, error)
    if form.reasons:
        element.disable()
    form.bound[name] = bound

    def changed() -> None:
        bound.accept()
        form.mark_dirty()

    element.on_value_change(changed)
    return element


def held_parts(product_id: int) -> Held:
    """A product's tags, dimension values and attribute values as they are kept now."""
    rows = catalogue.attributes_of(product_id)
    values = {
        row.attribute_id: catalogue.raw_value(row.attribute.kind, catalogue.value_of(row)) for row in rows
    }
    return catalogue.tags_of(product_id), catalogue.dimension_value_ids_of(product_id), values


class PartInputs:
    """Inputs of a product's tags, dimensions and attributes; `parts()` gives what the verb takes."""

    def __init__(self, ctx: Ctx, form: Form, product: Product | None) -> None:
        self.ctx, self.form, self.product = ctx, form, product
        self.tags: Any = None
        self.dimensions: list[Any] = []
        self.attributes: dict[int, Any] = {}
        self.box: ui.element | None = None
        self.stored: dict[int, str] = {}
        self.loaded: Held = ([], [], {})

    async def build(self) -> None:
        """Draw them after the form's own inputs."""
        known = await read(catalogue.tags, self.ctx.actor)
        dimensions = await read(catalogue.dimensions, self.ctx.actor)
        self.loaded = await read(held_parts, self.product.id if self.product else 0)
        tags, chosen, stored = self.loaded
        self.stored = dict(stored)
        with self.form.grid:
            for dimension, values in dimensions:
                self._dimension(dimension, values, set(chosen))
            self.tags = labelled(
                self.ctx, self.form, "tags", TAGS, lambda: _chips(sorted({*known, *tags}), tags), span=True
            )
            self.box = ui.element("div").classes("span attr-box")
        await self.show_attributes(self.product.category_id if self.product else None)

    def parts(self) -> catalogue.ProductParts:
        """What is typed now."""
        return catalogue.ProductParts(
            tags=tuple(self.tags.value or ()),
            dimension_value_ids=tuple(value for select in self.dimensions for value in select.value or ()),
            attributes={key: _raw(element.value) for key, element in self.attributes.items()},
        )

    async def show_attributes(self, category_id: int | None) -> None:
        """Draw the template of a category; values already given to other attributes stay below it."""
        template = await read(catalogue.template_of, category_id)
        others = set(self.stored) - {entry.attribute.id for entry in template}
        extra = await read(_attributes, self.ctx, others)
        if self.box is None or self.box.is_deleted:
            return
        typed = {key: _raw(element.value) for key, element in self.attributes.items()}
        self.stored |= {key: value for key, value in typed.items() if value}
        entries = [(entry.attribute, entry.is_required) for entry in template] + [
            (row, False) for row in extra
        ]
        entries.sort(
            key=lambda entry: (
                not entry[1],
                entry[0].id not in self.stored,
                entry[0].kind is AttributeKind.TEXT,
            )
        )
        self.attributes.clear()
        self.box.clear()
        with self.box:
            html(self.ctx.t(ATTRIBUTES)).classes("lb")
            if not entries:
                html(self.ctx.t(NO_TEMPLATE)).classes("sub")
                return
            with ui.element("div").classes("form-grid"):
                for attribute, is_required in entries[:SHORT]:
                    self._attribute(attribute, is_required)
            if len(entries) > SHORT:
                self._more(entries[SHORT:], len(entries))

    def _more(self, entries: Sequence[tuple[Attribute, bool]], count: int) -> None:
        rest = ui.element("div").classes("form-grid")

        def show() -> None:
            more.delete()
            with rest:
                for attribute, is_required in entries:
                    self._attribute(attribute, is_required)

        more = ui.button(self.ctx.t(MORE_FIELDS).format(n=count), color=None, on_click=show).classes("b-text")

    def _dimension(self, dimension: Any, values: Sequence[Any], chosen: set[int]) -> None:
        zh = self.ctx.locale == "zh"
        options = {value.id: value.name_zh if zh else value.name_en for value in values}
        label = dimension.name_zh if zh else dimension.name_en
        mine = [value.id for value in values if value.id in chosen]
        build = lambda: ui.select(options, multiple=True, value=mine).props("use-chips")  # noqa: E731
        self.dimensions.append(labelled(self.ctx, self.form, f"dimension.{dimension.id}", label, build))

    def _attribute(self, attribute: Attribute, is_required: bool) -> None:
        ctx, raw = self.ctx, self.stored.get(attribute.id, "")
        name = attribute.name_zh if ctx.locale == "zh" else attribute.name_en

        def build() -> Any:
            if attribute.kind is AttributeKind.CHOICE:
                options = {
                    choice.code: choice.zh if ctx.locale == "zh" else choice.en
                    for choice in catalogue.choices_of(attribute)
                }
                return ui.select(options, value=raw or None, clearable=True, with_input=len(options) > 10)
            if attribute.kind is AttributeKind.BOOL:
                return ui.select({"true": ctx.t(YES), "false": ctx.t(NO)}, value=raw or None, clearable=True)
            made = ui.input(value=raw).props("debounce=150 autocomplete=off")
            if attribute.kind is AttributeKind.DATE:
                made.props("type=date")
            return made.props(f'suffix="{attribute.unit}"') if attribute.unit else made

        self.attributes[attribute.id] = labelled(
            ctx, self.form, f"attribute.{attribute.id}", name, build, must=is_required
        )


def _attributes(ctx: Ctx, ids: set[int]) -> list[Attribute]:
    return list(catalogue.attributes(ctx.actor).where(Attribute.id.in_(sorted(ids)))) if ids else []


def _chips(known: list[str], chosen: list[str]) -> Any:
    made = ui.select(known, multiple=True, new_value_mode="add-unique", with_input=True, value=list(chosen))
    return made.props("use-chips hide-dropdown-icon")


def _raw(value: Any) -> str:
    return "" if value is None else str(value)
