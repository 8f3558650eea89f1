"""Inputs of the identity verbs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a sign-in form sends, and where it came from."""

    login: str
    password: str
    ip_address: str
    user_agent: str = ""
    is_local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    """A person to be added."""

    login: str
    name: str
    password: str
    roles: tuple[str, ...]
    locale: str = "zh"
    warehouse_ids: tuple[int, ...] = ()
    channel_ids: tuple[int, ...] = ()
    must_change_password: bool = True
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChange:
    """What may change about a person; None leaves a thing as it is."""

    name: str | None = None
    roles: tuple[str, ...] | None = None
    is_active: bool | None = None
    warehouse_ids: tuple[int, ...] | None = None
    channel_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """An API key to be made; scopes narrow the role's permissions."""

    name: str
    role: str
    scopes: tuple[str, ...] = ()
    days: int | None = None
