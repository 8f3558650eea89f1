"""Further ways to classify products: purpose, season, audience … each with its list of values."""

from collections.abc import Sequence

from models import Dimension, DimensionValue, ProductDimension
from services.core import audit, editing
from services.core.db import insert_row, transaction
from services.core.errors import Conflict, Invalid
from services.core.events import touch
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text


@requires(Permission.CATALOGUE_EDIT)
def create_dimension(code: str, name: Text, values: Sequence[Text] = (), *, actor: Actor) -> Dimension:
    """Add a dimension with its values in order. Raises Invalid, Conflict."""
    code = code.strip().lower()
    if not 0 < len(code) <= 40 or not 0 < len(name.zh) <= 60 or not 0 < len(name.en) <= 60:
        raise Invalid(
            Text("维度要有代码和两种语言的名称", "A dimension needs a code and a name in both languages")
        )
    with transaction():
        if Dimension.select().where(Dimension.code == code).exists():
            said = Said(Text("维度 {code} 已存在", "There is a dimension {code} already"), code=code)
            raise Conflict(said, fields={"code": said})
        given = {"code": code, "name_zh": name.zh, "name_en": name.en}
        row = editing.create(Dimension, given, actor, action="dimension.create")
        _write_values(row.id, values)
        return row


@requires(Permission.CATALOGUE_EDIT)
def edit_dimension(
    dimension_id: int, version: int, name: Text, values: Sequence[Text], *, actor: Actor
) -> Dimension:
    """Rename a dimension and set its values; one that products use stays. Raises Invalid, NotFound, Conflict."""
    with transaction():
        changes = {"name_zh": name.zh.strip(), "name_en": name.en.strip()}
        if not all(0 < len(value) <= 60 for value in changes.values()):
            raise Invalid(Text("名称为 1 至 60 个字", "A name has 1 to 60 characters"))
        row = editing.save_changes(Dimension, dimension_id, version, changes, actor, action="dimension.edit")
        before = [value.name_zh for value in values_of(dimension_id)]
        _write_values(dimension_id, values)
        after = [value.zh for value in values]
        if before != after:
            audit.record(actor, "dimension.values", row, before={"values": before}, after={"values": after})
            editing.bump_version(Dimension, dimension_id)
            touch("dimension", dimension_id)
        return Dimension.get_by_id(dimension_id)


def values_of(dimension_id: int) -> list[DimensionValue]:
    """The values of a dimension, in order."""
    rows = DimensionValue.select().where(DimensionValue.dimension == dimension_id)
    return list(rows.order_by(DimensionValue.position, DimensionValue.id))


def _write_values(dimension_id: int, values: Sequence[Text]) -> None:
    names = [value.zh.strip() for value in values]
    if len(set(names)) < len(names) or not all(0 < len(name) <= 60 for name in names):
        raise Invalid(Text("维度值要有名称且不重复", "The values need names that differ"))
    known = {row.name_zh: row for row in values_of(dimension_id)}
    lost = [row for name, row in known.items() if name not in names]
    used = ProductDimension.select(ProductDimension.value).where(ProductDimension.value.in_(lost)).distinct()
    used_ids = {row.value_id for row in used} if lost else set()
    if used_ids:
        kept = ", ".join(row.name_zh for row in lost if row.id in used_ids)
        raise Invalid(Said(Text("仍有商品使用:{names}", "Products still use: {names}"), names=kept))
    DimensionValue.delete().where(DimensionValue.id.in_([row.id for row in lost])).execute()
    for position, value in enumerate(values):
        name_zh, name_en = value.zh.strip(), value.en.strip() or value.zh.strip()
        row = known.get(name_zh)
        if row is None:
            insert_row(
                DimensionValue, dimension_id=dimension_id, name_zh=name_zh, name_en=name_en, position=position
            )
        else:
            DimensionValue.update(name_en=name_en, position=position).where(
                DimensionValue.id == row.id
            ).execute()
