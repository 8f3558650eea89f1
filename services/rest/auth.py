"""Who calls: API keys only, as `Authorization: Bearer zg_…`. Cookies mean nothing here."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services import identity
from services.core.crypto import token_hash
from services.core.db import read, write
from services.core.permissions import Actor
from services.rest.problems import locale_of

bearer = HTTPBearer(
    auto_error=False, description="An API key made on the page API keys or by `apikey create`."
)


async def actor_of_request(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    idempotency_key: Annotated[
        str | None,
        Header(max_length=80, description="Makes a write safe to send again: the first result returns."),
    ] = None,
) -> Actor:
    """The actor behind the request's key; 401 without a living one."""
    secret = credentials.credentials if credentials else ""
    actor = await read(identity.actor_of_key, secret) if secret else None
    if actor is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    if await read(identity.key_needs_note, token_hash(secret)):
        await write(identity.note_key_used, token_hash(secret))
    return replace(actor, request_id=idempotency_key or "", locale=locale_of(request))


Caller = Annotated[Actor, Depends(actor_of_request)]
