"""Stylesheet, icons, font and scripts, served from this machine under a URL that names their content."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

STATIC = Path(__file__).parent / "static"
STYLES = ("tokens", "base", "shell", "table", "form", "blocks", "records", "sign", "home", "orders")
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".json": "application/json",
}


@cache
def stylesheet() -> str:
    """All styles in cascade order, as one file."""
    return "\n".join((STATIC / "css" / f"{name}.css").read_text("utf-8") for name in STYLES)


@cache
def digest() -> str:
    """A name for the present content of every asset."""
    total = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        total.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:12]


def url(name: str) -> str:
    """Where the browser finds an asset; changes with the content, so it may be kept for ever."""
    return f"/assets/{digest()}/{name}"


def mount(app: FastAPI) -> None:
    """Serve the assets and the favicon."""

    @app.get("/assets/{version}/{name:path}", include_in_schema=False)
    async def asset(version: str, name: str) -> Response:
        if name == "kit.css":
            return Response(stylesheet(), media_type=TYPES[".css"], headers=FOREVER)
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file() or path.suffix not in TYPES:
            return PlainTextResponse("not found", 404)
        headers = FOREVER if version == digest() else {"Cache-Control": "no-cache"}
        return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon(request: Request) -> Response:
        return FileResponse(
            STATIC / "favicon.svg", media_type=TYPES[".svg"], headers={"Cache-Control": "max-age=86400"}
        )
