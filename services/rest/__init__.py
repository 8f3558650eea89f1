"""The REST API under /api/v1: the same verbs, permissions and visibility as the pages, for API keys."""

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from peewee import DataError
from starlette.exceptions import HTTPException

from services.core.errors import DomainError
from services.rest import catalogue, customers, health, inventory, orders, problems
from services.rest.auth import actor_of_request

PREFIX = "/api/v1"
DESCRIPTION = """\
Send `Authorization: Bearer zg_…`. Lists answer pages with cursors (`?cursor=`), filters as in the pages' addresses.
Writes take `Idempotency-Key`; edits of versioned rows need `If-Match` with the ETag you read. Refusals are RFC 9457
problem documents in the language of `Accept-Language`. Money is in minor units."""
ROUTES = (catalogue.router, customers.router, inventory.router, orders.router)


def build() -> FastAPI:
    """The API as an application of its own, with OpenAPI 3.1 behind a key."""
    api = FastAPI(
        title="掌柜 Zhanggui",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    for router in ROUTES:
        api.include_router(router)

    @api.get("/openapi.json", include_in_schema=False, dependencies=[Depends(actor_of_request)])
    async def openapi() -> JSONResponse:
        return JSONResponse({**api.openapi(), "servers": [{"url": PREFIX}]})

    api.add_exception_handler(DomainError, problems.on_refusal)
    api.add_exception_handler(RequestValidationError, problems.on_invalid)
    api.add_exception_handler(HTTPException, problems.on_http)
    for absurd in (OverflowError, DataError):
        api.add_exception_handler(absurd, problems.on_absurd)
    api.add_exception_handler(Exception, problems.on_bug)
    return api


def mount(app: FastAPI) -> None:
    """Put the API and the health routes into the application, before the shell that catches everything."""
    app.include_router(health.router)
    app.mount(PREFIX, build())
