"""A new product: fields, classification, options and the first price in one form, saved in one call."""

from nicegui import ui

from models import Product, Text, Variant
from services import catalogue
from services.core.db import write
from services.core.permissions import Actor, P
from ui_pages.kit import Ctx, Draft, card, draft, field, html, page_title
from ui_pages.pages.product_detail import follow_category, product_form
from ui_pages.pages.product_form import PartInputs
from ui_pages.pages.product_options import OPTIONS, OptionInputs
from ui_pages.pages.products import NEW, TITLE
from ui_pages.registry import Page

CREATE, CREATED = Text("建立商品", "Create the product"), Text("已建立为草稿", "Created as a draft")
FIRST = Text("价格与重量", "Price and weight")
FIRST_HINT = Text("用于所有规格,之后可逐个修改", "For all variants; change them one by one later")
AUTO_CODE = Text("留空自动编号", "Left empty, a number is given")
FIGURES = (Variant.price_minor, Variant.compare_at_minor, Variant.cost_minor, Variant.weight_g)
SINGLE = (Variant.sku, Variant.barcode)


async def build(ctx: Ctx) -> None:
    """One form in one column."""
    with page_title(ctx, NEW, crumbs=[(TITLE, "/products"), (NEW, "")]):
        pass
    figures = [
        column
        for column in FIGURES
        if column is Variant.weight_g
        or (
            ctx.can(P.CATALOGUE_PRICE) and (column is not Variant.cost_minor or ctx.can(P.CATALOGUE_SEE_COST))
        )
    ]
    first = draft(None, [*figures, *SINGLE], model=Variant)
    with ui.element("div").classes("narrow"), card():
        form = product_form(
            ctx, None, None, lambda row: ctx.go(f"/products/{row.code}"), label=CREATE, done=CREATED
        )
        parts = PartInputs(ctx, form, None)
        await parts.build()
        follow_category(form, parts)
        with form.grid:
            html(ctx.t(OPTIONS)).classes("span sect")
            with ui.element("div").classes("span"):
                options = OptionInputs(ctx, [], lambda: changed())
            html(ctx.t(FIRST)).classes("span sect")
            html(ctx.t(FIRST_HINT)).classes("span sub")
            for column in (*figures, *SINGLE):
                form.bound[column.name] = field(ctx, first, column, required=False)

        def changed() -> None:
            """SKU and barcode belong to one variant: with options they are given later, in the grid."""
            form.mark_dirty()
            for column in SINGLE:
                form.bound[column.name].box.set_visibility(not options.options())

        form.bound["code"].element.props["placeholder"] = ctx.t(AUTO_CODE)

        async def save(edited: Draft, actor: Actor) -> Product:
            values, money = edited.values(), first.values()
            single = {} if options.options() else {name: money[name] or "" for name in ("sku", "barcode")}
            given = catalogue.ProductInput(
                name=values["name"] or "",
                name_en=values["name_en"] or "",
                code=values["code"] or "",
                model_number=values["model_number"] or "",
                brand_id=values["brand"],
                category_id=values["category"],
                description=values["description"] or "",
                options=options.options(),
                model_variant=catalogue.VariantInput(
                    **single,
                    price_minor=money.get("price_minor") or 0,
                    compare_at_minor=money.get("compare_at_minor"),
                    cost_minor=money.get("cost_minor") or 0,
                    weight_g=money["weight_g"] or 0,
                ),
                parts=parts.parts(),
            )
            return await write(catalogue.create_product, given, actor=actor)

        form.save = save


PAGE = Page(
    path="/products/new",
    title=NEW,
    permission=P.CATALOGUE_EDIT,
    group="catalogue",
    nav=False,
    build=build,
)
