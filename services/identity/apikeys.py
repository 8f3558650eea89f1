"""API keys: a role narrowed by scopes, shown once, kept as a hash."""

from dataclasses import dataclass
from datetime import timedelta

from models import ApiKey, Role, Text
from services.core import audit
from services.core.clock import now
from services.core.crypto import new_token, token_hash
from services.core.db import insert_row, transaction
from services.core.errors import Invalid, NotFound
from services.core.events import touch
from services.core.permissions import PERMISSIONS, Actor, Permission, requires
from services.identity.actors import permissions_of_role
from services.identity.roles import check_may_give
from services.identity.types import NewKey

PREFIX = "zg_"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key; `secret` is never to be had again."""

    key: ApiKey
    secret: str


@requires(Permission.APIKEYS_MANAGE, once=False)
def create_key(wanted: NewKey, *, actor: Actor) -> MadeKey:
    """Make an API key and return its secret, once."""
    role = Role.get_or_none(Role.code == wanted.role)
    if role is None:
        raise Invalid(fields={"role": Text("没有这个角色", "There is no such role")})
    if not wanted.name.strip():
        raise Invalid(fields={"name": Text("请填写名称", "Give a name")})
    unknown = set(wanted.scopes) - {str(permission) for permission in PERMISSIONS}
    if unknown:
        raise Invalid(fields={"scopes": Text("范围里有未知权限", "A scope is not a known right")})
    rights = permissions_of_role(role)
    check_may_give(actor, rights & frozenset(wanted.scopes) if wanted.scopes else rights)
    secret = PREFIX + new_token()
    at = now()
    with transaction():
        key_id = insert_row(
            ApiKey,
            name=wanted.name.strip(),
            prefix=secret[:10],
            key_hash=token_hash(secret),
            role_id=role.id,
            scopes=list(wanted.scopes) or None,
            created_at=at,
            expires_at=at + timedelta(days=wanted.days) if wanted.days else None,
        )
        key = ApiKey.get_by_id(key_id)
        audit.record(actor, "apikey.create", key, after={"name": key.name, "role": role.code})
        touch("api_key", key_id)
    return MadeKey(key, secret)


@requires(Permission.APIKEYS_MANAGE)
def revoke_key(key_id: int, *, actor: Actor) -> ApiKey:
    """End an API key at once."""
    with transaction():
        key = ApiKey.get_or_none(ApiKey.id == key_id)
        if key is None:
            raise NotFound()
        ApiKey.update(revoked_at=now()).where(ApiKey.id == key_id, ApiKey.revoked_at.is_null()).execute()
        audit.record(actor, "apikey.revoke", key)
        touch("api_key", key_id)
        return ApiKey.get_by_id(key_id)


def actor_of_key(secret: str) -> Actor | None:
    """The actor behind a living key, or None."""
    key = ApiKey.get_or_none(ApiKey.key_hash == token_hash(secret))
    if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now()):
        return None
    permissions = permissions_of_role(Role.get_by_id(key.role_id))
    if key.scopes:
        permissions &= frozenset(key.scopes)
    return Actor(key=f"key:{key.id}", name=key.name, permissions=permissions, via="api")


def key_needs_note(key_hash: str) -> bool:
    """Whether a key was not noted as used within the last minute."""
    key = ApiKey.get_or_none(ApiKey.key_hash == key_hash)
    return key is not None and (key.used_at is None or now() - key.used_at > timedelta(minutes=1))


def note_key_used(key_hash: str) -> None:
    """Remember when a key was last used, at most once a minute."""
    at = now()
    with transaction():
        stale = (ApiKey.used_at.is_null()) | (ApiKey.used_at < at - timedelta(minutes=1))
        ApiKey.update(used_at=at).where(ApiKey.key_hash == key_hash, stale).execute()
