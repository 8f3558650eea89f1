"""The category tree. `path` lists the ids from the root to the category itself, so a subtree is one index range."""

from collections.abc import Mapping
from typing import Any

from peewee import Value, fn

from models import Category, Product
from services.core import editing
from services.core.clock import now
from services.core.db import transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.numbers import next_serial
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text

MAX_PATH = 200


@requires(Permission.CATALOGUE_EDIT)
def create_category(
    name_zh: str, name_en: str, *, parent_id: int | None = None, code: str = "", actor: Actor
) -> Category:
    """Add a category below another (or at the root), after its siblings. Raises Invalid, NotFound, Conflict."""
    values: dict[str, Any] = {"name_zh": name_zh.strip(), "name_en": name_en.strip() or name_zh.strip()}
    _check_names(values)
    with transaction():
        parent = _category(parent_id) if parent_id is not None else None
        code = code.strip() or f"c-{next_serial('category')}"
        if Category.select().where(Category.code == code).exists():
            said = Said(Text("类目代码 {code} 已存在", "There is a category {code} already"), code=code)
            raise Conflict(said, fields={"code": said})
        values |= {"code": code, "parent": parent_id, "position": _last_position(parent_id) + 1}
        row = editing.create(Category, values, actor, action="category.create")
        path = f"{parent.path if parent else '/'}{row.id}/"
        _check_depth(path)
        Category.update(path=path).where(Category.id == row.id).execute()
        return Category.get_by_id(row.id)


@requires(Permission.CATALOGUE_EDIT)
def edit_category(category_id: int, version: int, changes: Mapping[str, Any], *, actor: Actor) -> Category:
    """Change a category's names. Raises Invalid, NotFound, Conflict."""
    values = {key: str(value).strip() for key, value in changes.items() if key in {"name_zh", "name_en"}}
    _check_names(values)
    return editing.save_changes(Category, category_id, version, values, actor, action="category.edit")


@requires(Permission.CATALOGUE_EDIT)
def move_category(
    category_id: int, version: int, parent_id: int | None, *, position: int | None = None, actor: Actor
) -> Category:
    """Hang a category, with all below it, under another parent or place. Raises Invalid, NotFound, Conflict."""
    with transaction():
        row = _category(category_id)
        parent = _category(parent_id) if parent_id is not None else None
        if parent is not None and parent.path.startswith(row.path):
            raise Invalid(Text("不能移到自己的下级里", "A category cannot move below itself"))
        place = _last_position(parent_id) + 1 if position is None else position
        changes = {"parent": parent_id, "position": place}
        editing.save_changes(Category, category_id, version, changes, actor, action="category.move")
        path = f"{parent.path if parent else '/'}{category_id}/"
        longest = Category.select(fn.MAX(fn.LENGTH(Category.path))).where(below(row.path)).scalar()
        _check_depth(path + "-" * (longest - len(row.path)))
        moved = fn.SUBSTR(Category.path, len(row.path) + 1)
        Category.update(path=Value(path).concat(moved)).where(below(row.path)).execute()
        return Category.get_by_id(category_id)


@requires(Permission.CATALOGUE_ARCHIVE)
def archive_category(category_id: int, version: int, *, actor: Actor) -> Category:
    """Offer a category no more. Raises Invalid while living categories or products are in it."""
    with transaction():
        row = _category(category_id)
        children = Category.parent == category_id
        if Category.select().where(children, Category.archived_at.is_null()).exists():
            raise Invalid(Text("请先归档它的下级类目", "Archive the categories below it first"))
        living = (
            Product.select().where(Product.category == category_id, Product.archived_at.is_null()).count()
        )
        if living:
            text = Text("还有 {n} 件商品在此类目,请先移走", "{n} products are still in it; move them first")
            raise Invalid(Said(text, n=living))
        changes = {"archived_at": now()}
        return editing.save_changes(Category, row.id, version, changes, actor, action="category.archive")


@requires(Permission.CATALOGUE_ARCHIVE)
def restore_category(category_id: int, version: int, *, actor: Actor) -> Category:
    """Offer an archived category again. Raises NotFound, Conflict."""
    changes = {"archived_at": None}
    return editing.save_changes(Category, category_id, version, changes, actor, action="category.restore")


def below(path: str) -> Any:
    """A condition on Category: in the subtree of `path`, itself included."""
    return (Category.path >= path) & (Category.path < path + "\U0010fffd")


def _category(category_id: int) -> Category:
    row = Category.get_or_none(Category.id == category_id)
    if row is None:
        raise NotFound()
    return row


def _last_position(parent_id: int | None) -> int:
    siblings = Category.parent.is_null() if parent_id is None else Category.parent == parent_id
    last = Category.select(fn.MAX(Category.position)).where(siblings).scalar()
    return -1 if last is None else int(last)


def _check_names(values: Mapping[str, str]) -> None:
    problems = {
        field: Said(Text("名称为 1 至 120 个字", "A name has 1 to 120 characters"))
        for field, value in values.items()
        if not 0 < len(value) <= 120
    }
    if problems:
        raise Invalid(fields=problems)


def _check_depth(path: str) -> None:
    if len(path) > MAX_PATH:
        raise Invalid(Text("类目层级太深", "The category tree is too deep"))
