"""How rows look outside: plain JSON of a model's fields, cursor pages, ETags.

Money stays in minor units (`*_minor`), instants are RFC 3339 in UTC, references are ids. Personal data is masked for
callers without customers.export_pii; what nobody may read (hashes, blind indexes) never appears.
"""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from peewee import ForeignKeyField
from pydantic import BaseModel

from models import Editable, Row, Text
from services.core.crypto import mask
from services.core.errors import Conflict
from services.core.listing import Listing, ListQuery, paginate
from services.core.permissions import Actor, Permission

SECRET_SUFFIXES = ("_hash", "_bidx", "password")
COST_FIELDS = {"cost_minor", "unit_cost_minor"}


class CursorPage(BaseModel):
    """One page of a list; `next` is the cursor of the following page, or null at the end."""

    items: list[dict[str, Any]]
    next: str | None
    previous: str | None
    total: int
    total_is_exact: bool


class PreconditionRequired(Conflict):
    """A write on a versioned row came without If-Match."""

    status = 428
    code = "precondition_required"


def body_of(row: Row, actor: Actor) -> dict[str, Any]:
    """A row as JSON values, without secrets and masked as the actor's rights say."""
    shown: dict[str, Any] = {}
    for field in row._meta.sorted_fields:  # type: ignore[attr-defined]
        name = field.object_id_name if isinstance(field, ForeignKeyField) else field.name
        if name.endswith(SECRET_SUFFIXES) or (
            name in COST_FIELDS and not actor.can(Permission.CATALOGUE_SEE_COST)
        ):
            continue
        value = getattr(row, name)
        pii = getattr(field, "pii", "")
        if pii and isinstance(value, str) and not actor.can(Permission.CUSTOMERS_EXPORT):
            value = mask(pii, value)
        shown[name] = plain(value)
    return shown


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def answer(row: Row, actor: Actor, status: int = 200, **parts: Any) -> JSONResponse:
    """A row as the answer of a request, with its version as ETag."""
    response = JSONResponse({**body_of(row, actor), **plain(parts)}, status)
    if isinstance(row, Editable):
        response.headers["ETag"] = f'"{row.version}"'
    return response


def page_of(listing: Listing, request: Request, actor: Actor) -> CursorPage:
    """The page that the request's query string asks for (the same names as in a list's URL)."""
    page = paginate(listing, ListQuery.from_url(request.url.query), actor)
    return CursorPage(
        items=[plain(row) for row in page.rows],
        next=page.next_cursor or None,
        previous=page.previous_cursor or None,
        total=page.total,
        total_is_exact=page.is_exact,
    )


IfMatch = Annotated[
    str | None, Header(description="The ETag of the version you edit; 409 when it is outdated.")
]


def wanted_version(if_match: str | None) -> int:
    """The version in an If-Match header. Raises PreconditionRequired."""
    digits = (if_match or "").strip().removeprefix("W/").strip('"')
    if not digits.isdecimal():
        text = Text("请在 If-Match 中给出所编辑的版本", "Give the version you edit in If-Match")
        raise PreconditionRequired(text)
    return int(digits)
