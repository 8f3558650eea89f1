"""Products: the list, with bulk actions; the way to a new product, to the bulk grid and to one product."""

from dataclasses import replace
from functools import partial
from typing import Any

from nicegui import ui

from models import Brand, Category, Product, ProductStatus, Text
from services import catalogue
from services.core.db import read
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import Bulk, Ctx, Empty, action_button, button, data_table, dialog_foot, page_title, window
from ui_pages.kit.palette import Action, Hit, actions, search_providers
from ui_pages.registry import Page

TITLE = Text("商品", "Products")
NEW = Text("新建商品", "New product")
GRID = Text("批量编辑", "Bulk edit")
PRICE_FROM = Text("售价起", "Price from")
CATEGORY = Text("类目", "Category")
TAGS = Text("标签", "Tags")
TAG, UNTAG = Text("加标签", "Add tags"), Text("去标签", "Remove tags")
TAG_HINT = Text("输入后回车,可多个", "Type and press Enter; several are fine")
ACTIVATE, WITHDRAW = Text("上架", "Put on sale"), Text("下架", "Take off sale")
ARCHIVE, RESTORE = Text("归档", "Archive"), Text("恢复", "Restore")
APPLY = Text("确定", "Apply")
EMPTY = Empty(
    Text("还没有商品", "No products yet"),
    Text("新建第一件商品,或从表格导入", "Add the first product, or import a sheet"),
    NEW,
    "/products/new",
)


def _living() -> Any:
    return Product.archived_at.is_null()


def brand_choices(actor: Actor) -> list[tuple[int, str]]:
    """The brands, by name."""
    return [(row.id, row.name) for row in catalogue.brands(actor).order_by(Brand.name)]


LISTING = Listing(
    key="products",
    title=TITLE,
    base=catalogue.products,
    columns=(
        Column(Product.cover, name="cover", kind="thumb", sortable=False),
        Column(Product.code, kind="link"),
        Column(Product.name),
        Column(Product.name_en, hidden=True, sortable=False),
        Column(Product.model_number, hidden=True),
        Column(Brand.name, via=Product.brand, name="brand", label=Product.brand.verbose_name, sortable=False),
        Column(Category.name_zh, via=Product.category, name="category", label=CATEGORY, sortable=False),
        Column(
            Category.name_en,
            via=Product.category,
            name="category_en",
            label=Text("类目(英文)", "Category (English)"),
            hidden=True,
            sortable=False,
        ),
        Column(Product.status, sortable=False),
        Column(Product.variant_count, kind="int", sortable=False),
        Column(Product.price_min_minor, label=PRICE_FROM),
        Column(Product.price_max_minor, hidden=True, sortable=False),
        Column(catalogue.TAGS_HELD, name="tags", label=TAGS, kind="tags", sortable=False, hidden=True),
        Column(Product.created_at, hidden=True, sortable=False),
        Column(Product.updated_at),
    ),
    row_id=Product.id,
    permission=P.CATALOGUE_VIEW,
    facets=(
        Facet(catalogue.IN_CATEGORY, CATEGORY, "category", catalogue.category_choices),
        Facet(Product.brand, choices=brand_choices),
        Facet(catalogue.TAGGED, TAGS, "tag", catalogue.tag_choices),
        Facet(
            catalogue.IN_DIMENSION,
            Text("分类维度", "Classification"),
            "dimension",
            catalogue.dimension_choices,
        ),
        Facet(catalogue.WITH_ATTRIBUTE, Text("属性", "Attribute"), "attribute", catalogue.attribute_choices),
    ),
    ranges=("price_min_minor", "created_at", "updated_at"),
    views=(
        View("all", Text("全部", "All"), _living),
        View("active", Text("在售", "Active"), lambda: Product.status == ProductStatus.ACTIVE),
        View("draft", Text("草稿", "Drafts"), lambda: Product.status == ProductStatus.DRAFT),
        View("bare", Text("缺图片", "No picture"), lambda: _living() & Product.cover.is_null()),
        View("unpriced", Text("未定价", "No price"), lambda: _living() & (Product.price_min_minor == 0)),
        View("archived", Text("已归档", "Archived"), lambda: Product.status == ProductStatus.ARCHIVED),
    ),
    search=catalogue.search_condition,
    default_sort="-updated_at",
    topic="product",
)


def in_language(listing: Listing, locale: str) -> Listing:
    """The listing with the category's name in the reader's language in front."""
    hidden = {"category": locale != "zh", "category_en": locale == "zh"}
    label = {"category": CATEGORY, "category_en": CATEGORY}
    columns = tuple(
        replace(
            column,
            is_hidden=hidden[column.name],
            label=column.label if hidden[column.name] else label[column.name],
        )
        if column.name in hidden
        else column
        for column in listing.columns
    )
    return replace(listing, columns=columns)


def cover_url(file_id: int | None) -> str | None:
    """Where the browser finds a product's picture."""
    return f"/media/{file_id}" if file_id else None


async def build_list(ctx: Ctx) -> None:
    """All products."""
    with page_title(ctx, TITLE):
        button(ctx, GRID, icon="table-2", href="/products/grid")
        action_button(
            ctx,
            NEW,
            catalogue.create_product,
            lambda _actor: ctx.go("/products/new"),
            kind="primary",
            icon="plus",
        )
    await data_table(
        ctx,
        in_language(LISTING, ctx.locale),
        row_href="/products/{code}",
        bulk=[
            _move(catalogue.activate_product, ACTIVATE, "check", "activate", catalogue.withdraw_product),
            _move(catalogue.withdraw_product, WITHDRAW, "ban", "withdraw", catalogue.activate_product),
            Bulk(catalogue.tag_product, TAG, icon="tag", ask=lambda ctx: _ask_tags(ctx, TAG, "add")),
            Bulk(catalogue.tag_product, UNTAG, icon="tags", ask=lambda ctx: _ask_tags(ctx, UNTAG, "remove")),
            _move(catalogue.archive_product, ARCHIVE, "archive", "archive", catalogue.restore_product),
            _move(catalogue.restore_product, RESTORE, "archive-restore", "restore", None),
        ],
        show={"cover": cover_url},
        empty=EMPTY,
    )


def _move(verb: Any, label: Text, icon: str, move: str, undo: Any) -> Bulk:
    return Bulk(verb, label, icon=icon, check=partial(_why_not, move), undo=undo)


def _why_not(move: str, ids: list[int], actor: Actor) -> dict[int, Said]:
    return catalogue.why_not_each(ids, move, actor)


async def _ask_tags(ctx: Ctx, title: Text, which: str) -> dict[str, Any] | None:
    known = await read(catalogue.tags, ctx.actor)
    with window(ctx, title) as dialog:
        chosen = ui.select(known, multiple=True, new_value_mode="add-unique", with_input=True)
        chosen.props(f'use-chips autofocus hint="{ctx.t(TAG_HINT)}"')
        with dialog_foot():
            button(ctx, APPLY, lambda: dialog.submit(list(chosen.value or [])), kind="primary")
    answer = await dialog
    dialog.delete()
    return {which: tuple(answer)} if answer else None


def find(term: str, actor: Actor) -> list[Hit]:
    """Products for the palette: name, code, model, SKU, barcode."""
    if not actor.can(P.CATALOGUE_VIEW):
        return []
    rows = catalogue.products(actor).where(_living(), catalogue.search_condition(term)).limit(6)
    return [Hit(row.name, f"/products/{row.code}", row.code, TITLE, "package") for row in rows]


search_providers.append(find)
actions.append(Action(NEW, "/products/new", P.CATALOGUE_EDIT, "plus", "xinjian shangpin add"))

PAGE = Page(
    path="/products",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    order=10,
    icon="package",
    keys="p",
    build=build_list,
)
