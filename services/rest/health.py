"""/healthz: the process lives. /readyz: it can read and write; says what is less than whole."""

import shutil
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from models import EventStatus, OutboxEvent
from services import analytics
from services.core import files
from services.core.clock import now
from services.core.db import is_sqlite, read, slow, write
from services.core.numbers import probe_write
from services.core.search import has_trigrams

router = APIRouter(include_in_schema=False)
LOOPBACK = ("127.0.0.1", "::1")
PROBE_EVERY = timedelta(seconds=10)
_probed: dict[str, Any] = {}
LOW_DISK_BYTES = 500 * 1024 * 1024


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz() -> JSONResponse:
    """Database, disk and queues; 503 when orders could not be taken."""
    facts = await read(_facts)
    facts["write"] = await _takes_writes()
    ready = facts["write"] and facts["free_bytes"] > LOW_DISK_BYTES
    return JSONResponse({"status": "ok" if ready else "degraded", **facts}, 200 if ready else 503)


@router.get("/readyz/figures")
async def figures(request: Request) -> JSONResponse:
    """Whether the warehouse agrees with the books; only for `check` on this machine, which cannot open the file."""
    peer = request.client.host if request.client else ""
    if peer not in LOOPBACK or request.scope.get("zhanggui.is_forwarded", False):
        return JSONResponse({"status": "local only"}, 403)
    differences = await slow(analytics.warehouse_differences)
    return JSONResponse({"differences": [str(each) for each in differences]})


async def _takes_writes() -> bool:
    """Whether the database takes writes; asked at most every PROBE_EVERY, because anybody may ask."""
    at = now()
    if _probed.get("at", at - PROBE_EVERY) <= at - PROBE_EVERY:
        _probed.update(at=at, answer=await write(probe_write))
    return bool(_probed["answer"])


def _facts() -> dict[str, Any]:
    fresh = analytics.freshness()
    pending = OutboxEvent.select().where(OutboxEvent.status == EventStatus.PENDING).count()
    parked = OutboxEvent.select().where(OutboxEvent.status == EventStatus.PARKED).count()
    return {
        "engine": "sqlite" if is_sqlite() else "postgres",
        "search": "trigram" if is_sqlite() or has_trigrams() else "prefix",
        "events_pending": pending,
        "events_parked": parked,
        "figures_as_of": fresh.checked_at.isoformat() if fresh.checked_at else None,
        "free_bytes": shutil.disk_usage(files.root()).free,
    }
