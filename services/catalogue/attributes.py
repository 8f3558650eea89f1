"""Typed attributes, and the templates by which categories ask for them; a category inherits its ancestors' template."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models import Attribute, AttributeKind, Category, CategoryAttribute, ProductAttribute
from services.catalogue.types import AttributeInput, Choice, TemplateLine
from services.core import audit, editing
from services.core.db import bulk_insert, transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.events import touch
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text

MAX_CHOICES = 200


@requires(Permission.CATALOGUE_EDIT)
def create_attribute(given: AttributeInput, *, actor: Actor) -> Attribute:
    """Add a typed attribute. Raises Invalid, Conflict."""
    values: dict[str, Any] = {**asdict(given), "code": given.code.strip().lower()}
    del values["choices"]
    values["choices_json"] = _checked_choices(given.kind, given.choices)
    _check_names(values)
    with transaction():
        if Attribute.select().where(Attribute.code == values["code"]).exists():
            said = Said(
                Text("属性代码 {code} 已存在", "There is an attribute {code} already"), code=values["code"]
            )
            raise Conflict(said, fields={"code": said})
        return editing.create(Attribute, values, actor, action="attribute.create")


@requires(Permission.CATALOGUE_EDIT)
def edit_attribute(
    attribute_id: int,
    version: int,
    changes: Mapping[str, Any],
    *,
    choices: Sequence[Choice] | None = None,
    actor: Actor,
) -> Attribute:
    """Change names, unit and choices; a choice that products use stays. Raises Invalid, NotFound, Conflict."""
    values = {
        key: str(value).strip() for key, value in changes.items() if key in {"name_zh", "name_en", "unit"}
    }
    with transaction():
        row = Attribute.get_or_none(Attribute.id == attribute_id)
        if row is None:
            raise NotFound()
        _check_names({"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en, **values})
        changed: dict[str, Any] = dict(values)
        if choices is not None:
            changed["choices_json"] = _checked_choices(row.kind, choices)
            _refuse_lost_choices(row, choices)
        return editing.save_changes(Attribute, attribute_id, version, changed, actor, action="attribute.edit")


@requires(Permission.CATALOGUE_EDIT)
def set_template(category_id: int, version: int, lines: Sequence[TemplateLine], *, actor: Actor) -> Category:
    """Say which attributes a category asks for by itself, in order. Raises Invalid, NotFound, Conflict."""
    ids = [line.attribute_id for line in lines]
    if len(set(ids)) < len(ids) or Attribute.select().where(Attribute.id.in_(ids)).count() < len(ids):
        raise Invalid(
            Text(
                "模板里有重复或不存在的属性",
                "The template names an attribute twice, or one that is not there",
            )
        )
    with transaction():
        category = Category.get_or_none(Category.id == category_id)
        if category is None:
            raise NotFound()
        if category.version != version:
            raise Conflict(editing.changed_elsewhere(category))
        before = [line.attribute_id for line in own_template(category_id)]
        CategoryAttribute.delete().where(CategoryAttribute.category == category_id).execute()
        rows = [
            {
                "category_id": category_id,
                "attribute_id": line.attribute_id,
                "is_required": line.is_required,
                "position": position,
            }
            for position, line in enumerate(lines)
        ]
        bulk_insert(CategoryAttribute, rows, ids=False)
        editing.bump_version(Category, category_id)
        audit.record(
            actor, "category.template", category, before={"attributes": before}, after={"attributes": ids}
        )
        touch("category", category_id)
        return Category.get_by_id(category_id)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateEntry:
    """An attribute that a category asks for, and the category that says so."""

    attribute: Attribute
    is_required: bool
    category_id: int


def own_template(category_id: int) -> list[CategoryAttribute]:
    """The lines a category adds itself."""
    lines = CategoryAttribute.select().where(CategoryAttribute.category == category_id)
    return list(lines.order_by(CategoryAttribute.position, CategoryAttribute.id))


def template_of(category_id: int | None) -> list[TemplateEntry]:
    """The whole template: the root's lines first; a line nearer to the category replaces an inherited one."""
    category = Category.get_or_none(Category.id == category_id) if category_id is not None else None
    if category is None:
        return []
    line_ids = [int(part) for part in category.path.split("/") if part]
    lines = (
        CategoryAttribute.select(CategoryAttribute, Attribute)
        .join(Attribute)
        .where(CategoryAttribute.category.in_(line_ids))
    )
    depth = {row_id: place for place, row_id in enumerate(line_ids)}
    found: dict[int, TemplateEntry] = {}
    for line in sorted(lines, key=lambda line: (depth[line.category_id], line.position, line.id)):
        found[line.attribute_id] = TemplateEntry(
            attribute=line.attribute, is_required=line.is_required, category_id=line.category_id
        )
    return list(found.values())


def choices_of(attribute: Attribute) -> list[Choice]:
    """The values an attribute of kind choice offers."""
    return [Choice(**choice) for choice in attribute.choices_json or []]


def _checked_choices(kind: str, choices: Sequence[Choice]) -> list[dict[str, str]] | None:
    try:
        is_choice = AttributeKind(kind) is AttributeKind.CHOICE
    except ValueError:
        raise Invalid(fields={"kind": Said(Text("没有这种属性类型", "There is no such kind"))}) from None
    codes = [choice.code for choice in choices]
    wrong = not codes or len(codes) > MAX_CHOICES or len(set(codes)) < len(codes)
    wrong = wrong or any(not choice.code or not choice.zh or len(choice.code) > 200 for choice in choices)
    if is_choice and wrong:
        said = Said(Text("请给出 1 至 {n} 个不同的可选值", "Give 1 to {n} different choices"), n=MAX_CHOICES)
        raise Invalid(fields={"choices": said})
    return [{**asdict(choice), "en": choice.en or choice.zh} for choice in choices] if is_choice else None


def _refuse_lost_choices(row: Attribute, choices: Sequence[Choice]) -> None:
    used = ProductAttribute.select(ProductAttribute.value_text).where(ProductAttribute.attribute == row.id)
    kept = [choice.code for choice in choices]
    lost = used.where(ProductAttribute.value_text.not_in(kept)).distinct().limit(5)
    names = ", ".join(line.value_text for line in lost if line.value_text)
    if row.kind is AttributeKind.CHOICE and names:
        said = Said(Text("仍有商品使用:{names}", "Products still use: {names}"), names=names)
        raise Invalid(fields={"choices": said})


def _check_names(values: Mapping[str, Any]) -> None:
    problems = {}
    for field, limit in (("code", 60), ("name_zh", 80), ("name_en", 80)):
        if not 0 < len(values[field].strip()) <= limit:
            problems[field] = Said(Text("请填写,最多 {n} 个字", "Required, at most {n} characters"), n=limit)
    if len(values.get("unit", "")) > 16:
        problems["unit"] = Said(Text("单位最多 16 个字", "A unit has at most 16 characters"))
    if problems:
        raise Invalid(fields=problems)
