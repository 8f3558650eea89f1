"""Collections by rule: the rules are kept, the members are always computed."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from models import (
    Attribute,
    AttributeKind,
    Brand,
    Category,
    Collection,
    DimensionValue,
    Product,
    ProductAttribute,
    ProductDimension,
    ProductStatus,
    ProductTag,
    Tag,
)
from services.catalogue.attributes import choices_of
from services.catalogue.categories import below
from services.catalogue.queries import products
from services.catalogue.rules import (
    AttributeValue,
    collection_problem,
    explain_collection,
    explain_term,
    parse_value,
)
from services.catalogue.types import CollectionRules, RuleTerm
from services.core import editing
from services.core.clock import now
from services.core.db import transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.numbers import next_serial
from services.core.options import base_currency
from services.core.permissions import Actor, Permission, check_permission, requires
from services.core.text import Money, Said, Text, label_of


@requires(Permission.CATALOGUE_EDIT)
def create_collection(name: str, rules: CollectionRules, *, code: str = "", actor: Actor) -> Collection:
    """Add a collection by rule. Raises Invalid, Conflict."""
    _check(name, rules)
    with transaction():
        code = code.strip().lower() or f"collection-{next_serial('collection')}"
        if Collection.select().where(Collection.code == code).exists():
            said = Said(Text("集合代码 {code} 已存在", "There is a collection {code} already"), code=code)
            raise Conflict(said, fields={"code": said})
        values = {"code": code, "name": name.strip(), "rules": asdict(rules)}
        return editing.create(Collection, values, actor, action="collection.create")


@requires(Permission.CATALOGUE_EDIT)
def edit_collection(
    collection_id: int, version: int, name: str, rules: CollectionRules, *, actor: Actor
) -> Collection:
    """Change a collection's name and rules. Raises Invalid, NotFound, Conflict."""
    _check(name, rules)
    changes = {"name": name.strip(), "rules": asdict(rules)}
    return editing.save_changes(Collection, collection_id, version, changes, actor, action="collection.edit")


@requires(Permission.CATALOGUE_EDIT)
def archive_collection(collection_id: int, version: int, *, actor: Actor) -> Collection:
    """Put a collection away. Raises NotFound, Conflict."""
    changes = {"archived_at": now()}
    return editing.save_changes(
        Collection, collection_id, version, changes, actor, action="collection.archive"
    )


@requires(Permission.CATALOGUE_EDIT)
def restore_collection(collection_id: int, version: int, *, actor: Actor) -> Collection:
    """Take a collection back. Raises NotFound, Conflict."""
    changes = {"archived_at": None}
    return editing.save_changes(
        Collection, collection_id, version, changes, actor, action="collection.restore"
    )


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def collections(actor: Actor) -> Any:
    """All collections."""
    check_permission(actor, Permission.CATALOGUE_VIEW)
    return Collection.select()


def collection(code: str, actor: Actor) -> Collection:
    """One collection by code. Raises NotFound."""
    found = collections(actor).where(Collection.code == code).first()
    if found is None:
        raise NotFound()
    return found


def rules_of(row: Collection) -> CollectionRules:
    """A collection's stored rules."""
    return read_rules(row.rules)


def read_rules(stored: Mapping[str, Any]) -> CollectionRules:
    """Rules as they are kept in the column."""
    return CollectionRules(match=stored["match"], terms=tuple(RuleTerm(**term) for term in stored["terms"]))


def members(rules: CollectionRules, actor: Actor) -> Any:
    """The living products that rules name now, as the base of a list. Raises Invalid."""
    problem = collection_problem(rules)
    if problem:
        raise Invalid(problem)
    return products(actor).where(Product.archived_at.is_null(), collection_condition(rules))


def collection_condition(rules: CollectionRules) -> Any:
    """A condition on Product for checked rules."""
    conditions = [_condition(term) for term in rules.terms]
    return reduce(and_ if rules.match == "all" else or_, conditions)


def explain(rules: CollectionRules) -> Said:
    """Checked rules as one sentence, with the names of what they mention."""
    return explain_collection(rules.match, [explain_term(term, *_shown(term)) for term in rules.terms])


def _check(name: str, rules: CollectionRules) -> None:
    problems = {}
    if not 0 < len(name.strip()) <= 80:
        problems["name"] = Said(Text("名称为 1 至 80 个字", "A name has 1 to 80 characters"))
    problem = collection_problem(rules)
    if problem:
        problems["rules"] = problem
    if problems:
        raise Invalid(fields=problems)


def _condition(term: RuleTerm) -> Any:
    is_negative = term.op in {"is_not", "has_not", "not_within"}
    if term.field == "price":
        number = int(term.value)
        return (
            Product.price_max_minor >= number if term.op == "at_least" else Product.price_min_minor <= number
        )
    if term.field == "created":
        return Product.created_at >= now() - timedelta(days=int(term.value))
    if term.field == "name":
        return Product.name.contains(term.value)
    if term.field == "status":
        status = ProductStatus(term.value)
        return Product.status != status if is_negative else Product.status == status
    if term.field == "brand":
        wanted = Product.brand == int(term.value)
        return Product.brand.is_null() | ~wanted if is_negative else wanted
    inside = Product.id.in_(_ids(term))
    return ~inside if is_negative else inside


def _ids(term: RuleTerm) -> Any:
    """The ids of the products a term of several rows names."""
    if term.field == "tag":
        return ProductTag.select(ProductTag.product).join(Tag).where(Tag.name == term.value)
    if term.field == "dimension":
        return ProductDimension.select(ProductDimension.product).where(
            ProductDimension.value == int(term.value)
        )
    if term.field == "category":
        root = Category.get_or_none(Category.id == int(term.value))
        held = Category.select(Category.id).where(below(root.path if root else "/-"))
        return Product.select(Product.id).where(Product.category.in_(held))
    value = _attribute_value(term)
    of = ProductAttribute.select(ProductAttribute.product).where(ProductAttribute.attribute == term.of)
    if value.number is not None:
        return of.where(ProductAttribute.value_number == value.number)
    if value.on is not None:
        return of.where(ProductAttribute.value_on == value.on)
    return of.where(ProductAttribute.value_text == value.text)


def _attribute_value(term: RuleTerm) -> AttributeValue:
    attribute = Attribute.get_or_none(Attribute.id == term.of)
    parsed = (
        parse_value(attribute.kind, choices_of(attribute), term.value)
        if attribute
        else AttributeValue(term.value)
    )
    return AttributeValue(term.value) if isinstance(parsed, Said) else parsed


def _shown(term: RuleTerm) -> tuple[Any, Text | None]:
    """(the value as people know it, the attribute's name)."""
    if term.field == "status":
        return label_of(ProductStatus(term.value)).text, None
    if term.field == "price":
        return Money(int(term.value), base_currency()), None
    if term.field == "attribute":
        return _shown_attribute(term)
    sources: Mapping[str, type[Any]] = {"brand": Brand, "category": Category, "dimension": DimensionValue}
    model = sources.get(term.field)
    row = model.get_or_none(model.id == int(term.value)) if model else None
    if row is None:
        return term.value, None
    return (row.name, None) if isinstance(row, Brand) else (Text(row.name_zh, row.name_en), None)


def _shown_attribute(term: RuleTerm) -> tuple[Any, Text | None]:
    row = Attribute.get_or_none(Attribute.id == term.of)
    if row is None:
        return term.value, None
    names = {choice.code: Text(choice.zh, choice.en) for choice in choices_of(row)}
    shown: Any = names.get(_attribute_value(term).text or "", term.value)
    if row.kind is AttributeKind.BOOL:
        shown = Text("是", "yes") if _attribute_value(term).number else Text("否", "no")
    return shown, Text(row.name_zh, row.name_en)
