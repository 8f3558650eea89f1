"""Sign-in, sign-out and server-side sessions.

A session is a row; the cookie holds a 256-bit token of which the row knows only the SHA-256. Idle and absolute expiry
come from the settings. Failures are throttled per account (from the 5th: 1 s doubling to 15 min) and per address (30 a
minute), with the same answer for unknown accounts (ASVS 5.0 §6.3).
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from models import Session, SignInAttempt, Staff, Text, Theme
from services.core import audit
from services.core.clock import now
from services.core.crypto import hash_password, new_token, password_matches, token_hash
from services.core.db import insert_row, transaction
from services.core.errors import DomainError, NotFound
from services.core.events import touch
from services.core.permissions import Actor, Permission, check_permission, requires
from services.core.settings import Settings
from services.core.text import Said
from services.identity.actors import actor_of_staff
from services.identity.types import SignIn

FREE_FAILURES = 5
LONGEST_WAIT_S = 900
ADDRESS_PER_MINUTE = 30
TOUCH_EVERY = timedelta(seconds=60)


class SignInRefused(DomainError):
    """The account or password is wrong, or there were too many tries."""

    status = 401
    code = "sign_in_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A living session as the web edge needs it."""

    session_id: int
    actor: Actor
    login: str
    theme: Theme
    must_change_password: bool
    is_demo: bool


def sign_in(form: SignIn, settings: Settings) -> str:
    """Check a password and open a session; returns the cookie's token. Takes ~0.3 s of CPU: run with slow().

    Raises SignInRefused.
    """
    login = form.login.strip().lower()
    _refuse_when_throttled(login, form.ip_address)
    staff = Staff.get_or_none(Staff.login == login)
    hashed = staff.password_hash if staff else _dummy_hash(settings.bcrypt_cost)
    matches = password_matches(form.password, hashed)
    barred = staff is not None and staff.is_demo and not (form.is_local or settings.demo)
    if staff is None or not matches or not staff.is_active or barred:
        _remember_failure(login, form.ip_address, staff)
        raise SignInRefused(Text("账号或密码不对", "Wrong account or password"))
    token = new_token()
    with transaction():
        at = now()
        insert_row(
            Session,
            token_hash=token_hash(token),
            staff_id=staff.id,
            ip_address=form.ip_address[:64],
            user_agent=form.user_agent[:200],
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(days=settings.session_days),
        )
        SignInAttempt.delete().where(SignInAttempt.login_hash == token_hash(login)).execute()
        Staff.update(last_sign_in_at=at).where(Staff.id == staff.id).execute()
        audit.record(actor_of_staff(staff), "session.open", staff, after={"ip": form.ip_address})
    return token


def session_of(token: str, settings: Settings) -> SignedIn | None:
    """The living session behind a cookie's token, or None; notes at most once a minute that it was seen."""
    if not token:
        return None
    row = Session.get_or_none(Session.token_hash == token_hash(token))
    if row is None or not is_alive(row, settings):
        return None
    staff = Staff.get_or_none(Staff.id == row.staff_id)
    if staff is None or not staff.is_active:
        return None
    return SignedIn(
        session_id=row.id,
        actor=actor_of_staff(staff),
        login=staff.login,
        theme=staff.theme,
        must_change_password=staff.must_change_password,
        is_demo=staff.is_demo,
    )


def note_seen(session_id: int) -> None:
    """Move a session's idle clock; does nothing within a minute of the last time."""
    at = now()
    with transaction():
        Session.update(seen_at=at).where(
            Session.id == session_id, Session.seen_at < at - TOUCH_EVERY
        ).execute()


def is_alive(row: Session, settings: Settings) -> bool:
    """Whether a session is neither revoked nor expired nor idle for too long."""
    at = now()
    idle = timedelta(minutes=settings.session_idle_minutes)
    return row.revoked_at is None and at < row.expires_at and at - row.seen_at < idle


def living_session_ids(settings: Settings) -> set[int]:
    """Ids of sessions that may act now; the web edge closes the sockets of all others."""
    at = now()
    idle = timedelta(minutes=settings.session_idle_minutes)
    living = (
        Session.select(Session.id)
        .join(Staff)
        .where(
            Session.revoked_at.is_null(),
            Session.expires_at > at,
            Session.seen_at > at - idle,
            Staff.is_active == True,  # noqa: E712 - SQL
        )
    )
    return {row.id for row in living}


def sign_out(token: str) -> None:
    """End the session of this cookie; nothing happens when there is none."""
    row = Session.get_or_none(Session.token_hash == token_hash(token))
    if row is not None and row.revoked_at is None:
        staff = Staff.get_by_id(row.staff_id)
        _end([row.id], actor_of_staff(staff), staff, "session.close")


def revoke_session(session_id: int, *, actor: Actor) -> Session:
    """End one session: one's own always, another's with staff.manage."""
    row = Session.get_or_none(Session.id == session_id)
    if row is None:
        raise NotFound()
    if row.staff_id != actor.staff_id:
        check_permission(actor, Permission.STAFF_MANAGE)
    _end([row.id], actor, Staff.get_by_id(row.staff_id), "session.revoke")
    return Session.get_by_id(session_id)


def end_all_sessions(staff: Staff, actor: Actor, *, but: int | None = None) -> None:
    """End every session of a person (but one), inside the caller's transaction."""
    living = Session.select(Session.id).where(Session.staff == staff.id, Session.revoked_at.is_null())
    ids = [row.id for row in living if row.id != but]
    if ids:
        _end(ids, actor, staff, "session.revoke")


def end_every_session(actor: Actor) -> None:
    """End all sessions: after a restore, because a backup knows nothing of what was revoked after it was made."""
    with transaction():
        living = Session.select(Session.staff).where(Session.revoked_at.is_null())
        for staff in list(Staff.select().where(Staff.id.in_(living))):
            end_all_sessions(staff, actor)


@requires(Permission.STAFF_MANAGE)
def unlock_account(staff_id: int, *, actor: Actor) -> Staff:
    """Forget the failed sign-ins of an account, so that its owner may try again at once."""
    with transaction():
        staff = Staff.get_or_none(Staff.id == staff_id)
        if staff is None:
            raise NotFound()
        SignInAttempt.delete().where(SignInAttempt.login_hash == token_hash(staff.login)).execute()
        audit.record(actor, "staff.unlock", staff)
        return staff


def _end(ids: list[int], actor: Actor, staff: Staff, action: str) -> None:
    with transaction():
        Session.update(revoked_at=now()).where(Session.id.in_(ids), Session.revoked_at.is_null()).execute()
        audit.record(actor, action, staff, after={"sessions": len(ids)})
        for session_id in ids:
            touch("session", session_id)


def _refuse_when_throttled(login: str, ip_address: str) -> None:
    at = now()
    minute_ago = at - timedelta(minutes=1)
    by_address = (
        SignInAttempt.select()
        .where(SignInAttempt.ip_address == ip_address, SignInAttempt.at > minute_ago)
        .count()
    )
    tries = list(
        SignInAttempt.select(SignInAttempt.at)
        .where(SignInAttempt.login_hash == token_hash(login), SignInAttempt.at > at - timedelta(hours=1))
        .order_by(SignInAttempt.at.desc())
        .limit(64)
    )
    wait = timedelta()
    if len(tries) >= FREE_FAILURES:
        pause = min(LONGEST_WAIT_S, 2 ** (len(tries) - FREE_FAILURES))
        wait = tries[0].at + timedelta(seconds=pause) - at
    if by_address >= ADDRESS_PER_MINUTE:
        wait = max(wait, timedelta(seconds=60))
    if wait > timedelta():
        text = Text("尝试过多,请 {seconds} 秒后再试", "Too many tries; try again in {seconds} seconds")
        raise SignInRefused(Said(text, seconds=int(wait.total_seconds()) + 1))


def _remember_failure(login: str, ip_address: str, staff: Staff | None) -> None:
    stranger = Actor(key="anonymous", name="?", permissions=frozenset(), via="sign-in")
    with transaction():
        insert_row(SignInAttempt, login_hash=token_hash(login), ip_address=ip_address[:64], at=now())
        SignInAttempt.delete().where(SignInAttempt.at < now() - timedelta(days=1)).execute()
        if staff is not None:
            audit.record(stranger, "session.refused", staff, after={"ip": ip_address})


@lru_cache
def _dummy_hash(cost: int) -> str:
    return hash_password(new_token(), cost)
