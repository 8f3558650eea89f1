"""Brands, categories, products, variants and pictures."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from models import (
    Brand,
    Dimension,
    DimensionValue,
    PriceChange,
    Product,
    ProductDimension,
    ProductOption,
    ProductOptionValue,
    ProductStatus,
    ProductTag,
    Tag,
    Variant,
    VariantOptionValue,
)
from seed import words
from seed.media import Sitter, hang_pictures
from seed.size import SeedSize
from seed.traits import WEIGHTS, Traits, describe, plant_collections, plant_traits
from services.catalogue import gtin_check_digit
from services.core.clock import now
from services.core.db import bulk_insert, chunks, transaction


@dataclass(frozen=True, slots=True)
class Item:
    """A variant as the history sees it: what it costs, how often it sells, from which month on."""

    variant_id: int
    sku: str
    name: str
    price_minor: int
    cost_minor: int
    weight_g: int
    popularity: int
    since: float


@dataclass(slots=True)
class _Plan:
    """A product before it is written."""

    kind: str
    name: str
    name_en: str
    price: int
    axes: list[tuple[str, list[str]]]
    since: float
    came: datetime

    @property
    def count(self) -> int:
        number = 1
        for _, values in self.axes:
            number *= len(values)
        return number


def plant_goods(size: SeedSize, first: date, end: datetime, rng: Random) -> list[Item]:
    """Write the catalogue; returns the variants for the history, most popular first by weight."""
    plans = _plans(size, now(), end, rng)
    with transaction():
        ids = bulk_insert(Brand, [{"name": name} for name in words.BRANDS])
        brands = {
            kind: [made for made, makes in zip(ids, words.BRANDS.values(), strict=True) if kind in makes]
            for kind, *_ in words.KINDS
        }
        traits = plant_traits()
        products = _products(plans, brands, traits, end, rng)
        items = _variants(plans, products, rng)
        _classify(products, rng)
        _describe(plans, products, traits, first, rng)
        plant_collections()
    pairs = zip(plans, products, strict=True)
    hang_pictures([Sitter(made, plan.name, plan.kind, _colour(plan)) for plan, made in pairs])
    return items


def _plans(size: SeedSize, start: datetime, end: datetime, rng: Random) -> list[_Plan]:
    """Products whose variants add up to about `size.variants`."""
    plans = []
    left_variants = size.variants
    for number in range(size.products):
        kind, zh, en, low, high, axes = words.KINDS[number % len(words.KINDS)]
        turn = number // len(words.KINDS)
        style_zh, style_en = words.STYLES[(turn + number) % len(words.STYLES)]
        series = turn // len(words.STYLES)
        suffix = f" {series + 1} 代" if series else ""
        average = max(1, round(left_variants / (size.products - number)))
        chosen = _axes(axes, average, rng)
        price = rng.randrange(low, high + 1) * 100 - rng.choice((0, 10, 100))
        since = 0.0 if number % 5 != 4 else rng.random() * 0.8
        plan = _Plan(
            kind,
            f"{style_zh}{zh}{suffix}",
            f"{style_en} {_titled(en)}{suffix and f' {series + 1}'}",
            price,
            chosen,
            since,
            start + (end - start) * since if since else start - timedelta(minutes=rng.randrange(600_000)),
        )
        left_variants -= plan.count
        plans.append(plan)
    return plans


def _titled(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in name.split())


def _axes(names: tuple[str, ...], wanted: int, rng: Random) -> list[tuple[str, list[str]]]:
    axes: list[tuple[str, list[str]]] = []
    left = max(1, wanted + rng.choice((-1, 0, 0, 1)))
    for name in names:
        values = words.AXES[name]
        take = min(len(values), max(1, left if name == names[-1] else rng.choice((1, 2, 2, 3))))
        if take > 1 or name == words.COLOUR:
            start = rng.randrange(len(values))
            axes.append((name, [values[(start + step) % len(values)] for step in range(take)]))
            left = max(1, left // take)
    return axes


def _products(
    plans: list[_Plan], brands: dict[str, list[int]], traits: Traits, end: datetime, rng: Random
) -> list[int]:
    rows = []
    for number, plan in enumerate(plans, 1):
        touched = plan.came + (end - plan.came) * rng.random()
        row = {
            "code": f"QH{number:05d}",
            "name": plan.name,
            "name_en": plan.name_en,
            "model_number": f"{plan.kind.upper()[:3]}-{rng.randrange(100, 999)}",
            "brand_id": rng.choice(brands[plan.kind]),
            "category_id": traits.category_by_kind[plan.kind],
            "status": _status(number),
            "archived_at": touched if _status(number) is ProductStatus.ARCHIVED else None,
            "created_at": plan.came,
            "updated_at": touched,
        }
        rows.append(row)
    return [made for part in chunks(rows, 2_000) for made in bulk_insert(Product, part)]


def _status(number: int) -> ProductStatus:
    """Every fortieth product is still being prepared, every sixtieth is past; neither sells."""
    if number % 40 == 39:
        return ProductStatus.DRAFT
    return ProductStatus.ARCHIVED if number % 60 == 50 else ProductStatus.ACTIVE


def _describe(plans: list[_Plan], products: list[int], traits: Traits, first: date, rng: Random) -> None:
    """Attributes, and a description that names the material."""
    kinds = [(product_id, plan.kind) for product_id, plan in zip(products, plans, strict=True)]
    for product_id, plan, material in zip(products, plans, describe(traits, kinds, first, rng), strict=True):
        sentence = rng.choice(words.SENTENCES)
        text = f"{plan.name}，{material}制。{sentence}"
        Product.update(description=text).where(Product.id == product_id).execute()


def _variants(plans: list[_Plan], products: list[int], rng: Random) -> list[Item]:
    rows, options, items = [], [], []
    for number, (plan, product_id) in enumerate(zip(plans, products, strict=True), 1):
        options.append((product_id, plan.axes))
        sells = _status(number) is ProductStatus.ACTIVE
        popularity = int(2_000 / (1 + number % 97)) + rng.randrange(20, 90) if sells else 0
        for position, values in enumerate(_combinations(plan.axes)):
            price = plan.price + 2_000 * position * (words.SIZE in (name for name, _ in plan.axes)) // 3
            cost = price * rng.randrange(34, 52) // 100
            sku = f"QH{number:05d}-{position + 1:02d}"
            body = f"69{number % 10_000_000:07d}{position % 1000:03d}"
            rows.append(
                {
                    "product_id": product_id,
                    "sku": sku,
                    "barcode": body + str(gtin_check_digit(body)),
                    "title": " / ".join(values),
                    "price_minor": price,
                    "compare_at_minor": price * 12 // 10 if number % 4 == 0 else None,
                    "cost_minor": cost,
                    "weight_g": rng.randrange(*WEIGHTS[plan.kind]) // 10 * 10,
                    "low_stock_at": rng.choice((3, 5, 5, 8, 10)),
                    "position": position,
                    "created_at": plan.came,
                    "updated_at": plan.came,
                }
            )
            items.append(
                (
                    sku,
                    plan.name,
                    price,
                    cost,
                    rows[-1]["weight_g"],
                    popularity // (1 + position),
                    plan.since,
                )
            )
    ids = [made for part in chunks(rows, 2_000) for made in bulk_insert(Variant, part)]
    _write_options(options, ids)
    _price_ranges(products, rows)
    _price_history(ids, rows)
    return [Item(variant_id, *item) for variant_id, item in zip(ids, items, strict=True)]


def _combinations(axes: list[tuple[str, list[str]]]) -> list[tuple[str, ...]]:
    made: list[tuple[str, ...]] = [()]
    for _, values in axes:
        made = [(*head, value) for head in made for value in values]
    return made


def _write_options(options: list[tuple[int, list[tuple[str, list[str]]]]], variant_ids: list[int]) -> None:
    axis_rows = [
        {"product_id": product_id, "name": name, "position": position}
        for product_id, axes in options
        for position, (name, _) in enumerate(axes)
    ]
    axis_ids = iter(bulk_insert(ProductOption, axis_rows))
    value_rows, shapes = [], []
    for _, axes in options:
        shape = []
        for _, values in axes:
            axis_id = next(axis_ids)
            shape.append([len(value_rows) + offset for offset in range(len(values))])
            value_rows += [
                {"option_id": axis_id, "value": value, "position": place}
                for place, value in enumerate(values)
            ]
        shapes.append(shape)
    value_ids = bulk_insert(ProductOptionValue, value_rows)
    links, variants = [], iter(variant_ids)
    for shape in shapes:
        places: list[tuple[int, ...]] = [()]
        for axis in shape:
            places = [(*head, index) for head in places for index in axis]
        for combination in places:
            variant_id = next(variants)
            links += [{"variant_id": variant_id, "value_id": value_ids[index]} for index in combination]
    bulk_insert(VariantOptionValue, links, ids=False)


def _price_ranges(products: list[int], rows: list[dict]) -> None:
    prices: dict[int, list[int]] = {product_id: [] for product_id in products}
    for row in rows:
        prices[row["product_id"]].append(row["price_minor"])
    for product_id, found in prices.items():
        values = {"price_min_minor": min(found), "price_max_minor": max(found), "variant_count": len(found)}
        Product.update(values).where(Product.id == product_id).execute()


def _price_history(ids: list[int], rows: list[dict]) -> None:
    changes = [
        {
            "variant_id": variant_id,
            "field": "price_minor",
            "before_minor": None,
            "after_minor": row["price_minor"],
            "actor_name": "陈青禾",
            "reason": "上架",
            "at": row["created_at"],
        }
        for variant_id, row in zip(ids, rows, strict=True)
    ]
    bulk_insert(PriceChange, changes, ids=False)


def _classify(products: list[int], rng: Random) -> None:
    tags = bulk_insert(Tag, [{"name": name} for name in words.TAGS])
    bulk_insert(
        ProductTag,
        [
            {"product_id": product_id, "tag_id": tag_id}
            for product_id in products
            for tag_id in sorted(rng.sample(tags, rng.choices((0, 1, 2), (35, 45, 20))[0]))
        ],
        ids=False,
    )
    for code, zh, en, values in (
        ("purpose", "用途", "Purpose", words.PURPOSES),
        ("season", "季节", "Season", words.SEASONS),
    ):
        (dimension_id,) = bulk_insert(Dimension, [{"code": code, "name_zh": zh, "name_en": en}])
        value_ids = bulk_insert(
            DimensionValue,
            [
                {"dimension_id": dimension_id, "name_zh": value.zh, "name_en": value.en, "position": position}
                for position, value in enumerate(values)
            ],
        )
        rows = [{"product_id": product_id, "value_id": rng.choice(value_ids)} for product_id in products]
        bulk_insert(ProductDimension, rows, ids=False)


def _colour(plan: _Plan) -> str:
    return next((values[0] for name, values in plan.axes if name == words.COLOUR), "")
