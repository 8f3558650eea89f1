"""Signed-in browsers: the cookie, the gate before every websocket event, and the end of open tabs within seconds."""

import asyncio
import logging
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request, Response
from nicegui import Client, background_tasks, core
from starlette.requests import HTTPConnection

from models import Theme
from services import identity
from services.core import events
from services.core.db import read, write
from services.core.permissions import Actor
from services.core.settings import Settings

log = logging.getLogger("zhanggui.sessions")
SWEEP_S = 2.0
SEEN_EVERY = 30
SECURE, PLAIN = "__Host-sid", "sid"
HANDSHAKE = "/_nicegui_ws/"


@dataclass(slots=True, eq=False, kw_only=True)
class LiveSession:
    """A session with open tabs."""

    id: int
    actor: Actor
    login: str
    theme: Theme
    must_change_password: bool
    is_demo: bool
    is_alive: bool = True
    was_active: bool = True
    clients: set[str] = field(default_factory=set)


class _Edge:
    settings: Settings
    live: dict[int, LiveSession]
    task: asyncio.Task[None] | None = None
    is_listening = False
    wake: asyncio.Event
    loop: asyncio.AbstractEventLoop | None = None


_edge = _Edge()
_edge.live = {}


def configure(settings: Settings) -> None:
    """Take the settings that sessions depend on, and put the gate before NiceGUI's events."""
    _edge.settings = settings
    if getattr(Client.handle_event, "is_gate", False):
        return
    passed_on = Client.handle_event

    def gated(self: Client, msg: dict[str, Any]) -> None:
        session = self.storage.get("session")
        if session is None and not self.storage.get("is_public"):
            return
        if session is not None:
            if not session.is_alive:
                return
            session.was_active = True
        passed_on(self, msg)

    gated.is_gate = True  # type: ignore[attr-defined]
    Client.handle_event = gated  # type: ignore[method-assign]
    _bind_sockets()


def settings() -> Settings:
    """The process settings the web edge was started with."""
    return _edge.settings


async def start() -> None:
    """Begin to close the tabs of ended sessions; called when the application starts."""
    _edge.loop, _edge.wake = asyncio.get_running_loop(), asyncio.Event()
    _edge.task = background_tasks.create(_sweep_forever(), name="session sweep")
    if not _edge.is_listening:
        events.on_change(_heard)
        _edge.is_listening = True


async def stop() -> None:
    """Stop sweeping."""
    if _edge.task is not None:
        _edge.task.cancel()
    _edge.loop, _edge.task = None, None
    _edge.live.clear()


def token_of(request: Request) -> str:
    """The session token that the browser sent, "" when none."""
    name = SECURE if request.url.scheme == "https" else PLAIN
    return request.cookies.get(name, "")


async def current(request: Request) -> LiveSession | None:
    """The living session of a request, read from the database."""
    token = token_of(request)
    found = await read(identity.session_of, token, _edge.settings) if token else None
    if found is None:
        return None
    session = _edge.live.get(found.session_id)
    if session is None or not session.is_alive:
        session = _edge.live[found.session_id] = LiveSession(
            id=found.session_id,
            actor=found.actor,
            login=found.login,
            theme=found.theme,
            must_change_password=found.must_change_password,
            is_demo=found.is_demo,
        )
    session.actor, session.theme, session.was_active = found.actor, found.theme, True
    session.must_change_password = found.must_change_password
    return session


def adopt(session: LiveSession, client: Client) -> None:
    """Tie a tab to its session, so that it ends with it."""
    client.storage["session"] = session
    session.clients.add(client.id)
    client.on_delete(lambda: session.clients.discard(client.id))


def set_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser its session; the name and flags depend on whether the line is encrypted."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        SECURE if secure else PLAIN,
        token,
        max_age=_edge.settings.session_days * 86400,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, request: Request) -> None:
    """Take the session from the browser."""
    secure = request.url.scheme == "https"
    response.delete_cookie(
        SECURE if secure else PLAIN, path="/", secure=secure, httponly=True, samesite="lax"
    )


def end(session: LiveSession, why: str = "ended") -> None:
    """Refuse every further event of a session and send its tabs to the sign-in page."""
    session.is_alive = False
    _edge.live.pop(session.id, None)
    for client_id in list(session.clients):
        client = Client.instances.get(client_id)
        if client is not None:
            client.run_javascript(f'zg.dirty.clear(); location.replace("/sign-in?why={why}")')
            background_tasks.create(_close(client), name="close tab")


async def may_reach(scope: MutableMapping[str, Any]) -> bool:
    """Whether the browser behind a socket or upload request is the one whose tab it names."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    path = scope["path"]
    client_id = query.get("client_id", [""])[0] if path.startswith(HANDSHAKE) else path.split("/")[3]
    if path.startswith(HANDSHAKE) and "sid" in query:
        return True
    client = Client.instances.get(client_id)
    if client is None or client.storage.get("is_public"):
        return True
    session = client.storage.get("session")
    if session is None or not session.is_alive:
        return False
    request = HTTPConnection(scope)
    token = request.cookies.get(SECURE if scope["scheme"] in {"https", "wss"} else PLAIN, "")
    found = await read(identity.session_of, token, _edge.settings) if token else None
    return found is not None and found.session_id == session.id


async def sweep() -> None:
    """Close the tabs of sessions that ended, and note which were active."""
    if not _edge.live:
        return
    living = await read(identity.living_session_ids, _edge.settings)
    for session in [each for each in _edge.live.values() if each.id not in living]:
        end(session)


async def _sweep_forever() -> None:
    rounds = 0
    while True:
        try:
            await asyncio.wait_for(_edge.wake.wait(), SWEEP_S)
        except TimeoutError:
            rounds += 1
        _edge.wake.clear()
        try:
            await sweep()
            if rounds >= SEEN_EVERY / SWEEP_S:
                rounds = 0
                await _note_activity()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("session sweep failed")
        _forget_idle()


async def _note_activity() -> None:
    for session in list(_edge.live.values()):
        if session.was_active:
            session.was_active = False
            await write(identity.note_seen, session.id)


def _forget_idle() -> None:
    for session in list(_edge.live.values()):
        if not session.clients and not session.was_active:
            _edge.live.pop(session.id, None)


async def _close(client: Client) -> None:
    sockets = list(client._socket_to_document_id)
    await asyncio.sleep(0.5)
    if not client.is_deleted:
        client.delete()
    for socket in sockets:
        await core.sio.disconnect(socket)


def _heard(topic: str, row_id: int) -> None:
    loop = _edge.loop
    if topic in {"session", "staff", "role"} and loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_edge.wake.set)


def _bind_sockets() -> None:
    """Let a socket speak only for the tab it shook hands for: NiceGUI trusts any client id it is told."""
    for name in ("event", "javascript_response"):
        passed_on = core.sio.handlers["/"][name]

        def bound(sid: str, msg: dict[str, Any], passed_on: Any = passed_on) -> None:
            if sid.startswith("test-") or msg.get("client_id") in core.sio.rooms(sid):
                passed_on(sid, msg)

        core.sio.on(name, bound)
