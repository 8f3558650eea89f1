"""Brands: the makers' names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import Brand
from services.core import editing
from services.core.clock import now
from services.core.db import transaction
from services.core.errors import Conflict, Invalid, NotFound
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text


@requires(Permission.CATALOGUE_EDIT)
def create_brand(name: str, *, actor: Actor) -> Brand:
    """Add a brand. Raises Invalid, Conflict."""
    with transaction():
        return editing.create(Brand, {"name": _free_name(name)}, actor, action="brand.create")


@requires(Permission.CATALOGUE_EDIT)
def edit_brand(brand_id: int, version: int, changes: Mapping[str, Any], *, actor: Actor) -> Brand:
    """Give a brand another name. Raises Invalid, NotFound, Conflict."""
    with transaction():
        values = {"name": _free_name(str(changes.get("name", "")), besides=brand_id)}
        return editing.save_changes(Brand, brand_id, version, values, actor, action="brand.rename")


@requires(Permission.CATALOGUE_EDIT)
def archive_brand(brand_id: int, version: int | None = None, *, actor: Actor) -> Brand:
    """Offer a brand no more; its products keep it. Raises NotFound, Conflict."""
    return _set_archived(brand_id, version, actor, "brand.archive", now())


@requires(Permission.CATALOGUE_EDIT)
def restore_brand(brand_id: int, version: int | None = None, *, actor: Actor) -> Brand:
    """Offer an archived brand again. Raises NotFound, Conflict."""
    return _set_archived(brand_id, version, actor, "brand.restore", None)


def _set_archived(
    brand_id: int, version: int | None, actor: Actor, action: str, at: datetime | None
) -> Brand:
    with transaction():
        row = Brand.get_or_none(Brand.id == brand_id)
        if row is None:
            raise NotFound()
        if (row.archived_at is None) is (at is None):
            raise Conflict(Text("它已经是这样了", "It is so already"))
        expected = row.version if version is None else version
        return editing.save_changes(Brand, brand_id, expected, {"archived_at": at}, actor, action=action)


def _free_name(name: str, besides: int = 0) -> str:
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid(
            fields={"name": Said(Text("品牌名为 1 至 80 个字", "A brand's name has 1 to 80 characters"))}
        )
    taken: Any = (Brand.name == name) & (Brand.id != besides)
    if Brand.select().where(taken).exists():
        said = Said(Text("已有品牌「{name}」", "There is a brand {name} already"), name=name)
        raise Conflict(said, fields={"name": said})
    return name
