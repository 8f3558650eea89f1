"""Products and variants through the façade."""

import pytest

from models import Audit, OutboxEvent, PriceChange, Product, ProductStatus, Tag, Text, Variant
from services import catalogue
from services.catalogue import OptionInput, ProductInput, ProductParts, VariantEdit, VariantInput
from services.core.audit import history_of
from services.core.errors import Conflict, Invalid, MoveRefused, NotFound, NotPermitted
from services.core.invariants import check_all
from services.core.options import set_option

pytestmark = pytest.mark.engine
OPTIONS = (OptionInput(name="颜色", values=("米白", "墨绿")), OptionInput(name="尺码", values=("S", "M")))


def counts():
    models = (Product, Variant, PriceChange, Audit, OutboxEvent, Tag)
    return {model.__name__: model.select().count() for model in models}


def make(owner, **values):
    given = {
        "name": "亚麻抱枕",
        "options": OPTIONS,
        "model_variant": VariantInput(price_minor=9900, cost_minor=4100),
    }
    return catalogue.create_product(ProductInput(**{**given, **values}), actor=owner)


def variants(product, actor):
    return catalogue.variants_of(product.id, actor, with_archived=False)


def all_hold():
    broken = [verdict.invariant.key for verdict in check_all() if not verdict.holds]
    assert not broken


# ── creating ─────────────────────────────────────────────────────────────────


def test_a_product_gets_a_code_a_variant_per_combination_and_its_figures(owner):
    product = make(owner)
    assert (product.code, product.status, product.version) == ("P00001", ProductStatus.DRAFT, 1)
    assert (product.price_min_minor, product.price_max_minor, product.variant_count) == (9900, 9900, 4)
    made = variants(product, owner)
    assert [row.title for row in made] == ["米白 / S", "米白 / M", "墨绿 / S", "墨绿 / M"]
    assert [row.sku for row in made] == ["P00001-01", "P00001-02", "P00001-03", "P00001-04"]
    assert {row.low_stock_at for row in made} == {5}
    matrix = catalogue.matrix_of(product.id)
    assert matrix.place_by_variant[made[2].id] == ("墨绿", "S")
    all_hold()


def test_a_product_without_options_has_one_variant_that_bears_its_code(owner):
    product = make(owner, code="VASE-7", options=())
    assert [(row.sku, row.title) for row in variants(product, owner)] == [("VASE-7", "")]


def test_given_variants_fill_a_part_of_the_matrix(owner):
    given = (
        VariantInput(values=("米白", "M"), sku="A1", price_minor=100, barcode="4006381333931"),
        VariantInput(values=("墨绿", "S"), sku="A2", price_minor=300),
    )
    product = make(owner, variants=given)
    assert (product.price_min_minor, product.price_max_minor, product.variant_count) == (100, 300, 2)
    assert catalogue.find_variant("4006381333931", owner).sku == "A1"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"code": "有 空格"}, "code"),
        ({"brand_id": 99}, "brand"),
        ({"category_id": 99}, "category"),
        ({"options": (OptionInput(name="颜色", values=("红", "红")),)}, "options"),
        ({"variants": (VariantInput(values=("紫", "S")),)}, "options"),
        ({"variants": (VariantInput(values=("米白", "S")),) * 2}, "options"),
        ({"variants": (VariantInput(values=("米白", "S"), barcode="123"),)}, "barcode"),
        ({"variants": (VariantInput(values=("米白", "S"), sku="a b"),)}, "sku"),
        ({"variants": (VariantInput(values=("米白", "S"), price_minor=-1),)}, "variants.0.price_minor"),
        ({"model_variant": VariantInput(sku="ONE")}, "sku"),
        ({"model_variant": VariantInput(barcode="4006381333931")}, "barcode"),
        ({"parts": ProductParts(tags=("x" * 41,))}, "tags"),
        ({"parts": ProductParts(attributes={77: "x"})}, "attribute.77"),
        ({"parts": ProductParts(dimension_value_ids=(77,))}, "dimensions"),
    ],
)
def test_a_product_that_does_not_fit_is_refused_and_nothing_is_written(owner, values, field):
    before = counts()
    with pytest.raises(Invalid) as refusal:
        make(owner, **values)
    assert field in refusal.value.fields
    assert counts() == before


def test_a_taken_code_or_sku_or_barcode_names_its_owner(owner):
    one = VariantInput(sku="MUG-1", barcode="4006381333931")
    make(owner, code="MUG", name="陶瓷马克杯", options=(), model_variant=one)
    before = counts()
    for values in (
        {"code": "MUG"},
        {"options": (), "model_variant": VariantInput(sku="MUG-1")},
        {"options": (), "model_variant": VariantInput(barcode="4006381333931")},
    ):
        with pytest.raises(Conflict) as refusal:
            make(owner, **values)
        assert "陶瓷马克杯" in refusal.value.said.render("zh")
    assert counts() == before


def test_roles_without_the_right_create_nothing(owner, actor_of):
    before = counts()
    for role in ("warehouse", "agent", "analyst", "auditor"):
        with pytest.raises(NotPermitted):
            make(actor_of(role))
    with pytest.raises(NotPermitted):
        make(actor_of("marketing"))
    assert counts() == before
    assert make(actor_of("marketing"), model_variant=VariantInput(price_minor=100)).price_max_minor == 100


# ── editing ──────────────────────────────────────────────────────────────────


def test_fields_and_classification_are_saved_in_one_call(owner):
    product = make(owner)
    brand = catalogue.create_brand("木作", actor=owner)
    parts = ProductParts(tags=("新品", "夏季"))
    saved = catalogue.edit_product(
        product.id, 1, {"name": "棉麻抱枕", "brand_id": brand.id}, parts=parts, actor=owner
    )
    assert (saved.name, saved.brand_id, saved.version) == ("棉麻抱枕", brand.id, 2)
    assert catalogue.tags_of(product.id) == ["夏季", "新品"]
    assert [row.action for row in history_of(product)] == [
        "product.classify",
        "product.edit",
        "product.create",
    ]
    again = catalogue.edit_product(product.id, 2, {"name": "棉麻抱枕"}, parts=parts, actor=owner)
    assert again.version == 2 and history_of(product).count() == 3
    only_parts = catalogue.edit_product(product.id, 2, {}, parts=ProductParts(tags=()), actor=owner)
    assert only_parts.version == 3 and catalogue.tags_of(product.id) == []


def test_an_old_version_conflicts_and_changes_nothing(owner):
    product = make(owner)
    catalogue.edit_product(product.id, 1, {"name": "甲"}, actor=owner)
    before = counts()
    with pytest.raises(Conflict):
        catalogue.edit_product(product.id, 1, {"name": "乙"}, parts=ProductParts(tags=("x",)), actor=owner)
    with pytest.raises(Invalid):
        catalogue.edit_product(product.id, 2, {"status": "active"}, actor=owner)
    with pytest.raises(NotFound):
        catalogue.edit_product(999, 1, {"name": "丙"}, actor=owner)
    assert Product.get_by_id(product.id).name == "甲" and counts() == before


def test_a_product_goes_on_sale_only_when_everything_is_there(owner):
    product = make(owner, model_variant=VariantInput())
    with pytest.raises(MoveRefused) as refusal:
        catalogue.activate_product(product.id, actor=owner)
    assert "4" in refusal.value.said.render("zh")
    edits = [
        VariantEdit(variant_id=row.id, version=1, changes={"price_minor": 500})
        for row in variants(product, owner)
    ]
    catalogue.edit_variants(edits, actor=owner)
    assert catalogue.activate_product(product.id, actor=owner).status is ProductStatus.ACTIVE
    assert [row.sku for row in catalogue.find_variants("抱枕", owner)][:1] == ["P00001-01"]
    assert catalogue.withdraw_product(product.id, actor=owner).status is ProductStatus.DRAFT
    assert not catalogue.find_variants("抱枕", owner)


def test_archiving_and_restoring(owner, actor_of):
    product = make(owner)
    with pytest.raises(NotPermitted):
        catalogue.archive_product(product.id, actor=actor_of("marketing"))
    assert catalogue.archive_product(product.id, actor=owner).archived_at is not None
    with pytest.raises(MoveRefused):
        catalogue.archive_product(product.id, actor=owner)
    restored = catalogue.restore_product(product.id, actor=owner)
    assert (restored.status, restored.archived_at) == (ProductStatus.DRAFT, None)


def test_a_duplicate_is_a_draft_with_new_codes_and_the_same_prices(owner):
    product = make(owner, parts=ProductParts(tags=("新品",)))
    catalogue.edit_variant(
        variants(product, owner)[0].id, 1, {"barcode": "4006381333931", "price_minor": 8800}, actor=owner
    )
    copy = catalogue.duplicate_product(product.id, actor=owner)
    assert (copy.code, copy.name, copy.status) == ("P00002", "亚麻抱枕(副本)", ProductStatus.DRAFT)
    rows = variants(copy, owner)
    first = rows[0]
    assert (first.sku, first.price_minor, first.cost_minor, first.barcode) == ("P00002-01", 8800, 4100, None)
    assert [row.title for row in rows] == [row.title for row in variants(product, owner)]
    assert catalogue.tags_of(copy.id) == ["新品"]
    all_hold()


# ── matrix ───────────────────────────────────────────────────────────────────


def test_a_changed_matrix_keeps_adds_and_archives(owner):
    product = make(owner)
    kept = variants(product, owner)[0]
    options = (OptionInput(name="颜色", values=("米白", "砖红")), OPTIONS[1])
    changed = catalogue.change_matrix(product.id, 1, options, actor=owner)
    assert (changed.variant_count, changed.version) == (4, 2)
    living = variants(product, owner)
    assert [row.title for row in living] == ["米白 / S", "米白 / M", "砖红 / S", "砖红 / M"]
    assert living[0].id == kept.id and living[2].price_minor == 9900
    assert Variant.select().where(Variant.archived_at.is_null(False)).count() == 2
    back = catalogue.change_matrix(product.id, 2, OPTIONS, actor=owner)
    assert back.variant_count == 4 and Variant.select().count() == 6
    with pytest.raises(Conflict):
        catalogue.change_matrix(product.id, 2, options, actor=owner)
    with pytest.raises(Invalid):
        catalogue.change_matrix(product.id, 3, OPTIONS * 2, actor=owner)
    all_hold()


# ── variants and prices ──────────────────────────────────────────────────────


def test_a_price_change_is_kept_with_who_and_why(owner):
    product = make(owner)
    [first, *_] = variants(product, owner)
    catalogue.edit_variant(first.id, 1, {"price_minor": 10900, "compare_at_minor": 12900}, actor=owner)
    history = catalogue.price_history(product.id, owner)
    assert [(row.field, row.before_minor, row.after_minor) for row in history] == [
        ("compare_at_minor", None, 12900),
        ("price_minor", 9900, 10900),
    ]
    assert history[0].actor_name == owner.name
    assert Product.get_by_id(product.id).price_max_minor == 10900
    assert catalogue.lowest_price(Variant.get_by_id(first.id)) == 9900
    event = OutboxEvent.get(OutboxEvent.name == "PriceChanged")
    assert event.payload == {"variant_id": first.id, "before_minor": 9900, "after_minor": 10900}
    all_hold()


def test_a_move_above_the_limit_needs_a_reason(owner):
    product = make(owner)
    [first, *_] = variants(product, owner)
    before = counts()
    with pytest.raises(Invalid) as refusal:
        catalogue.edit_variant(first.id, 1, {"price_minor": 100}, actor=owner)
    assert "reason" in refusal.value.fields and counts() == before
    catalogue.edit_variant(first.id, 1, {"price_minor": 100}, reason="清仓", actor=owner)
    assert PriceChange.get().reason == "清仓"
    set_option("catalogue.price_change_limit_bps", 100_000, actor=owner)
    assert catalogue.edit_variant(first.id, 2, {"price_minor": 1000}, actor=owner).price_minor == 1000


def test_the_grid_saves_each_row_by_itself(owner):
    product = make(owner)
    one, two, three, four = variants(product, owner)
    catalogue.edit_variant(four.id, 1, {"weight_g": 5}, actor=owner)
    edits = [
        VariantEdit(variant_id=one.id, version=1, changes={"price_minor": 9000, "barcode": "4006381333931"}),
        VariantEdit(variant_id=two.id, version=1, changes={"barcode": "4006381333931"}),
        VariantEdit(variant_id=three.id, version=1, changes={"price_minor": -5}),
        VariantEdit(variant_id=four.id, version=1, changes={"price_minor": 9100}),
    ]
    results = catalogue.edit_variants(edits, actor=owner)
    assert [result.is_saved for result in results] == [True, False, False, False]
    assert "P00001-01" in results[1].said.render("zh") and "price_minor" in results[2].fields
    assert [row.price_minor for row in variants(product, owner)] == [9000, 9900, 9900, 9900]
    assert PriceChange.select().count() == 1
    all_hold()


def test_a_large_grid_needs_a_reason_and_has_a_limit(owner):
    edits = [VariantEdit(variant_id=n, version=1, changes={"weight_g": 1}) for n in range(1, 502)]
    for number in (101, 501):
        with pytest.raises(Invalid):
            catalogue.edit_variants(edits[:number], actor=owner)
    assert not any(result.is_saved for result in catalogue.edit_variants(edits[:2], actor=owner))


def test_costs_are_hidden_and_guarded(owner, actor_of):
    product = make(owner)
    marketing = actor_of("marketing")
    [first, *_] = variants(product, marketing)
    assert first.cost_minor is None and first.price_minor == 9900
    assert [row.cost_minor for row in catalogue.variants(marketing)] == [None] * 4
    assert catalogue.find_variant("P00001-01", marketing).cost_minor is None
    before = counts()
    edit = VariantEdit(variant_id=first.id, version=1, changes={"cost_minor": 1})
    for attempt in (
        lambda: catalogue.edit_variant(first.id, 1, {"cost_minor": 1}, actor=marketing),
        lambda: catalogue.edit_variants([edit], actor=marketing),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert counts() == before
    catalogue.edit_variant(first.id, 1, {"cost_minor": 4200, "price_minor": 10000}, actor=owner)
    assert {row.field for row in catalogue.price_history(product.id, owner)} == {"cost_minor", "price_minor"}
    assert {row.field for row in catalogue.price_history(product.id, marketing)} == {"price_minor"}


def test_the_last_variant_stays(owner):
    product = make(owner, options=(OptionInput(name="颜色", values=("米白", "墨绿")),))
    one, two = variants(product, owner)
    archived = catalogue.archive_variant(one.id, 1, actor=owner)
    assert Product.get_by_id(product.id).variant_count == 1
    with pytest.raises(Invalid):
        catalogue.archive_variant(two.id, 1, actor=owner)
    catalogue.restore_variant(one.id, archived.version, actor=owner)
    assert Product.get_by_id(product.id).variant_count == 2
    all_hold()


def test_one_request_id_makes_one_product(owner):
    once = owner.asking("click-1")
    assert make(once).id == make(once).id
    assert Product.select().count() == 1


# ── search ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "term", ["亚麻抱枕", "抱枕", "亚", "P00001", "P00001-03", "4006381333931", "木作", "新品", "LX-200"]
)
def test_search_finds_by_everything_people_know(owner, term):
    brand = catalogue.create_brand("木作", actor=owner)
    product = make(owner, brand_id=brand.id, model_number="LX-200", parts=ProductParts(tags=("新品",)))
    make(owner, name="陶瓷杯", options=())
    catalogue.edit_variant(variants(product, owner)[0].id, 1, {"barcode": "4006381333931"}, actor=owner)
    found = catalogue.products(owner).where(catalogue.search_condition(term))
    assert [row.id for row in found] == [product.id]


# ── filters and bulk ─────────────────────────────────────────────────────────


def test_a_bulk_preview_says_which_products_cannot_and_why(owner, actor_of):
    ready, bare = make(owner), make(owner, model_variant=VariantInput())
    active = make(owner)
    catalogue.activate_product(active.id, actor=owner)
    ids = [ready.id, bare.id, active.id]
    refused = catalogue.why_not_each(ids, "activate", owner)
    assert set(refused) == {bare.id, active.id}
    assert "售价" in refused[bare.id].render("zh") and "在售" in refused[active.id].render("zh")
    assert set(catalogue.why_not_each(ids, "archive", actor_of("marketing"))) == set(ids)
    assert catalogue.why_not_each(ids, "archive", owner) == {}


def test_tags_are_added_and_removed_without_touching_the_others(owner):
    product = make(owner, parts=ProductParts(tags=("新品",)))
    catalogue.tag_product(product.id, add=("热卖", " 夏季 "), actor=owner)
    assert catalogue.tags_of(product.id) == ["夏季", "新品", "热卖"]
    once = owner.asking("untag")
    catalogue.tag_product(product.id, remove=("新品",), actor=once)
    catalogue.tag_product(product.id, remove=("新品",), actor=once)
    assert catalogue.tags_of(product.id) == ["夏季", "热卖"]
    with pytest.raises(Conflict):
        catalogue.tag_product(product.id, add=("热卖",), actor=owner)


def test_filters_widen_within_a_dimension_and_narrow_across_them(owner):
    def dimension(code, *names):
        row = catalogue.create_dimension(
            code, Text(code, code), [Text(name, name) for name in names], actor=owner
        )
        return [value.id for value in catalogue.values_of(row.id)]

    spring, summer = dimension("season", "春", "夏")
    [gift] = dimension("purpose", "送礼")
    both = make(owner, name="甲", parts=ProductParts(dimension_value_ids=(spring, gift)))
    season = make(owner, name="乙", parts=ProductParts(dimension_value_ids=(summer,)))

    def found(condition):
        return [row.id for row in catalogue.products(owner).where(condition).order_by(Product.id)]

    assert found(catalogue.IN_DIMENSION.in_([spring, summer])) == [both.id, season.id]
    assert found(catalogue.IN_DIMENSION.in_([str(spring), str(summer), str(gift)])) == [both.id]
    assert found(catalogue.IN_DIMENSION.in_(["x", "999"])) == []
    assert found(catalogue.TAGGED.in_(["没有"])) == []
    assert found(catalogue.IN_CATEGORY.in_(["1", "; DROP TABLE"])) == []
    assert found(catalogue.WITH_ATTRIBUTE.in_(["nonsense", "7:red"])) == []


def test_a_filter_by_category_takes_its_subtree_and_by_attribute_its_value(owner):
    home = catalogue.create_category("家居", "Home", actor=owner)
    textile = catalogue.create_category("家纺", "Textile", parent_id=home.id, actor=owner)
    colours = (catalogue.Choice(code="red", zh="红", en="Red"),)
    given = catalogue.AttributeInput(
        code="color", name_zh="颜色", name_en="Colour", kind="choice", choices=colours
    )
    colour = catalogue.create_attribute(given, actor=owner)
    red = make(owner, category_id=textile.id, parts=ProductParts(attributes={colour.id: "red"}))
    make(owner)
    for condition in (
        catalogue.IN_CATEGORY.in_([home.id]),
        catalogue.WITH_ATTRIBUTE.in_([f"{colour.id}:red"]),
    ):
        assert [row.id for row in catalogue.products(owner).where(condition)] == [red.id]
    assert [choice[0] for choice in catalogue.category_choices(owner)] == [home.id, textile.id]
    assert catalogue.attribute_choices(owner) == [(f"{colour.id}:red", "颜色 · 红")]
