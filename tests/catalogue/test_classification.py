"""Categories, attributes, dimensions, brands, collections and the bundled taxonomy, through the façade."""

import pytest

from models import Attribute, Audit, Category, CategoryAttribute, DimensionValue, Product, Text
from services import catalogue
from services.catalogue import (
    AttributeInput,
    Choice,
    CollectionRules,
    ProductInput,
    ProductParts,
    RuleTerm,
    TemplateLine,
    VariantInput,
)
from services.core.errors import Conflict, Invalid, MoveRefused, NotPermitted
from services.core.invariants import check_all
from services.core.permissions import SYSTEM

pytestmark = pytest.mark.engine


def category(owner, name, parent=None):
    return catalogue.create_category(name, "", parent_id=parent and parent.id, actor=owner)


def product(owner, name, price=9900, **values):
    given = ProductInput(name=name, model_variant=VariantInput(price_minor=price), **values)
    return catalogue.create_product(given, actor=owner)


def colour(owner):
    choices = (Choice(code="red", zh="红", en="Red"), Choice(code="blue", zh="蓝", en="Blue"))
    given = AttributeInput(code="color", name_zh="颜色", name_en="Colour", kind="choice", choices=choices)
    return catalogue.create_attribute(given, actor=owner)


# ── tree ─────────────────────────────────────────────────────────────────────


def test_a_moved_category_takes_its_subtree_along(owner):
    home, wear = category(owner, "家居"), category(owner, "服饰")
    textile = category(owner, "家纺", home)
    cushion = category(owner, "抱枕", textile)
    assert cushion.path == f"/{home.id}/{textile.id}/{cushion.id}/"
    moved = catalogue.move_category(textile.id, 1, wear.id, actor=owner)
    assert moved.path == f"/{wear.id}/{textile.id}/"
    assert Category.get_by_id(cushion.id).path == f"/{wear.id}/{textile.id}/{cushion.id}/"
    with pytest.raises(Invalid):
        catalogue.move_category(wear.id, 1, cushion.id, actor=owner)
    with pytest.raises(Conflict):
        catalogue.move_category(textile.id, 1, home.id, actor=owner)
    top = catalogue.move_category(textile.id, 2, None, actor=owner)
    assert top.path == f"/{textile.id}/"
    assert [row.id for row in catalogue.categories(owner)] == [home.id, wear.id, textile.id, cushion.id]
    assert [row.id for row in catalogue.category_line(cushion.id)] == [
        textile.id,
        cushion.id,
    ]
    assert all(verdict.holds for verdict in check_all())


def test_a_category_in_use_is_not_archived(owner):
    home = category(owner, "家居")
    textile = category(owner, "家纺", home)
    item = product(owner, "抱枕", category_id=textile.id)
    for busy in (home, textile):
        with pytest.raises(Invalid):
            catalogue.archive_category(busy.id, 1, actor=owner)
    assert catalogue.product_counts_by_category(owner) == {textile.id: 1}
    catalogue.archive_product(item.id, actor=owner)
    archived = catalogue.archive_category(textile.id, 1, actor=owner)
    assert archived.archived_at is not None
    assert catalogue.restore_category(textile.id, archived.version, actor=owner).archived_at is None


def test_categories_have_names_and_codes_of_their_own(owner):
    catalogue.create_category("家居", "Home", code="home", actor=owner)
    with pytest.raises(Conflict):
        catalogue.create_category("家居", "Home", code="home", actor=owner)
    with pytest.raises(Invalid):
        catalogue.create_category(" ", "", actor=owner)
    row = Category.get()
    assert catalogue.edit_category(row.id, 1, {"name_en": "Living"}, actor=owner).name_en == "Living"


# ── templates and values ─────────────────────────────────────────────────────


def test_a_template_is_inherited_and_overridden(owner):
    home = category(owner, "家居")
    textile = category(owner, "家纺", home)
    attribute = colour(owner)
    size = catalogue.create_attribute(
        AttributeInput(code="size", name_zh="尺寸", name_en="Size"), actor=owner
    )
    catalogue.set_template(home.id, 1, [TemplateLine(attribute_id=attribute.id)], actor=owner)
    lines = [TemplateLine(attribute_id=size.id), TemplateLine(attribute_id=attribute.id, is_required=True)]
    catalogue.set_template(textile.id, 1, lines, actor=owner)
    asked = {
        entry.attribute.code: (entry.is_required, entry.category_id)
        for entry in catalogue.template_of(textile.id)
    }
    assert asked == {"color": (True, textile.id), "size": (False, textile.id)}
    assert [entry.is_required for entry in catalogue.template_of(home.id)] == [False]
    with pytest.raises(Conflict):
        catalogue.set_template(home.id, 1, [], actor=owner)
    with pytest.raises(Invalid):
        catalogue.set_template(home.id, 2, [TemplateLine(attribute_id=size.id)] * 2, actor=owner)
    assert CategoryAttribute.select().count() == 3


def test_a_required_attribute_is_asked_for_before_going_on_sale(owner):
    home, attribute = category(owner, "家居"), colour(owner)
    catalogue.set_template(
        home.id, 1, [TemplateLine(attribute_id=attribute.id, is_required=True)], actor=owner
    )
    item = product(owner, "花瓶", category_id=home.id)
    with pytest.raises(MoveRefused) as refusal:
        catalogue.activate_product(item.id, actor=owner)
    assert "颜色" in refusal.value.said.render("zh") and "Colour" in refusal.value.said.render("en")
    catalogue.edit_product(item.id, 1, {}, parts=ProductParts(attributes={attribute.id: "红"}), actor=owner)
    assert catalogue.activate_product(item.id, actor=owner).status == "active"


def test_attribute_values_are_typed_searched_and_reported(owner):
    attribute = colour(owner)
    weight = catalogue.create_attribute(
        AttributeInput(code="net", name_zh="净重", name_en="Net", kind="number", unit="kg"), actor=owner
    )
    first = product(owner, "花瓶", parts=ProductParts(attributes={attribute.id: "Red", weight.id: "1.25"}))
    product(owner, "盘子", parts=ProductParts(attributes={attribute.id: "red"}))
    product(owner, "碗", parts=ProductParts(attributes={attribute.id: "蓝"}))
    shown = {row.attribute.code: catalogue.raw_value(row.attribute.kind, catalogue.value_of(row))
             for row in catalogue.attributes_of(first.id)}  # fmt: skip
    assert shown == {"color": "red", "net": "1.25"}
    assert catalogue.attribute_report(attribute.id, owner) == [("red", 2), ("blue", 1)]
    found = catalogue.products(owner).where(catalogue.search_condition("红"))
    assert sorted(row.name for row in found) == ["盘子", "花瓶"]
    with pytest.raises(Invalid) as refusal:
        wrong = ProductParts(attributes={attribute.id: "绿", weight.id: "heavy"})
        catalogue.edit_product(first.id, 1, {"name": "x"}, parts=wrong, actor=owner)
    assert set(refusal.value.fields) == {f"attribute.{attribute.id}", f"attribute.{weight.id}"}
    assert Product.get_by_id(first.id).name == "花瓶"
    emptied = ProductParts(attributes={attribute.id: ""})
    catalogue.edit_product(first.id, 1, {}, parts=emptied, actor=owner)
    assert [row.attribute.code for row in catalogue.attributes_of(first.id)] == ["net"]


def test_a_choice_in_use_stays(owner):
    attribute = colour(owner)
    product(owner, "花瓶", parts=ProductParts(attributes={attribute.id: "red"}))
    blue, green = Choice(code="blue", zh="蓝", en="Blue"), Choice(code="green", zh="绿", en="")
    with pytest.raises(Invalid) as refusal:
        catalogue.edit_attribute(attribute.id, 1, {}, choices=[blue], actor=owner)
    assert "red" in refusal.value.said.render("en")
    red = Choice(code="red", zh="大红", en="Red")
    saved = catalogue.edit_attribute(attribute.id, 1, {"name_zh": "色"}, choices=[red, green], actor=owner)
    assert [(choice.code, choice.en) for choice in catalogue.choices_of(saved)] == [
        ("red", "Red"),
        ("green", "绿"),
    ]


@pytest.mark.parametrize(
    "given",
    [
        AttributeInput(code="", name_zh="甲", name_en="A"),
        AttributeInput(code="a", name_zh="", name_en="A"),
        AttributeInput(code="a", name_zh="甲", name_en="A", kind="colour"),
        AttributeInput(code="a", name_zh="甲", name_en="A", kind="choice"),
        AttributeInput(code="a", name_zh="甲", name_en="A", unit="x" * 17),
    ],
)
def test_an_attribute_that_does_not_fit_is_refused(owner, given):
    with pytest.raises(Invalid):
        catalogue.create_attribute(given, actor=owner)
    assert Attribute.select().count() == 0


# ── dimensions and brands ────────────────────────────────────────────────────


def test_dimensions_keep_the_values_that_products_use(owner):
    season = catalogue.create_dimension(
        "season", Text("季节", "Season"), [Text("春", "Spring"), Text("夏", "Summer")], actor=owner
    )
    [[_, [spring, summer]]] = catalogue.dimensions(owner)
    item = product(owner, "凉席", parts=ProductParts(dimension_value_ids=(summer.id,)))
    with pytest.raises(Invalid):
        catalogue.edit_dimension(season.id, 1, Text("季节", "Season"), [Text("春", "Spring")], actor=owner)
    values = [Text("夏", "Summer time"), Text("冬", "Winter")]
    saved = catalogue.edit_dimension(season.id, 1, Text("季节", "Season"), values, actor=owner)
    assert saved.version == 2
    assert [(row.id == summer.id, row.name_en) for row in catalogue.values_of(season.id)] == [
        (True, "Summer time"),
        (False, "Winter"),
    ]
    assert catalogue.dimension_value_ids_of(item.id) == [summer.id]
    assert not DimensionValue.select().where(DimensionValue.id == spring.id).exists()


def test_brand_names_are_unique(owner):
    brand = catalogue.create_brand(" 木作 ", actor=owner)
    with pytest.raises(Conflict):
        catalogue.create_brand("木作", actor=owner)
    with pytest.raises(Invalid):
        catalogue.create_brand("", actor=owner)
    renamed = catalogue.edit_brand(brand.id, 1, {"name": "木作坊"}, actor=owner)
    archived = catalogue.archive_brand(brand.id, renamed.version, actor=owner)
    assert catalogue.restore_brand(brand.id, archived.version, actor=owner).archived_at is None


# ── collections ──────────────────────────────────────────────────────────────


def test_a_collection_computes_its_members_and_says_its_rule(owner):
    home = category(owner, "家居")
    textile = category(owner, "家纺", home)
    attribute = colour(owner)
    brand = catalogue.create_brand("木作", actor=owner)
    red = ProductParts(tags=("新品",), attributes={attribute.id: "red"})
    pillow = product(owner, "红抱枕", 9900, category_id=textile.id, parts=red, brand_id=brand.id)
    vase = product(owner, "花瓶", 29900, category_id=home.id, parts=ProductParts(tags=("新品",)))
    plate = product(owner, "盘子", 1900)

    def names(*terms, match="all"):
        found = catalogue.members(CollectionRules(terms=terms, match=match), owner)
        return {row.id for row in found}

    new = RuleTerm(field="tag", op="has", value="新品")
    cheap = RuleTerm(field="price", op="at_most", value="10000")
    assert names(new) == {pillow.id, vase.id}
    assert names(new, cheap) == {pillow.id}
    assert names(new, cheap, match="any") == {pillow.id, vase.id, plate.id}
    assert names(RuleTerm(field="tag", op="has_not", value="新品")) == {plate.id}
    assert names(RuleTerm(field="category", op="within", value=str(home.id))) == {pillow.id, vase.id}
    assert names(RuleTerm(field="category", op="not_within", value=str(textile.id))) >= {vase.id}
    assert names(RuleTerm(field="brand", op="is_not", value=str(brand.id))) == {vase.id, plate.id}
    assert names(RuleTerm(field="attribute", of=attribute.id, op="is", value="红")) == {pillow.id}
    assert names(RuleTerm(field="name", op="contains", value="瓶")) == {vase.id}
    assert names(RuleTerm(field="status", op="is", value="active")) == set()
    assert names(RuleTerm(field="created", op="within_days", value="7")) == {pillow.id, vase.id, plate.id}
    rules = CollectionRules(
        terms=(new, cheap, RuleTerm(field="attribute", of=attribute.id, op="is", value="red"))
    )
    row = catalogue.create_collection("红色新品", rules, actor=owner)
    assert catalogue.rules_of(row) == rules
    assert catalogue.explain(rules).render("zh") == "标签有「新品」,且售价不高于「¥100.00」,且颜色是「红」"
    saved = catalogue.edit_collection(row.id, 1, "新品", CollectionRules(terms=(new,)), actor=owner)
    assert catalogue.explain(catalogue.rules_of(saved)).render("en") == "Tag has “新品”"
    with pytest.raises(Invalid):
        catalogue.edit_collection(row.id, 2, "", CollectionRules(terms=()), actor=owner)
    archived = catalogue.archive_collection(row.id, 2, actor=owner)
    assert catalogue.restore_collection(row.id, archived.version, actor=owner).archived_at is None


def test_a_category_that_is_gone_holds_nothing(owner):
    product(owner, "花瓶")
    rules = CollectionRules(terms=(RuleTerm(field="category", op="within", value="999"),))
    assert list(catalogue.members(rules, owner)) == []


# ── taxonomy ─────────────────────────────────────────────────────────────────


def test_the_bundled_taxonomy_loads_once(owner, actor_of):
    loaded = catalogue.load_taxonomy(actor=SYSTEM)
    assert loaded.categories == Category.select().count() > 900
    assert loaded.attributes == Attribute.select().count() > 300
    pillows = Category.get(Category.name_en == "Throw Pillows")
    assert catalogue.category_line(pillows.id)[0].name_en == "Home & Garden"
    asked = {entry.attribute.code for entry in catalogue.template_of(pillows.id)}
    assert {"color", "pattern"} <= asked
    assert Attribute.get(Attribute.code == "color").kind == "choice"
    again = catalogue.load_taxonomy(actor=SYSTEM)
    assert (again.categories, again.attributes, again.lines) == (0, 0, 0)
    assert all(verdict.holds for verdict in check_all())
    before = Audit.select().count()
    with pytest.raises(NotPermitted):
        catalogue.load_taxonomy(actor=actor_of("agent"))
    assert Audit.select().count() == before
