"""Products from a file: one row a product, or several rows under one handle (a row a variant), as shops export them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

from peewee import IntegrityError, fn

from models import Brand, Category, ExternalRef, Product, Text, Variant
from services.catalogue.brands import create_brand
from services.catalogue.matrix import matrix_of
from services.catalogue.products import activate_product, archive_product, create_product, edit_product
from services.catalogue.types import OptionInput, ProductInput, ProductParts, VariantInput
from services.catalogue.variants import edit_variant
from services.core.db import savepoint
from services.core.errors import MoveRefused
from services.core.import_rows import BadRow, Document, FileRow, RowWork, changed
from services.core.importing import (
    Importer,
    ImportField,
    ImportJob,
    ImportSetting,
    Outcome,
    register_importer,
    register_remover,
)
from services.core.options import CURRENCIES, base_currency
from services.core.parsing import Unread, clean_id, clean_text, read_decimal, read_minor
from services.core.permissions import Permission
from services.core.text import Said

DEFAULT_TITLE = "Default Title"
YES = frozenset({"true", "yes", "1", "是", "上架", "active", "在售"})
BREAKS = re.compile(r"<\s*(br|/p|/li|/div|/h\d)[^>]*>", re.IGNORECASE)
TAGS = re.compile(r"<[^>]*>")
NO_NAME = Text("没有品名", "It has no name")
NO_VARIANT = Text("没有规格行", "It has no row with a variant")
NO_PLACE = Text(
    "已有商品没有规格「{title}」,请先在商品里添加", "The product has no variant “{title}”; add it there first"
)
NOT_GRAMS = Text("“{value}”不是重量", "“{value}” is no weight")
IN_LEDGER = Text("库存流水或单据引用了它,已归档", "The ledger or a document names it, so it is archived")
SPELLED = re.compile(r"option(\d)")


@dataclass(slots=True)
class FileVariant:
    """A variant as its row describes it."""

    values: tuple[str, ...]
    sku: str
    barcode: str
    money: dict[str, int]
    weight_g: int | None


@dataclass(slots=True)
class FileProduct:
    """A product as its rows describe it."""

    code: str
    fields: dict[str, str]
    brand: str = ""
    tags: tuple[str, ...] | None = None
    category_id: int | None = None
    is_published: bool = False
    options: tuple[str, ...] = ()
    variants: list[FileVariant] = field(default_factory=list)
    known: Product | None = None


class ProductWork(RowWork):
    """One file of products."""

    key_field = "code"

    def understand(self, rows: Sequence[FileRow]) -> Document:
        """The product that the rows describe."""
        first = rows[0].cells
        given = FileProduct(clean_id(self.cell(first, "code")), self._fields(first))
        given.brand = clean_text(self.cell(first, "brand"), 80)
        self._classify(given, first)
        given.is_published = self.cell(first, "published").casefold() in YES
        given.options = self._options(first)
        for row in rows:
            try:
                self._add_variant(given, row.cells)
            except Unread as unread:
                raise BadRow(unread.said, row.number) from None
        if not given.variants:
            raise Unread(Said(NO_VARIANT))
        self.once(given.code or given.variants[0].sku or f"#{rows[0].number}", rows[0].number)
        given.known = self._known(given)
        if given.known is None and not given.fields.get("name"):
            raise Unread(Said(NO_NAME))
        outcome = Outcome.NEW if given.known is None else self._outcome(given, given.known)
        return Document(outcome, given)

    def store(self, document: Document, rows: Sequence[FileRow]) -> None:
        """Create the product, or bring it to what the file says."""
        given: FileProduct = document.values
        if given.known is not None:
            self._update(given, given.known)
            return
        product = create_product(self._input(given), actor=self.job.actor)
        name = given.code or given.variants[0].sku or f"{self.job.number}:{rows[0].number}"
        self.job.remember("product", {name: product.id})
        if given.is_published:
            try:
                with savepoint():
                    activate_product(product.id, actor=self.job.actor)
            except MoveRefused:
                pass  # stays a draft until a price and the required attributes are there

    # ── reading ──────────────────────────────────────────────────────────────

    def _fields(self, cells: Sequence[str]) -> dict[str, str]:
        found = {
            "name": clean_text(self.cell(cells, "name"), 200),
            "name_en": clean_text(self.cell(cells, "name_en"), 200),
            "model_number": clean_text(self.cell(cells, "model_number"), 80),
            "description": plain_text(self.cell(cells, "description"))[:20_000],
        }
        return {key: value for key, value in found.items() if value}

    def _classify(self, given: FileProduct, cells: Sequence[str]) -> None:
        """Category by code or name; a type that is no category of ours becomes a tag, so nothing is lost."""
        words = re.split(r"[,，;；]", self.cell(cells, "tags"))
        tags = [clean_text(word, 40) for word in words if word.strip()]
        named = clean_text(self.cell(cells, "category"), 120)
        if named:
            last = named.split(">")[-1].strip()
            either = (
                (Category.code == named)
                | (Category.name_zh == last)
                | (fn.LOWER(Category.name_en) == last.lower())
            )
            found = Category.select().where(either).order_by(Category.id).first()
            given.category_id = found.id if found else None
            tags += [] if found else [last[:40]]
        given.tags = tuple(dict.fromkeys(tags)) if tags else None

    def _options(self, cells: Sequence[str]) -> tuple[str, ...]:
        names = []
        for number in (1, 2, 3):
            name, value = self.cell(cells, f"option{number}_name"), self.cell(cells, f"option{number}_value")
            if value and value != DEFAULT_TITLE:
                place = self.job.columns.get(f"option{number}_value", 0)
                names.append(clean_text(name or self.job.shape.header[place], 40))
        return tuple(names)

    def _add_variant(self, given: FileProduct, cells: Sequence[str]) -> None:
        values = tuple(
            clean_text(self.cell(cells, f"option{n}_value"), 60) for n in range(1, len(given.options) + 1)
        )
        if given.options and not all(values):
            if not self.cell(cells, "price") and not any(values):
                return  # a row that only adds a picture
            raise Unread(Said(Text("缺少规格值", "An option value is missing")))
        if not given.options and given.variants:
            return
        currency = self.job.settings["currency"]
        money = {}
        for key in ("price_minor", "compare_at_minor", "cost_minor"):
            raw = self.cell(cells, key.removesuffix("_minor"))
            if raw:
                money[key] = read_minor(raw, currency)
        weight = self.cell(cells, "weight_g")
        grams = int(read_decimal(weight)) if weight else None
        sku, barcode = clean_id(self.cell(cells, "sku")), clean_id(self.cell(cells, "barcode"))
        given.variants.append(FileVariant(values, sku, barcode, money, grams or None))

    # ── comparing ────────────────────────────────────────────────────────────

    def _known(self, given: FileProduct) -> Product | None:
        """By the handle it came under, by its code, or by the first SKU."""
        ids = self.job.known("product", [given.code]) if given.code else {}
        if ids:
            return Product.get_or_none(Product.id == next(iter(ids.values())))
        found = Product.get_or_none(Product.code == given.code) if given.code else None
        sku = given.variants[0].sku
        if found is None and sku:
            found = Product.select().join(Variant).where(fn.UPPER(Variant.sku) == sku.upper()).first()
        return found

    def _outcome(self, given: FileProduct, product: Product) -> Outcome:
        differs = changed(product.__data__, given.fields) or any(
            changes for _, changes in self._variant_changes(given, product)
        )
        return Outcome.UPDATE if differs else Outcome.UNCHANGED

    def _variant_changes(self, given: FileProduct, product: Product) -> list[tuple[Variant, dict[str, Any]]]:
        matrix = matrix_of(product.id)
        places = {
            place: row for row in matrix.variants if (place := matrix.place_by_variant[row.id]) is not None
        }
        skus = {row.sku.upper(): row for row in matrix.variants}
        pairs = []
        for wanted in given.variants:
            row = skus.get(wanted.sku.upper()) if wanted.sku else places.get(wanted.values)
            if row is None:
                raise Unread(Said(NO_PLACE, title=" / ".join(wanted.values) or wanted.sku))
            values: dict[str, Any] = dict(wanted.money)
            values |= {"barcode": wanted.barcode} if wanted.barcode else {}
            values |= {"weight_g": wanted.weight_g} if wanted.weight_g else {}
            pairs.append((row, changed(row.__data__, values)))
        return pairs

    # ── writing ──────────────────────────────────────────────────────────────

    def _input(self, given: FileProduct) -> ProductInput:
        options = tuple(
            OptionInput(
                name=name, values=tuple(dict.fromkeys(variant.values[place] for variant in given.variants))
            )
            for place, name in enumerate(given.options)
        )
        variants = tuple(
            VariantInput(
                values=variant.values,
                sku=variant.sku,
                barcode=variant.barcode,
                weight_g=variant.weight_g or 0,
                **{"price_minor": 0, **variant.money},  # type: ignore[arg-type]
            )
            for variant in given.variants
        )
        return ProductInput(
            code=given.code if len(given.code) <= 40 else "",
            brand_id=self._brand_id(given.brand),
            category_id=given.category_id,
            options=options,
            variants=variants,
            parts=ProductParts(tags=given.tags),
            **given.fields,  # type: ignore[arg-type]
        )

    def _brand_id(self, name: str) -> int | None:
        if not name:
            return None
        found = Brand.get_or_none(fn.LOWER(Brand.name) == name.lower())
        return int((found or create_brand(name, actor=self.job.actor)).id)

    def _update(self, given: FileProduct, product: Product) -> None:
        actor, reason = self.job.actor, f"import {self.job.number}"
        fields = changed(product.__data__, given.fields)
        if fields:
            edit_product(product.id, product.version, fields, actor=actor)
        for row, changes in self._variant_changes(given, product):
            if changes:
                edit_variant(row.id, row.version, changes, reason=reason, actor=actor)


def plain_text(html: str) -> str:
    """The words of a piece of HTML, a line a paragraph; nothing of it is ever shown as HTML."""
    text = unescape(TAGS.sub("", BREAKS.sub("\n", html))) if "<" in html else html
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# ── taking back ──────────────────────────────────────────────────────────────────────────────────────────────


def remove_products(refs: Sequence[ExternalRef], job: ImportJob) -> dict[int, Said]:
    """Delete products with their variants; one that the ledger or a document names is archived and told."""
    return {ref.id: said for ref in refs if (said := _remove(ref.row_id, job))}


def remove_variants(refs: Sequence[ExternalRef], job: ImportJob) -> dict[int, Said]:
    """The same for products that an import of orders made, named by their only variant."""
    products = dict(
        Variant.select(Variant.id, Variant.product).where(Variant.id.in_([r.row_id for r in refs])).tuples()
    )
    return {ref.id: said for ref in refs if (said := _remove(products.get(ref.row_id), job))}


def _remove(product_id: int | None, job: ImportJob) -> Said | None:
    product = Product.get_or_none(Product.id == product_id)
    if product is None:
        return None
    try:
        with savepoint():
            Variant.delete().where(Variant.product == product_id).execute()
            Product.delete().where(Product.id == product_id).execute()
        return None
    except IntegrityError:
        pass
    if product.archived_at is None:
        rights = job.actor.permissions | {Permission.CATALOGUE_ARCHIVE}
        archive_product(product.id, actor=replace(job.actor, permissions=rights, request_id=""))
    job.state["archived"] = job.state.get("archived", 0) + 1
    return None


register_remover("product", remove_products)
register_remover("variant", remove_variants)


def _field(
    key: str, zh: str, en: str, *synonyms: str, looks: str = "", required: bool = False
) -> ImportField:
    return ImportField(key=key, text=Text(zh, en), synonyms=synonyms, looks=looks, required=required)


register_importer(
    Importer(
        kind="products",
        text=Text("商品", "Products"),
        hint=Text(
            "一行一个商品,或同一货号下一行一个规格", "A row a product, or a row a variant under one handle"
        ),
        permission=Permission.CATALOGUE_EDIT,
        order=10,
        fields=(
            _field("code", "货号", "Product code", "Handle", "商品编码", "商品货号", "款号", "Code"),
            _field(
                "name",
                "品名",
                "Product name",
                "Title",
                "商品名称",
                "名称",
                "宝贝标题",
                "商品标题",
                "Name",
                looks="words",
                required=True,
            ),
            _field("name_en", "英文品名", "English name", "英文名", "Name (English)"),
            _field("description", "描述", "Description", "Body (HTML)", "Body HTML", "商品描述", "详情"),
            _field("model_number", "型号", "Model number", "Google Shopping / MPN", "MPN", "Model"),
            _field("brand", "品牌", "Brand", "Vendor", "厂商"),
            _field("category", "类目", "Category", "Type", "Product Category", "分类", "商品类目"),
            _field("tags", "标签", "Tags", "Tag"),
            _field("published", "上架", "Published", "Status", "状态", "是否上架"),
            _field("option1_name", "规格名1", "Option1 Name"),
            _field(
                "option1_value", "规格值1", "Option1 Value", "规格", "颜色", "Color", "Colour", "Size", "尺码"
            ),
            _field("option2_name", "规格名2", "Option2 Name"),
            _field("option2_value", "规格值2", "Option2 Value"),
            _field("option3_name", "规格名3", "Option3 Name"),
            _field("option3_value", "规格值3", "Option3 Value"),
            _field("sku", "SKU", "SKU", "Variant SKU", "规格编码", "商家编码", "StockCode"),
            _field("barcode", "条码", "Barcode", "Variant Barcode", "EAN", "GTIN", "商品条码", "69码"),
            _field(
                "price",
                "售价",
                "Price",
                "Variant Price",
                "价格",
                "单价",
                "销售价",
                looks="amount",
                required=True,
            ),
            _field("compare_at", "划线价", "Compare-at price", "Variant Compare At Price", "原价", "市场价"),
            _field("cost", "成本", "Cost", "Cost per item", "Variant Cost", "进价", "成本价"),
            _field("weight_g", "重量(克)", "Weight (g)", "Variant Grams", "重量", "克重"),
        ),
        open=ProductWork,
        settings=(
            ImportSetting(
                key="currency",
                text=Text("币种", "Currency"),
                default=base_currency,
                choices=lambda: [(code, code) for code in CURRENCIES],
            ),
        ),
        undo_order=("product",),
    )
)
