"""The web application: everything the browser can reach, in the order in which addresses are matched."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from nicegui import app, core, ui

from services.core.background import Background
from services.core.settings import Settings
from ui_pages import registry
from ui_pages.kit import assets, downloads, live, sessions, setup, shell, signin, theme
from ui_pages.kit.web import Guard, accepts_origin

mounts: list[Callable[[FastAPI], None]] = [assets.mount, signin.mount, setup.mount, downloads.mount]
"""Routes that come before the shell's catch-all; pages of other domains (kiosk, print) may add theirs."""


def compose_pages(settings: Settings, *, routes: tuple[Callable[[FastAPI], None], ...] = ()) -> None:
    """Register middleware, routes and pages; `routes` (REST) come before the shell, which catches everything."""
    theme.install()
    sessions.configure(settings)
    core.sio.eio.cors_allowed_origins = accepts_origin
    app.add_middleware(
        Guard,
        upload_bytes=settings.upload_max_mb * 1_000_000,
        proxies=settings.trusted_proxies,
        may_reach=sessions.may_reach,
    )
    registry.discover()  # first: pages add mounts of their own when they are imported
    for mount in (*mounts, *routes):
        mount(app)
    shell.mount()
    app.on_startup(_start)
    app.on_shutdown(_stop)


def run(settings: Settings, background: Background) -> None:
    """Serve until the process is told to end."""
    app.on_startup(background.start)
    app.on_shutdown(lambda: background.stop())  # a bare bound method would be handed the app as its timeout
    tls: dict[str, Any] = {}
    if settings.ssl_cert:
        tls = {"ssl_certfile": settings.ssl_cert, "ssl_keyfile": settings.ssl_key}
    ui.run(host=settings.host, port=settings.port, **theme.RUN, **tls)


async def _start() -> None:
    live.start()
    await sessions.start()


async def _stop() -> None:
    live.stop()
    await sessions.stop()
