"""Every page: found by walking ui_pages/pages, shown in the menu, guarded, searchable, walked by tests."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from models import Text
from services.core.listing import Listing
from services.core.permissions import Actor, Permission
from ui_pages import pages

GROUPS: dict[str, Text] = {
    "home": Text("", ""),
    "sales": Text("销售", "Sales"),
    "catalogue": Text("商品", "Catalogue"),
    "inventory": Text("库存", "Inventory"),
    "customers": Text("客户", "Customers"),
    "analytics": Text("分析", "Analytics"),
    "system": Text("系统", "System"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A screen: where it is, what it is called, who may open it, and how it is built."""

    path: str
    title: Text
    build: Callable[..., Awaitable[None]]
    permission: Permission | None
    group: str = "system"
    order: int = 100
    icon: str = "file"
    nav: bool = True
    keys: str = ""
    """Letter of the `g …` shortcut: keys="o" means g o opens it."""
    words: str = ""
    """More words under which the command palette finds it."""
    badge: Callable[[Actor], int] | None = None
    """A count beside the menu entry, read off the loop."""

    def open_to(self, actor: Actor) -> bool:
        """Whether this actor may open the page."""
        return self.permission is None or actor.can(self.permission)


@cache
def discover() -> tuple[Page, ...]:
    """All pages of all modules, in menu order. Raises ValueError on a path taken twice or an unknown group."""
    found: list[Page] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(pages.__path__)):
        found += _pages_of(importlib.import_module(f"{pages.__name__}.{module}"))
    taken: set[str] = set()
    for page in found:
        if page.path in taken or page.group not in GROUPS:
            raise ValueError(f"{page.path}: taken twice, or unknown group {page.group}")
        taken.add(page.path)
    areas = list(GROUPS)
    return tuple(sorted(found, key=lambda page: (areas.index(page.group), page.order, page.path)))


def menu(actor: Actor) -> Iterator[tuple[Text, list[Page]]]:
    """The menu's areas with the pages that this actor may open."""
    for key, title in GROUPS.items():
        shown = [page for page in discover() if page.group == key and page.nav and page.open_to(actor)]
        if shown:
            yield title, shown


def _pages_of(module: Any) -> list[Page]:
    many = getattr(module, "PAGES", None)
    if many is not None:
        return list(many)
    return [module.PAGE] if hasattr(module, "PAGE") else []


@cache
def listings() -> dict[str, Listing]:
    """Every list that a page module declares or imports by name; what may be exported."""
    found: dict[str, Listing] = {}
    for info in pkgutil.iter_modules(pages.__path__):
        module = importlib.import_module(f"{pages.__name__}.{info.name}")
        found |= {value.key: value for value in vars(module).values() if isinstance(value, Listing)}
    return found


subjects: dict[str, Permission] = {}
"""Kind of record → the right that opens its attachments; page modules add theirs: subjects["order"] = P.ORDERS_VIEW."""


def may_see(subject_kind: str, actor: Actor) -> bool:
    """Whether an actor may open files pinned to records of a kind."""
    permission = subjects.get(subject_kind)
    return permission is not None and actor.can(permission)
