"""One product: media, form, variants as a sheet, price history; and the page for a new one."""

from typing import Any

from nicegui import ui

from models import Brand, Category, PriceChange, Product, ProductStatus, Text, Variant
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor, P
from services.core.text import Said
from ui_pages.kit import (
    Ctx,
    Draft,
    Form,
    action_button,
    card,
    draft,
    el,
    empty_state,
    facts,
    link,
    name_actions,
    name_keys,
    page_title,
    simple_table,
    timeline,
    toast,
    two_columns,
)
from ui_pages.kit.draft import initial
from ui_pages.kit.form import FormOptions
from ui_pages.pages.product_form import (
    BASE,
    PartInputs,
    category_words,
    find_brands,
    find_categories,
    held_parts,
)
from ui_pages.pages.product_media import media_gallery
from ui_pages.pages.product_variants import variant_sheet
from ui_pages.pages.products import ACTIVATE, ARCHIVE, RESTORE, TITLE, WITHDRAW
from ui_pages.registry import Page, subjects

DETAILS, MEDIA = Text("基本信息", "Details"), Text("图片与视频", "Pictures and video")
VARIANTS = Text("规格与价格", "Variants and prices")
PRICES, HISTORY = Text("价格记录", "Price history"), Text("记录", "History")
NO_CHANGES = Text("还没有改过价", "No price has changed yet")
DUPLICATE, DUPLICATED = Text("复制", "Duplicate"), Text("已复制为草稿 {code}", "Copied as draft {code}")
ARCHIVE_SURE = Text(
    "归档「{name}」?不再出售,单据保留", "Archive “{name}”? It is sold no more; documents stay"
)
LOWEST = Text("30 天最低价", "Lowest in 30 days")
RANGE = Text("价格区间", "Price range")
WHEN, WHO, WHAT = Text("时间", "When"), Text("操作者", "Who"), Text("项目", "Field")
CHANGE, WHY = Text("变化", "Change"), Text("原因", "Reason")
name_actions(
    {
        "product.create": Text("建立商品", "Product added"),
        "product.edit": Text("修改信息", "Details changed"),
        "product.classify": Text("修改分类", "Classification changed"),
        "product.matrix": Text("修改规格项", "Options changed"),
        "product.duplicate": Text("由复制得到", "Made by duplication"),
        "product.activate": Text("上架", "Put on sale"),
        "product.withdraw": Text("下架", "Taken off sale"),
        "product.archive": Text("归档", "Archived"),
        "product.restore": Text("恢复", "Restored"),
        "product.media_add": Text("添加图片/视频", "Medium added"),
        "product.media_remove": Text("移除图片/视频", "Medium removed"),
        "product.media_order": Text("调整图片顺序", "Media reordered"),
        "product.media_describe": Text("修改替代文字", "Alt text changed"),
        "product.media_poster": Text("更换视频封面", "Poster changed"),
        "variant.edit": Text("修改规格", "Variant changed"),
        "variant.archive": Text("停用规格", "Variant retired"),
        "variant.restore": Text("恢复规格", "Variant restored"),
    }
)
name_keys(
    {
        "tags": Text("标签", "Tags"),
        "attributes": Text("属性", "Attributes"),
        "dimensions": Text("分类维度", "Classification"),
        "options": Text("规格项", "Options"),
        "added": Text("新增规格", "Variants added"),
        "dropped": Text("停用规格", "Variants retired"),
        "source": Text("复制自", "Copied from"),
        "alt": Text("替代文字", "Alt text"),
        "medium": Text("图片", "Medium"),
    }
)
subjects["product"] = P.CATALOGUE_VIEW


async def build(ctx: Ctx, code: str) -> None:
    """Media, form, variants and prices at the left; figures and history at the right."""
    product = await read(catalogue.product, code, ctx.actor)
    machine_facts = await read(catalogue.product_facts, product)
    sub = " · ".join(filter(None, (code, product.name_en if ctx.locale == "en" else "")))
    with page_title(
        ctx, product.name, crumbs=[(TITLE, "/products"), (code, "")], chips=[product.status], sub=sub
    ):
        _actions(ctx, product, machine_facts)
    with two_columns() as (main, side):
        with main, card(ctx.t(MEDIA)):
            await media_gallery(ctx, product)
        with side, card():
            await _figures(ctx, product)
    with card(ctx.t(VARIANTS), pad=False, actions=True) as head:
        await variant_sheet(ctx, product, head)
    with two_columns() as (main, side):
        with main:
            with card(ctx.t(DETAILS)):
                await _form(ctx, product)
            with card(ctx.t(PRICES), pad=False):
                await _prices(ctx, product)
        with side, card(ctx.t(HISTORY)):
            await timeline(ctx, product)


def _actions(ctx: Ctx, product: Product, machine_facts: Any) -> None:
    def move(verb: Any) -> Any:
        async def run(actor: Actor) -> None:
            saved = await write(verb, product.id, actor=actor)
            ctx.go(f"/products/{saved.code}?v={saved.version}")

        return run

    async def duplicate(actor: Actor) -> None:
        copy = await write(catalogue.duplicate_product, product.id, actor=actor)
        toast(ctx, Said(DUPLICATED, code=copy.code))
        ctx.go(f"/products/{copy.code}")

    def why_not(name: str) -> list[Said]:
        return catalogue.PRODUCT.why_not(product.status, name, machine_facts)

    if product.status is ProductStatus.ARCHIVED:
        action_button(
            ctx, RESTORE, catalogue.restore_product, move(catalogue.restore_product), icon="archive-restore"
        )
        return
    action_button(
        ctx,
        ARCHIVE,
        catalogue.archive_product,
        move(catalogue.archive_product),
        kind="text",
        icon="archive",
        confirm=Said(ARCHIVE_SURE, name=product.name),
    )
    action_button(ctx, DUPLICATE, catalogue.duplicate_product, duplicate, icon="copy")
    if product.status is ProductStatus.ACTIVE:
        action_button(ctx, WITHDRAW, catalogue.withdraw_product, move(catalogue.withdraw_product), icon="ban")
    else:
        run = move(catalogue.activate_product)
        action_button(
            ctx,
            ACTIVATE,
            catalogue.activate_product,
            run,
            kind="primary",
            icon="check",
            why_not=why_not("activate"),
        )


async def _form(ctx: Ctx, product: Product) -> None:
    def saved(row: Product) -> None:
        if row.code != product.code:
            ctx.go(f"/products/{row.code}")

    form = product_form(ctx, product, None, saved)
    parts = PartInputs(ctx, form, product)

    async def save(edited: Draft, actor: Actor) -> Product:
        row = await write(
            catalogue.edit_product,
            edited.id,
            edited.version,
            edited.changes(),
            parts=parts.parts(),
            actor=actor,
        )
        parts.loaded = await read(held_parts, row.id)
        return row

    form.save = save
    await parts.build()
    follow_category(form, parts)

    async def changed(ids: set[int]) -> None:
        if product.id in ids:
            await _take_over(ctx, form, parts)

    ctx.on_change("product", changed)


async def _take_over(ctx: Ctx, form: Form, parts: PartInputs) -> None:
    """Media and variants count the product's version up too: when nothing the form holds has changed, go along."""
    mine = Product.id == form.draft.id
    fresh = await read(lambda: catalogue.products(ctx.actor).select(Product).where(mine).get())
    held = await read(held_parts, fresh.id)
    known = {name: initial(Product, name, fresh) for name in form.draft.names}
    if known == form.draft.original and held == parts.loaded:
        form.draft.version = fresh.version


def product_form(ctx: Ctx, product: Product | None, save: Any, on_saved: Any, **options: Any) -> Form:
    """The form of a product's own fields; the caller adds the parts."""
    brand = product.brand.name if product and product.brand_id else ""
    category = category_words(product.category, ctx) if product and product.category_id else ""
    verb = catalogue.edit_product if product else catalogue.create_product
    form = Form(
        ctx,
        draft(product, BASE, model=Product),
        save,
        FormOptions(verb=verb, on_saved=on_saved, **options),
    )
    inputs: dict[str, dict[str, Any]] = {
        "brand": {"choices": lambda term: find_brands(term, ctx), "chosen": brand},
        "category": {"choices": lambda term: find_categories(term, ctx), "chosen": category},
        "code": {"required": False},
    }
    for column in BASE:
        form.add(column, **inputs.get(column.name, {}))
    return form


def follow_category(form: Form, parts: PartInputs) -> None:
    """Another category brings another template."""

    def changed(name: str) -> None:
        if name == "category":
            with form.root:
                ui.timer(0, lambda: parts.show_attributes(form.draft.category), once=True)

    form.draft.listeners.append(changed)


# ── figures and prices ───────────────────────────────────────────────────────────────────────────────────────


async def _figures(ctx: Ctx, product: Product) -> None:
    box = ui.element("div").classes("w-full")

    async def fill(ids: set[int]) -> None:
        if product.id not in ids:
            return
        fresh = await read(
            lambda: catalogue.products(ctx.actor).select(Product, Brand).where(Product.id == product.id).get()
        )
        line = await read(catalogue.category_line, fresh.category_id)
        lowest = await read(_lowest, ctx, product.id)
        if not box.is_deleted:
            box.clear()
            with box:
                facts(ctx, _figure_rows(ctx, fresh, list(line), lowest), wide=True)

    await fill({product.id})
    ctx.on_change("product", fill)


def _figure_rows(
    ctx: Ctx, product: Product, line: list[Category], lowest: int | None
) -> list[tuple[Text, Any]]:
    low, high = product.price_min_minor, product.price_max_minor
    words = " › ".join(category_words(row, ctx) for row in line)
    return [
        (RANGE, ctx.money(low) if low == high else f"{ctx.money(low)} – {ctx.money(high)}"),
        (LOWEST, ctx.money(lowest) if lowest is not None else None),
        (Product.variant_count.verbose_name, product.variant_count),
        (Product.category.verbose_name, link(words, f"/categories?id={line[-1].id}") if line else None),
        (Product.brand.verbose_name, product.brand.name if product.brand_id else None),
        (Product.created_at.verbose_name, product.created_at),
    ]


def _lowest(ctx: Ctx, product_id: int) -> int | None:
    living = catalogue.variants_of(product_id, ctx.actor, with_archived=False)
    return min((catalogue.lowest_price(row) for row in living), default=None)


async def _prices(ctx: Ctx, product: Product) -> None:
    box = ui.element("div").classes("w-full")

    async def fill() -> None:
        rows = await read(catalogue.price_history, product.id, ctx.actor, 30)
        if box.is_deleted:
            return
        box.clear()
        with box:
            if not rows:
                empty_state(ctx, NO_CHANGES, picture="history")
                return
            heads = [
                (WHEN, "left"),
                (Variant.sku.verbose_name, "left"),
                (WHAT, "left"),
                (CHANGE, "right"),
                (WHO, "left"),
                (WHY, "left"),
            ]
            simple_table(ctx, heads, [_price_row(ctx, row) for row in rows])

    async def changed(ids: set[int]) -> None:
        if product.id in ids:
            await fill()

    await fill()
    ctx.on_change("product", changed)


def _price_row(ctx: Ctx, row: PriceChange) -> list[Any]:
    column = Variant._meta.fields[row.field]
    old, new = row.before_minor, row.after_minor
    change = [
        el("span", f"{ctx.money(old)} → ", class_="t-mute"),
        el("span", ctx.money(new), class_="strong"),
    ]
    words = " · ".join(filter(None, (row.variant.sku, row.variant.title)))
    return [
        row.at,
        words,
        column.verbose_name,
        el("span", *change, class_="num nowrap"),
        row.actor_name,
        row.reason,
    ]


PAGE = Page(
    path="/products/{code}",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    nav=False,
    build=build,
)
