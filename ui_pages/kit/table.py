"""`data_table`: the one list of the whole program, over a Listing. The browser half is static/data_table.js."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nicegui import events, ui

from models import Text
from services.core.db import read, write
from services.core.errors import DomainError
from services.core.listing import Listing, ListQuery, paginate, rows_by_id, view_counts
from services.core.permissions import Permission
from services.core.saved_views import delete_view, save_view, views_of
from services.core.text import label_of
from ui_pages.kit.action import attempt, refusals, show_refusal
from ui_pages.kit.bulk import Bulk, run_bulk
from ui_pages.kit.cells import columns_for, row_for
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.table_words import WORDS


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list teaches: what would be here, and how to get the first one."""

    title: Text = Text("这里还没有内容", "Nothing here yet")
    hint: Text = Text("", "")
    action: Text | None = None
    href: str = ""


async def data_table(
    ctx: Ctx,
    listing: Listing,
    *,
    row_href: str = "",
    bulk: Sequence[Bulk] = (),
    topic: str = "",
    empty: Empty | Text | None = None,
    show: Mapping[str, Callable[[Any], Any]] | None = None,
    on_open: Callable[[int], Awaitable[None]] | None = None,
    main: bool = True,
    bar: bool = True,
    size: int = 25,
) -> "DataTable":
    """Show a listing. `main` (one a page): its state lives in the URL and it answers to j, k, x, / and Enter.

    A table inside a detail page passes main=False and, with bar=False, shows rows only. `show` turns the value of a
    column into what is shown; `on_open(row_id)` opens a row that has no page of its own.
    """
    teaching = empty if isinstance(empty, Empty) else Empty(title=empty) if empty else Empty()
    asked = ListQuery.from_url(ctx.query_string) if main else ListQuery(size=size)
    table = _Source(ctx, listing, row_href, bar, show or {})
    try:
        first = await table.page(asked, 0, None)
    except DomainError as refusal:
        show_refusal(ctx, refusal)
        first = await table.page(ListQuery(), 0, None)
    saved = await read(_saved, ctx, listing) if bar else []
    made = DataTable(table, first, saved, tuple(bulk), teaching, main, on_open)
    ctx.on_change(topic or listing.topic or listing.key, made.refresh_rows)
    return made


class _Source:
    """Asks the listing on reader threads and turns rows into cells."""

    def __init__(
        self, ctx: Ctx, listing: Listing, row_href: str, bar: bool, show: Mapping[str, Callable[[Any], Any]]
    ) -> None:
        self.ctx, self.listing, self.row_href, self.bar, self.show = ctx, listing, row_href, bar, show
        self.query = ListQuery()
        self.ids: list[int] = []
        self.facets_sent = False

    async def page(self, query: ListQuery, offset: int | None, seq: int | None) -> dict[str, Any]:
        """One page with counts, ready for the component. Raises DomainError."""
        if self.listing.views and not query.view:
            query = replace(query, view=self.listing.views[0].key)
        counts = self.bar and self.listing.views and not query.cursor
        found, payload = await asyncio.gather(
            read(self._fetch, query), read(self._counts, query) if counts else _nothing()
        )
        self.query, self.ids = query, [row["id"] for row in found["rows"]]
        first = self.listing.views[0].key if self.listing.views else ""
        sort = "" if query.sort == self.listing.default_sort else query.sort
        address = replace(query, sort=sort, view="" if query.view == first else query.view).to_url()
        found |= payload
        found["url"] = self.ctx.path + (f"?{address}" if address else "")
        found["offset"] = 0 if not query.cursor else offset
        found["seq"] = seq
        if not self.facets_sent:
            found["facets"] = await read(self._choices) if self.bar else {}
            self.facets_sent = True
        return found

    def _fetch(self, query: ListQuery) -> dict[str, Any]:
        page = paginate(self.listing, query, self.ctx.actor)
        return {
            "rows": [self.row(row) for row in page.rows],
            "total": page.total,
            "exact": page.is_exact,
            "next": page.next_cursor,
            "prev": page.previous_cursor,
            "query": {
                "view": query.view,
                "search": query.search,
                "filters": {key: list(values) for key, values in query.filters.items()},
                "ranges": {key: list(ends) for key, ends in query.ranges.items()},
                "sort": query.sort or self.listing.default_sort,
                "cursor": query.cursor,
                "size": query.size,
            },
        }

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the listing as the component wants it."""
        row = {**row, **{name: show(row.get(name)) for name, show in self.show.items()}} if self.show else row
        return row_for(self.listing, row, self.ctx.actor, self.ctx.locale, self.ctx.currency, self.row_href)

    def _counts(self, query: ListQuery) -> dict[str, Any]:
        found = view_counts(self.listing, query.first_page(), self.ctx.actor)
        return {"views": {key: short(number, exact) for key, (number, exact) in found.items()}}

    def _choices(self) -> dict[str, list[list[str]]]:
        return {facet.key: facet_choices(facet, self.ctx) for facet in self.listing.facets}


class DataTable(ui.element, component="static/data_table.js"):
    """The element; rows, selection, columns and density live in the browser."""

    def __init__(
        self,
        source: _Source,
        first: dict[str, Any],
        saved: list[dict[str, Any]],
        bulk: tuple[Bulk, ...],
        empty: Empty,
        main: bool,
        on_open: Callable[[int], Awaitable[None]] | None,
    ) -> None:
        super().__init__()
        self.source, self.bulk, self.ctx = source, bulk, source.ctx
        self._props.update(_props(source, first, saved, bulk, empty, main))
        self.on("fetch", self._fetch)
        self.on("bulk", self._bulk)
        self.on("saveview", self._save_view)
        self.on("useview", self._use_view)
        self.on("dropview", self._drop_view)
        self.is_main = main
        self._props["opens"] = on_open is not None
        if on_open is not None:
            self.on("open", lambda event: on_open(int(event.args)))

    async def reload(self) -> None:
        """Ask again from the first page, keeping search, filters and sort."""
        await self._show(self.source.query.first_page(), 0, None)

    async def refresh_rows(self, ids: set[int]) -> None:
        """Rows changed elsewhere: patch the visible ones, count the others on a chip."""
        visible = [row_id for row_id in self.source.ids if row_id in ids]
        ctx, listing = self.ctx, self.source.listing
        rows = await read(lambda: [self.source.row(row) for row in rows_by_id(listing, visible, ctx.actor)])
        if not self.is_deleted:
            self.run_method("patch", rows, len(ids) - len(visible))

    async def _show(self, query: ListQuery, offset: int | None, seq: int | None) -> None:
        try:
            payload = await self.source.page(query, offset, seq)
        except DomainError as refusal:
            show_refusal(self.ctx, refusal)
            self.run_method("failed")
            return
        if self.is_deleted:
            return
        if self.is_main:
            self.ctx.keep_url(payload["url"])
        self.run_method("setPage", payload)

    async def _fetch(self, event: events.GenericEventArguments) -> None:
        asked = event.args
        query = ListQuery(
            view=str(asked["view"] or ""),
            search=str(asked["search"] or ""),
            filters={key: tuple(map(str, values)) for key, values in asked["filters"].items()},
            ranges={key: (str(ends[0]), str(ends[1])) for key, ends in asked["ranges"].items()},
            sort=str(asked["sort"] or ""),
            cursor=str(asked["cursor"] or ""),
            size=max(1, min(100, int(asked["size"]))),
        )
        await self._show(query, asked.get("offset"), asked["seq"])

    async def _bulk(self, event: events.GenericEventArguments) -> None:
        chosen = next(each for each in self.bulk if each.key == event.args["key"])
        ids = [int(row_id) for row_id in event.args["ids"]]
        everything = self.source.query if event.args["all"] else None

        async def run(_actor: Any) -> bool:
            return await run_bulk(self.ctx, self.source.listing, chosen, ids, everything)

        _, changed = await attempt(self.ctx, run)
        if changed is not False and not self.is_deleted:
            self.run_method("unpick")
            await self.reload()

    async def _save_view(self, event: events.GenericEventArguments) -> None:
        asked, key = event.args, self.source.listing.key
        query = asked["url"].partition("?")[2]

        async def save(actor: Any) -> None:
            await write(save_view, key, asked["name"], query, is_shared=bool(asked["shared"]), actor=actor)

        await attempt(self.ctx, save)
        await self._send_saved()

    async def _drop_view(self, event: events.GenericEventArguments) -> None:
        async def drop(actor: Any) -> None:
            await write(delete_view, int(event.args), actor=actor)

        await attempt(self.ctx, drop)
        await self._send_saved()

    async def _use_view(self, event: events.GenericEventArguments) -> None:
        await self._show(ListQuery.from_url(event.args["query"]), 0, event.args["seq"])

    async def _send_saved(self) -> None:
        self.run_method("setSaved", await read(_saved, self.ctx, self.source.listing))


def short(number: int, exact: bool) -> str:
    """A count beside a view: 940, 1.2k, 10k+."""
    if number < 1000:
        return str(number)
    rounded = f"{number / 1000:.1f}".removesuffix(".0")
    return f"{rounded}k" + ("" if exact else "+")


def facet_choices(facet: Any, ctx: Ctx) -> list[list[str]]:
    """[[value, words, ""]] of a facet: from its callable, else from its enumeration."""
    if facet.choices is not None:
        return [[str(value), ctx.t(words), ""] for value, words in facet.choices(ctx.actor)]
    enum = getattr(facet.expr, "enum", ())
    return [[member.value, ctx.t(label_of(member).text), ""] for member in enum]


def _props(
    source: _Source, first: dict[str, Any], saved: list[Any], bulk: tuple[Bulk, ...], empty: Empty, main: bool
) -> dict[str, Any]:
    ctx, listing = source.ctx, source.listing
    may_export = source.bar and ctx.can(Permission.EXPORTS_RUN)
    return {
        "listing": listing.key,
        "columns": columns_for(listing, ctx.actor, ctx.locale, ctx.currency),
        "views": [{"key": view.key, "label": ctx.t(view.text)} for view in listing.views],
        "facets": _facets(source),
        "bulk": [_bulk_props(ctx, each) for each in bulk],
        "words": {"list": ctx.t(listing.title), **{key: ctx.t(text) for key, text in WORDS.items()}},
        "empty": {
            "title": ctx.t(empty.title),
            "hint": ctx.t(empty.hint),
            "action": ctx.t(empty.action) if empty.action else "",
            "href": empty.href,
        },
        "initial": first,
        "selectable": bool(bulk),
        "searchable": listing.search is not None,
        "export-url": f"/export/{listing.key}" if may_export else "",
        "saved-views": saved,
        "locale": "zh-CN" if ctx.locale == "zh" else "en-GB",
        "zone": str(ctx.zone),
        "hotkeys": main,
        "bar": source.bar,
    }


def _facets(source: _Source) -> list[dict[str, str]]:
    ctx, listing = source.ctx, source.listing
    shown = [{"name": facet.key, "label": ctx.t(facet.title), "kind": "choice"} for facet in listing.facets]
    for column in listing.visible_columns(ctx.actor):
        if column.name in listing.ranges:
            kind = "date" if column.kind in {"instant", "date"} else column.kind
            shown.append({"name": column.name, "label": ctx.t(column.label), "kind": kind})
    return shown


def _bulk_props(ctx: Ctx, each: Bulk) -> dict[str, Any]:
    why = [ctx.t(reason) for reason in refusals(ctx, each.verb)]
    return {
        "key": each.key,
        "label": ctx.t(each.label),
        "icon": each.icon,
        "danger": each.danger,
        "why": why[0] if why else "",
    }


def _saved(ctx: Ctx, listing: Listing) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "name": row.name,
            "query": row.query,
            "shared": row.is_shared,
            "mine": row.staff_id == ctx.actor.staff_id,
        }
        for row in views_of(listing.key, ctx.actor)
    ]


async def _nothing() -> dict[str, Any]:
    return {}
