"""Who looks at this page: captured once when it is built, handed to every block and handler as an argument."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from nicegui import Client

from models import Text
from services.core.permissions import Actor
from services.core.text import (
    Locale,
    Money,
    Said,
    format_date,
    format_instant,
    format_money,
    format_number,
    render,
)
from ui_pages.kit.live import Handler, Scope
from ui_pages.kit.sessions import LiveSession


@dataclass(slots=True, kw_only=True)
class Ctx:
    """Identity, language and place of one page; never shared between pages."""

    session: LiveSession
    client: Client
    locale: Locale
    zone: ZoneInfo
    currency: str
    shop_name: str = ""
    path: str = "/"
    query: dict[str, str] = field(default_factory=dict)
    query_string: str = ""
    scope: Scope | None = None
    keep_url: Callable[[str], None] = lambda url: None
    """Tell the router that the address changed without a navigation."""

    @property
    def actor(self) -> Actor:
        """The signed-in person with the rights of this moment."""
        return self.session.actor

    @property
    def session_id(self) -> int:
        """The row of this browser's session."""
        return self.session.id

    def acting(self) -> Actor:
        """The actor with a fresh request id: one per click-intent."""
        return self.actor.asking(uuid4().hex)

    def can(self, verb: Any) -> bool:
        """Whether the actor may use a permission or a guarded verb."""
        return self.actor.can(getattr(verb, "permission", verb))

    def t(self, words: Text | Said | str) -> str:
        """Words in this person's language."""
        return render(words, self.locale)

    def money(self, minor: int | None, currency: str = "") -> str:
        """An amount with its currency; a dash for none."""
        return "—" if minor is None else format_money(minor, currency or self.currency, self.locale)

    def number(self, value: float | None) -> str:
        """A number with separators; a dash for none."""
        return "—" if value is None else format_number(value, self.locale)

    def day(self, value: date | None) -> str:
        """A local date; a dash for none."""
        return "—" if value is None else format_date(value, self.locale)

    def instant(self, at: datetime | None) -> str:
        """An instant in the business time zone; a dash for none."""
        return "—" if at is None else format_instant(at, self.zone, self.locale)

    def amount(self, minor: int, currency: str = "") -> Money:
        """An amount for use inside a Said."""
        return Money(minor, currency or self.currency)

    def on_change(self, topic: str, handler: Handler) -> None:
        """Call `handler(ids)` when rows of `topic` change, until this page is left."""
        if self.scope is None:
            raise RuntimeError("on_change() needs a page")
        self.scope.follow(topic, handler)

    def name_page(self, words: str) -> None:
        """Name the browser's tab."""
        if self.client._response_built:
            self.client.run_javascript(f"document.title = {_quoted(words + ' · ' + self.shop_name)}")
        else:
            self.client.title = f"{words} · {self.shop_name}"

    def go(self, path: str) -> None:
        """Open another page inside the shell."""
        self.client.run_javascript(f"zg.go({_quoted(path)})")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "").replace("<", "\\u003c")
    return f'"{escaped}"'
