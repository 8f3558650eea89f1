"""Files that leave the shop through the browser: exports of lists, and stored uploads for who may see them."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from models import Attachment, StoredFile
from services import catalogue, orders
from services.core import files, spreadsheet
from services.core.clock import now
from services.core.db import export as in_export
from services.core.db import read
from services.core.errors import DomainError, NotFound
from services.core.listing import Listing, ListQuery, paginate, rows_of
from services.core.money import exponent
from services.core.options import base_currency, business_zone
from services.core.permissions import Actor, Permission
from services.core.text import render
from ui_pages import registry
from ui_pages.kit import sessions
from ui_pages.kit.cells import spreadsheet_value
from ui_pages.kit.signin import sign_in_url

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SANDBOX = "sandbox; default-src 'none'"
INLINE = ("image/", "video/", "application/pdf")
CHUNK = 1 << 16
SCOPED: dict[str, Callable[[int, Actor], Any]] = {"order": orders.order_by_id}
"""Kinds of records of which a person may see only some: how to find the one that a file is pinned to."""


def mount(app: FastAPI) -> None:
    """Register the routes; each asks for the session cookie."""
    app.add_api_route("/export/{key}.{kind}", export, methods=["GET"], include_in_schema=False)
    app.add_api_route("/media/{file_id}", medium, methods=["GET"], include_in_schema=False)
    app.add_api_route("/files/{attachment_id}", attachment, methods=["GET"], include_in_schema=False)


async def export(request: Request, key: str, kind: str) -> Response:
    """Exactly the rows that the list shows under the same query string, streamed."""
    session = await sessions.current(request)
    if session is None or session.must_change_password:
        return RedirectResponse(_door(request, session), 303)
    listing, actor = registry.listings().get(key), session.actor
    if listing is None or kind not in {"csv", "xlsx"}:
        return PlainTextResponse("not found", 404)
    if not actor.can(Permission.EXPORTS_RUN) or not actor.can(listing.permission):
        return PlainTextResponse("forbidden", 403)
    query = ListQuery.from_url(request.url.query).first_page()
    try:
        await read(paginate, listing, query.first_page(size=1), actor, count=False)
    except DomainError as refusal:
        return PlainTextResponse(render(refusal.said, actor.locale), refusal.status)
    name = f"{key}-{now().astimezone(await read(business_zone)):%Y%m%d-%H%M}.{kind}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    if kind == "csv":
        body = _csv_lines(_Sheet(listing, query, actor))
        return StreamingResponse(_in_threads(body), media_type="text/csv; charset=utf-8", headers=headers)
    book = await in_export(_workbook, listing, query, actor)
    return StreamingResponse(_in_threads(_pieces(book)), media_type=XLSX, headers=headers)


async def attachment(request: Request, attachment_id: int) -> Response:
    """A file pinned to a record, for who may open a page of that record's area."""
    session = await sessions.current(request)
    if session is None or session.must_change_password:
        return RedirectResponse(_door(request, session), 303)
    try:
        found = await read(_pinned, attachment_id, session.actor)
    except NotFound:
        return PlainTextResponse("not found", 404)
    return file_response(found.file, found.name)


async def medium(request: Request, file_id: int) -> Response:
    """A picture or video of a product, for who may see products."""
    session = await sessions.current(request)
    if session is None or session.must_change_password:
        return RedirectResponse(_door(request, session), 303)
    found = await read(catalogue.shown_file, file_id, session.actor)
    return PlainTextResponse("not found", 404) if found is None else file_response(found)


def file_response(file: StoredFile, name: str = "") -> Response:
    """A stored file with headers under which it can do no harm."""
    shown = file.mime.startswith(INLINE)
    disposition = (
        f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name or file.original_name)}"
    )
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, max-age=86400",
    }
    return FileResponse(files.path_of(file), media_type=file.mime, headers=headers)


def write_export(listing: Listing, path: Path, actor: Actor) -> None:
    """Write a whole list to a .csv or .xlsx file, for the command line."""
    with path.open("wb") as out:
        if path.suffix == ".csv":
            out.writelines(_csv_lines(_Sheet(listing, ListQuery(), actor)))
        else:
            out.writelines(_pieces(_workbook(listing, ListQuery(), actor)))


def _pinned(attachment_id: int, actor: Actor) -> Attachment:
    found = files.find_attachment(attachment_id)
    if found is None or not registry.may_see(found.subject_kind, actor):
        raise NotFound()
    if found.subject_kind in SCOPED:
        SCOPED[found.subject_kind](found.subject_id, actor)
    return found


def _door(request: Request, session: sessions.LiveSession | None) -> str:
    """Where somebody goes who gets no file yet: to the sign-in, or to the account page with a first password."""
    return sign_in_url(request) if session is None else "/me"


class _Sheet:
    """The rows of an export as plain spreadsheet values, heading first."""

    def __init__(self, listing: Listing, query: ListQuery, actor: Actor) -> None:
        self.listing, self.query, self.actor = listing, query, actor

    def __iter__(self) -> Iterator[list[list[Any]]]:
        columns = [column for column in self.listing.visible_columns(self.actor) if column.kind != "thumb"]
        locale, zone, currency = self.actor.locale, business_zone(), base_currency()
        yield [[render(column.label, locale) for column in columns]]
        for chunk in rows_of(self.listing, self.query, self.actor):
            yield [
                [
                    spreadsheet_value(
                        row.get(column.name),
                        column.kind,
                        locale,
                        zone,
                        exponent(_currency(column, row) or currency),
                    )
                    for column in columns
                ]
                for row in chunk
            ]


def _currency(column: Any, row: Mapping[str, Any]) -> str:
    """The currency of a row whose column names the one that holds it; "" is the shop's."""
    return str(row.get(column.extra[0]) or "") if column.extra else ""


def _csv_lines(sheet: _Sheet) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for rows in sheet:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        yield text.getvalue().encode()


def _workbook(listing: Listing, query: ListQuery, actor: Actor) -> SpooledTemporaryFile[bytes]:
    rows = (row for chunk in _Sheet(listing, query, actor) for row in chunk)
    out: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(8_000_000)
    spreadsheet.write(out, next(rows), rows, render(listing.title, actor.locale))
    out.seek(0)
    return out


def _pieces(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    end = object()
    while (piece := await in_export(next, pieces, end)) is not end:
        yield piece  # type: ignore[misc]
