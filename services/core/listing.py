"""Lists over any Select: search, facets, views, sort, keyset pages, exports. Used by tables, REST and exports alike.

A `Listing` is declared once with columns of a model; `paginate` answers one page (25–100 rows) by keyset, so page 1 and
page 10,000 cost the same. Sort keys are columns of the listing, never text of the client. Every order ends in the row id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

from peewee import SQL, Field

from models import EnumField, MoneyField, Quantity, Text, UtcField
from services.core import keyset
from services.core.clock import day_start
from services.core.crypto import mask
from services.core.errors import Invalid
from services.core.money import to_minor
from services.core.options import base_currency, business_zone
from services.core.permissions import Actor, Permission

COUNT_CAP = 10_000
MAX_SIZE = 200
EXPORT_CHUNK = 2_000
Kind = Literal[
    "text", "link", "money", "int", "percent", "date", "instant", "chip", "bool", "tags", "thumb", "pii"
]
KINDS: tuple[tuple[type, Kind], ...] = (
    (EnumField, "chip"),
    (MoneyField, "money"),
    (Quantity, "int"),
    (UtcField, "instant"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ColumnSpec:
    expr: Any
    name: str
    label: Text
    kind: Kind
    sortable: bool
    permission: Permission | None
    pii: str
    is_hidden: bool
    is_nullable: bool
    extra: tuple[str, ...]


def Column(  # noqa: N802 - a declaration that reads like a class
    expr: Any,
    *,
    name: str = "",
    label: Text | None = None,
    kind: Kind | None = None,
    via: Any = None,
    sortable: bool | None = None,
    permission: Permission | None = None,
    hidden: bool = False,
    extra: Sequence[str] = (),
) -> _ColumnSpec:
    """One column: name, label and kind come from the model's field unless given.

    `via` is the reference whose row the column reads: one that may be empty makes the column nullable, which sorting
    must know. `extra` names further row values the cell shows.
    `hidden` columns are off until chosen. Personal data (kind pii or a flagged field) is masked as in
    _finish and, when encrypted, cannot be sorted.
    """
    is_field = isinstance(expr, Field)
    pii = getattr(expr, "pii", "") if is_field else ""
    found: Kind = next((known for cls, known in KINDS if isinstance(expr, cls)), "text")
    encrypted = is_field and bool(pii) and pii != "name"
    return _ColumnSpec(
        expr=expr,
        name=name or expr.name,
        label=label or expr.verbose_name,
        kind=kind or ("pii" if encrypted else found),
        sortable=(is_field and not encrypted) if sortable is None else sortable,
        permission=permission,
        pii=pii,
        is_hidden=hidden,
        is_nullable=(is_field and expr.null) or (via is not None and via.null),
        extra=tuple(extra),
    )


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter by values of one field; choices come from its enumeration or from a callable of the actor.

    `choices(actor)` returns [(value, Text or str)].
    """

    expr: Any
    label: Text | None = None
    name: str = ""
    choices: Callable[[Actor], list[tuple[Any, Any]]] | None = None

    @property
    def key(self) -> str:
        """The name in the URL."""
        return self.name or self.expr.name

    @property
    def title(self) -> Text:
        """What the filter is called."""
        return self.label or self.expr.verbose_name


@dataclass(frozen=True, slots=True)
class View:
    """A named segment of the list, shown as a tab with its count."""

    key: str
    text: Text
    condition: Callable[[], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The declaration of one list."""

    key: str
    title: Text
    base: Callable[[Actor], Any]
    columns: tuple[_ColumnSpec, ...]
    row_id: Field
    permission: Permission
    facets: tuple[Facet, ...] = ()
    ranges: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    search: Callable[[str], Any] | None = None
    default_sort: str = "-id"
    topic: str = ""

    def visible_columns(self, actor: Actor) -> list[_ColumnSpec]:
        """The columns this actor may see."""
        return [
            column for column in self.columns if column.permission is None or actor.can(column.permission)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What a person asked of a list; the same thing as the URL's query string."""

    view: str = ""
    search: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""
    size: int = 25

    @classmethod
    def from_url(cls, text: str) -> "ListQuery":
        """Read a query string: view, q, sort, cursor, size, f.<facet>=a&f.<facet>=b, r.<column>=lo..hi (money: units)."""
        given = parse_qs(text.lstrip("?"), keep_blank_values=False)
        size = given.get("size", ["25"])[-1]
        return cls(
            view=given.get("view", [""])[-1],
            search=given.get("q", [""])[-1],
            sort=given.get("sort", [""])[-1],
            cursor=given.get("cursor", [""])[-1],
            size=max(1, min(MAX_SIZE, int(size))) if size.isdecimal() and len(size) < 9 else 25,
            filters={key[2:]: tuple(values) for key, values in given.items() if key.startswith("f.")},
            ranges={key[2:]: _halves(values[-1]) for key, values in given.items() if key.startswith("r.")},
        )

    def to_url(self, *, with_cursor: bool = True) -> str:
        """The query string; defaults are left out."""
        pairs: list[tuple[str, str]] = []
        for key, value in (("view", self.view), ("q", self.search), ("sort", self.sort)):
            pairs += [(key, value)] if value else []
        for key, values in sorted(self.filters.items()):
            pairs += [(f"f.{key}", value) for value in values]
        pairs += [(f"r.{key}", f"{low}..{high}") for key, (low, high) in sorted(self.ranges.items())]
        pairs += [("size", str(self.size))] if self.size != 25 else []
        pairs += [("cursor", self.cursor)] if self.cursor and with_cursor else []
        return urlencode(pairs)

    def first_page(self, **changes: Any) -> "ListQuery":
        """The same question with changes, back at its first page."""
        return replace(self, **{"cursor": "", **changes})


def _halves(text: str) -> tuple[str, str]:
    low, _, high = text.partition("..")
    return low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of rows; cursors are "" at the ends. `total` counts to COUNT_CAP, then is_exact is False."""

    rows: list[dict[str, Any]]
    next_cursor: str
    previous_cursor: str
    total: int
    is_exact: bool


def paginate(
    listing: Listing, query: ListQuery, actor: Actor, *, count: bool = True, to_file: bool = False
) -> Page:
    """Answer one page. Raises Invalid for a sort, facet or cursor the listing does not have."""
    filtered = apply_query(listing, query, actor)
    column, descending = _sort_of(listing, query, actor)
    key = keyset.sort_key(column, listing.row_id)
    backwards, edge = keyset.decode(query.cursor, column)
    down = descending != backwards
    page = filtered
    if edge is not None:
        page = page.where(keyset.beyond(key, listing.row_id, edge, down))
    keys = (key,) if column is None else (key, listing.row_id)
    order = [part.desc() if down else part.asc() for part in keys]
    shown = (
        _select(page, listing, actor).select_extend(key.alias("_key")).order_by(*order).limit(query.size + 1)
    )
    rows = list(shown.dicts())
    more = len(rows) > query.size
    rows = rows[: query.size]
    if backwards:
        rows.reverse()
    first, last = (
        (keyset.encode(rows[0], column, True), keyset.encode(rows[-1], column, False)) if rows else ("", "")
    )
    has_previous = more if backwards else edge is not None
    has_next = True if backwards else more
    total, exact = count_capped(filtered) if count else (0, False)
    return Page(
        rows=[_finish(row, listing, actor, to_file=to_file) for row in rows],
        next_cursor=last if has_next and rows else "",
        previous_cursor=first if has_previous and rows else "",
        total=total,
        is_exact=exact,
    )


def rows_of(listing: Listing, query: ListQuery, actor: Actor) -> Iterator[list[dict[str, Any]]]:
    """All rows the query names, in chunks by keyset, for exports and bulk work."""
    step = replace(query, cursor="", size=EXPORT_CHUNK)
    while True:
        page = paginate(listing, step, actor, count=False, to_file=True)
        if page.rows:
            yield page.rows
        if not page.next_cursor:
            return
        step = replace(step, cursor=page.next_cursor)


def ids_of(listing: Listing, query: ListQuery, actor: Actor, limit: int = COUNT_CAP) -> list[int]:
    """The ids of the rows the query names, at most `limit`: what “select all” means."""
    found = apply_query(listing, query, actor).select(listing.row_id).order_by(listing.row_id).limit(limit)
    return [row[0] for row in found.tuples()]


def rows_by_id(listing: Listing, ids: Sequence[int], actor: Actor) -> list[dict[str, Any]]:
    """Fresh cells of the given rows that the actor may see: what a live refresh patches."""
    chosen = listing.base(actor).where(listing.row_id.in_(list(ids)))
    return [_finish(row, listing, actor) for row in _select(chosen, listing, actor).dicts()]


def view_counts(listing: Listing, query: ListQuery, actor: Actor) -> dict[str, tuple[int, bool]]:
    """Rows per view under the present search and filters: {view key: (count, is exact)}."""
    return {
        view.key: count_capped(apply_query(listing, replace(query, view=view.key), actor))
        for view in listing.views
    }


def count_capped(select: Any, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """(rows, True) up to the cap, else (cap, False): a count never scans a million rows."""
    inner = select.select(SQL("1").alias("one")).limit(cap + 1)
    found = inner.model.raw(*_count_sql(inner)).tuples()
    number = next(iter(found))[0]
    return (cap, False) if number > cap else (number, True)


def _count_sql(inner: Any) -> tuple[Any, ...]:
    sql, params = inner.sql()
    return (f"SELECT COUNT(*) FROM ({sql}) AS capped", *params)  # noqa: S608 - peewee's own SQL


def apply_query(listing: Listing, query: ListQuery, actor: Actor) -> Any:
    """The base Select with view, filters, ranges and search applied. Raises Invalid for unknown names."""
    select = listing.base(actor)
    if query.view:
        view = next((view for view in listing.views if view.key == query.view), None)
        if view is None:
            raise Invalid(Text("没有这个视图", "There is no such view"))
        select = select.where(view.condition()) if view.condition else select
    facets = {facet.key: facet for facet in listing.facets}
    for key, values in query.filters.items():
        if key not in facets:
            raise Invalid(Text("没有这个筛选项", "There is no such filter"))
        select = select.where(facets[key].expr.in_(_facet_values(facets[key], values)))
    columns = {column.name: column for column in listing.visible_columns(actor)}
    for key, (low, high) in query.ranges.items():
        if key not in listing.ranges or key not in columns:
            raise Invalid(Text("没有这个范围筛选", "There is no such range"))
        select = _within(select, columns[key], low, high)
    term = query.search.replace("\0", "").strip()
    if term and listing.search:
        select = select.where(listing.search(term))
    return select


def _facet_values(facet: Facet, values: Sequence[str]) -> list[Any]:
    enum: type[StrEnum] | None = getattr(facet.expr, "enum", None)
    try:
        if enum is not None:
            return [enum(value) for value in values]
        numeric = getattr(facet.expr, "field_type", "") in {"INT", "BIGINT", "AUTO"} or hasattr(
            facet.expr, "rel_model"
        )
        return [_whole(value) for value in values] if numeric else list(values)
    except ValueError:
        raise Invalid(Text("筛选值不对", "That filter value does not exist")) from None


def _whole(text: str) -> int:
    """A whole number that fits a column. Raises ValueError."""
    number = int(text)
    if abs(number) > keyset.LARGEST:
        raise ValueError(f"too large: {text[:40]}")
    return number


def _within(select: Any, column: _ColumnSpec, low: str, high: str) -> Any:
    try:
        if column.kind == "instant":
            zone = business_zone()
            bounds = [day_start(date.fromisoformat(low), zone) if low else None, None]
            bounds[1] = day_start(date.fromisoformat(high) + timedelta(days=1), zone) if high else None
            select = select.where(column.expr >= bounds[0]) if bounds[0] else select
            return select.where(column.expr < bounds[1]) if bounds[1] else select
        if column.kind == "date":
            ends: list[Any] = [date.fromisoformat(end) if end else None for end in (low, high)]
        elif column.kind == "money":
            ends = [to_minor(end, base_currency()) if end else None for end in (low, high)]
        else:
            ends = [_whole(end) if end else None for end in (low, high)]
    except (ValueError, OverflowError):
        raise Invalid(Text("范围的起止不对", "The ends of the range are not valid")) from None
    select = select.where(column.expr >= ends[0]) if ends[0] is not None else select
    return select.where(column.expr <= ends[1]) if ends[1] is not None else select


def _sort_of(listing: Listing, query: ListQuery, actor: Actor) -> tuple[_ColumnSpec | None, bool]:
    wanted = query.sort or listing.default_sort
    name, descending = wanted.lstrip("-"), wanted.startswith("-")
    if name == "id":
        return None, descending
    for column in listing.visible_columns(actor):
        if column.name == name and column.sortable:
            return column, descending
    raise Invalid(Text("不能按此列排序", "The list cannot be sorted by that column"))


def _select(select: Any, listing: Listing, actor: Actor) -> Any:
    columns = [column.expr.alias(column.name) for column in listing.visible_columns(actor)]
    return select.select(listing.row_id.alias("id"), *columns)


def _finish(row: dict[str, Any], listing: Listing, actor: Actor, *, to_file: bool = False) -> dict[str, Any]:
    """Mask personal data: names without customers.reveal_pii; what is encrypted always on screen (revealing one value
    asks a reason), and in files without customers.export_pii.
    """
    row.pop("_key", None)
    names = actor.can(Permission.CUSTOMERS_REVEAL)
    rest = to_file and actor.can(Permission.CUSTOMERS_EXPORT)
    for column in listing.columns:
        shows = names if column.pii == "name" else rest
        if column.pii and not shows and isinstance(row.get(column.name), str):
            row[column.name] = mask(column.pii, row[column.name])
    return row
