"""The web edge as pure ASGI: origin check, upload cap, headers, and a content security policy with a nonce.

Pure, because Starlette's BaseHTTPMiddleware never sees websockets. Sits outside NiceGUI and inside gzip.
"""

import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ALLOWED = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
FORM_BYTES = 1_000_000
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self' blob:; manifest-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
)
NEEDS_NONCE = re.compile(rb'<script(?=[\s>])|<link(?=[^>]*rel="modulepreload")')
TABS = ("/_nicegui/client/", "/_nicegui_ws/")
BIG_BODIES = ("/_nicegui/client/", "/upload/")
API_BYTES = 10_000_000
"""What the API reads before it knows who calls."""


class Guard:
    """Middleware around everything the browser can reach."""

    def __init__(
        self,
        app: App,
        *,
        upload_bytes: int = 200_000_000,
        proxies: str = "",
        may_reach: Callable[[Scope], Awaitable[bool]] | None = None,
    ) -> None:
        self.app, self.upload_bytes, self.may_reach = app, upload_bytes, may_reach
        self.proxies = tuple(
            ipaddress.ip_network(part.strip()) for part in proxies.split(",") if part.strip()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then let it through with a counted body and dressed answers."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        trust_proxy(scope, headers, self.proxies)
        refusal = self._refusal(scope, headers) or await self._stranger(scope)
        if refusal is not None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif refusal is not None:
            await refusal(scope, receive, _Dressed(scope, send))
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        if scope["type"] == "http" and scope["method"] not in ALLOWED:
            return JSONResponse({"detail": "method not allowed"}, 405)
        acts = scope["type"] == "websocket" or scope["method"] not in SAFE
        if acts and not is_same_origin(headers):
            return JSONResponse({"detail": "cross-origin request refused"}, 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._cap(scope):
            return JSONResponse({"detail": "request body too large"}, 413)
        return None

    async def _stranger(self, scope: Scope) -> Response | None:
        """Sockets and upload addresses of a tab answer only the session that opened the tab."""
        if self.may_reach is None or not scope["path"].startswith(TABS) or await self.may_reach(scope):
            return None
        return JSONResponse({"detail": "not found"}, 404)

    def _cap(self, scope: Scope) -> int:
        if scope["path"].startswith(BIG_BODIES):
            return self.upload_bytes
        return API_BYTES if scope["path"].startswith("/api/") else FORM_BYTES

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        cap, count, dressed = self._cap(scope), 0, _Dressed(scope, send)

        async def counted() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > cap:
                raise _TooLarge
            return message

        try:
            await self.app(scope, counted, dressed)
        except _TooLarge:
            if not dressed.has_started:
                await JSONResponse({"detail": "request body too large"}, 413)(scope, receive, dressed)


class _TooLarge(Exception):
    pass


class _Dressed:
    """A `send` that adds the headers, and the nonce to every script tag of a document."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.send, self.nonce = send, secrets.token_urlsafe(16)
        self.is_https = scope["scheme"] in {"https", "wss"}
        self.host = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"host"), "")
        self.has_started = False
        self._held: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            message["headers"] = self._headers(message["headers"])
            if dict(message["headers"]).get(b"x-nicegui-content") == b"page":
                self._held = message
                return
        elif self._held is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            message = await self._release(self._held)
        await self.send(message)

    async def _release(self, held: Message) -> Message:
        mark = b' nonce="' + self.nonce.encode() + b'"'
        body = NEEDS_NONCE.sub(lambda found: found.group(0) + mark, bytes(self._body))
        length = str(len(body)).encode()
        kept = [(key, length if key == b"content-length" else value) for key, value in held["headers"]]
        await self.send({**held, "headers": kept})
        self._held = None
        return {"type": "http.response.body", "body": body}

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        headers = [(key.lower(), value) for key, value in given]
        present = {key for key, _ in headers}
        headers += [pair for pair in HEADERS if pair[0] not in present]
        if b"content-security-policy" not in present:
            headers.append((b"content-security-policy", POLICY.format(nonce=self.nonce).encode()))
        if b"cache-control" not in present:
            headers.append((b"cache-control", b"no-store"))
        if self.is_https and not _is_address(self.host):
            headers.append((b"strict-transport-security", b"max-age=31536000"))
        return headers


def is_same_origin(headers: dict[str, str]) -> bool:
    """Whether a request that acts comes from our own pages, or from no browser at all."""
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def accepts_origin(origin: str | None, environ: Mapping[str, str]) -> bool:
    """Whether a socket's handshake comes from our own pages.

    Socket.io's own rule takes every line for http, so that over https it refused our pages too.
    """
    host = environ.get("HTTP_HOST", "").lower()
    return origin is not None and urlsplit(origin).netloc.lower() == host


def trust_proxy(scope: Scope, headers: dict[str, str], proxies: tuple[Any, ...]) -> None:
    """Take scheme and client from X-Forwarded-* only when the peer is a trusted proxy."""
    peer = (scope.get("client") or ("", 0))[0]
    scope["zhanggui.is_forwarded"] = any(
        name == "forwarded" or name.startswith("x-forwarded-") for name in headers
    )
    try:
        trusted = any(ipaddress.ip_address(peer) in network for network in proxies)
    except ValueError:
        trusted = False
    if not trusted:
        return
    scheme = headers.get("x-forwarded-proto", "")
    if scheme in {"http", "https"}:
        scope["scheme"] = {"http": "ws", "https": "wss"}[scheme] if scope["type"] == "websocket" else scheme
    forwarded = headers.get("x-forwarded-for", "").split(",")[-1].strip()
    if forwarded:
        scope["client"] = (forwarded, 0)


def is_loopback(peer: str) -> bool:
    """Whether a peer address is this machine."""
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost"
    return True
