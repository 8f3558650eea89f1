"""A person's named views of the lists: filters, sort and search under a name, shared with colleagues when wished."""

from collections.abc import Sequence

from models import SavedView, Text
from services.core.db import insert_row, transaction
from services.core.errors import Invalid, NotFound
from services.core.permissions import Actor
from services.core.text import Said


def views_of(listing: str, actor: Actor) -> Sequence[SavedView]:
    """The views this actor sees on a list: the own ones and what others share."""
    mine = SavedView.staff == actor.staff_id
    return list(
        SavedView.select()
        .where(SavedView.listing == listing, mine | (SavedView.is_shared == True))  # noqa: E712 - SQL
        .order_by(SavedView.name, SavedView.id)
    )


def save_view(listing: str, name: str, query: str, *, is_shared: bool, actor: Actor) -> SavedView:
    """Keep the present filters of a list under a name; the same name again replaces it."""
    name = name.strip()[:60]
    if not name or actor.staff_id is None:
        said = Said(Text("请给视图起个名字", "Give the view a name"))
        raise Invalid(said, fields={"name": said})
    values = {SavedView.query: query[:2000], SavedView.is_shared: is_shared}
    with transaction():
        same = (SavedView.staff == actor.staff_id, SavedView.listing == listing, SavedView.name == name)
        if SavedView.update(values).where(*same).execute() == 0:
            insert_row(
                SavedView,
                staff_id=actor.staff_id,
                listing=listing,
                name=name,
                query=query[:2000],
                is_shared=is_shared,
            )
        return SavedView.get(*same)


def delete_view(view_id: int, *, actor: Actor) -> None:
    """Forget one of the actor's own views. Raises NotFound."""
    with transaction():
        if (
            SavedView.delete().where(SavedView.id == view_id, SavedView.staff == actor.staff_id).execute()
            == 0
        ):
            raise NotFound()
