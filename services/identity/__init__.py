"""Staff, roles, sessions and API keys."""

from services.identity import invariants, labels  # noqa: F401 - they register themselves
from services.identity.actors import actor_of_staff
from services.identity.apikeys import (
    MadeKey,
    actor_of_key,
    create_key,
    key_needs_note,
    note_key_used,
    revoke_key,
)
from services.identity.demo import DEMO_PASSWORD, DemoAccount, demo_accounts
from services.identity.passwords import password_problem
from services.identity.queries import (
    ROLES_HELD,
    all_roles,
    api_keys,
    grants,
    has_staff,
    open_sessions,
    own_sessions,
    people,
    person,
    role_names,
    scope_ids,
    staff_search,
)
from services.identity.roles import create_role, ensure_presets, set_role_permissions
from services.identity.sessions import (
    SignedIn,
    SignInRefused,
    living_session_ids,
    note_seen,
    revoke_session,
    session_of,
    sign_in,
    sign_out,
    unlock_account,
)
from services.identity.setup import SetupShop, ShopOpened, setup_shop
from services.identity.staff import (
    add_staff,
    change_own_password,
    change_staff,
    invite_staff,
    reset_password,
    role_codes,
    set_preferences,
)
from services.identity.types import NewKey, NewStaff, SignIn, StaffChange

__all__ = [
    "DEMO_PASSWORD",
    "ROLES_HELD",
    "DemoAccount",
    "MadeKey",
    "NewKey",
    "NewStaff",
    "SetupShop",
    "ShopOpened",
    "SignIn",
    "SignInRefused",
    "SignedIn",
    "StaffChange",
    "actor_of_key",
    "actor_of_staff",
    "add_staff",
    "all_roles",
    "api_keys",
    "change_own_password",
    "change_staff",
    "create_key",
    "create_role",
    "demo_accounts",
    "ensure_presets",
    "grants",
    "has_staff",
    "invite_staff",
    "key_needs_note",
    "living_session_ids",
    "note_key_used",
    "note_seen",
    "open_sessions",
    "own_sessions",
    "password_problem",
    "people",
    "person",
    "reset_password",
    "revoke_key",
    "revoke_session",
    "role_codes",
    "role_names",
    "scope_ids",
    "session_of",
    "set_preferences",
    "set_role_permissions",
    "setup_shop",
    "sign_in",
    "sign_out",
    "staff_search",
    "unlock_account",
]
