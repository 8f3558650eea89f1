"""Ctrl/⌘-K: pages and actions at once, records by search; also what a scanner and `g …` keys open."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui import events, ui

from models import Text
from services.core.db import read
from services.core.errors import DomainError
from services.core.permissions import Actor
from ui_pages import registry
from ui_pages.kit.ctx import Ctx

log = logging.getLogger("zhanggui.pages")
PAGES = Text("页面", "Pages")
ACTIONS = Text("操作", "Actions")
WORDS: dict[str, Text] = {
    "title": Text("搜索与命令", "Search and commands"),
    "hint": Text(
        "搜索单号、商品、客户、手机尾号,或页面名", "Number, product, customer, phone tail, or a page"
    ),
    "none": Text(
        "没有找到。试试单号、SKU、姓名或手机尾号", "Nothing found. Try a number, SKU, name or phone tail"
    ),
    "busy": Text("正在搜索…", "Searching…"),
    "move": Text("移动", "move"),
    "open": Text("打开", "open"),
    "keys": Text("键盘快捷键", "Keyboard shortcuts"),
}
LEAVE: dict[str, Text] = {
    "leaveTitle": Text("有未保存的修改", "Unsaved changes"),
    "leaveBody": Text("离开这个页面,修改会丢失", "Leaving this page loses them"),
    "leave": Text("放弃修改", "Discard"),
    "stay": Text("留下", "Stay"),
}
KEYMAP: tuple[tuple[str, Text], ...] = (
    ("Ctrl K", Text("搜索与命令", "Search and commands")),
    ("?", Text("这张表", "This map")),
    ("/", Text("列表内搜索", "Search in the list")),
    ("j k", Text("下一行 / 上一行", "Next / previous row")),
    ("Enter", Text("打开所在行", "Open the row")),
    ("x", Text("选择所在行", "Select the row")),
    ("[ ]", Text("上一页 / 下一页", "Previous / next page")),
    ("e", Text("编辑", "Edit")),
    ("Ctrl S", Text("保存", "Save")),
    ("Esc", Text("关闭、取消选择", "Close, clear selection")),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a search found."""

    title: str
    href: str
    note: str = ""
    group: Text = Text("结果", "Results")
    icon: str = "file"


@dataclass(frozen=True, slots=True)
class Action:
    """Something the palette can start: a page in a state, as /orders/new."""

    title: Text
    href: str
    permission: str
    icon: str = "plus"
    words: str = ""


SearchProvider = Callable[[str, Actor], Sequence[Hit]]
search_providers: list[SearchProvider] = []
"""Searches of the domains' pages: `search(term, actor)` runs on a reader thread and returns a few hits."""
actions: list[Action] = []
"""Actions of the domains' pages."""


def palette(ctx: Ctx, shop_name: str) -> "Palette":
    """Put the palette into the shell."""
    return Palette(ctx, shop_name)


class Palette(ui.element, component="static/palette.js"):
    """The element; filtering pages and moving the cursor happen in the browser."""

    def __init__(self, ctx: Ctx, shop_name: str) -> None:
        super().__init__()
        self.ctx = ctx
        pages = [page for page in registry.discover() if page.nav and page.open_to(ctx.actor)]
        keyed = [page for page in pages if page.keys]
        self._props["entries"] = _entries(ctx, pages)
        self._props["words"] = {key: ctx.t(text) for key, text in WORDS.items()}
        self._props["texts"] = {"shop": shop_name, **{key: ctx.t(text) for key, text in LEAVE.items()}}
        self._props["goto"] = {page.keys: page.path for page in keyed}
        self._props["keymap"] = [
            *([keys, ctx.t(text)] for keys, text in KEYMAP),
            *([f"g {page.keys}", ctx.t(page.title)] for page in keyed),
        ]
        self.on("find", self._find)

    async def _find(self, event: events.GenericEventArguments) -> None:
        term, seq = str(event.args["term"])[:80], event.args["seq"]
        hits = await find_records(term, self.ctx.actor)
        shown = [
            {
                "title": hit.title,
                "href": hit.href,
                "note": hit.note,
                "group": self.ctx.t(hit.group),
                "icon": hit.icon,
            }
            for hit in hits
        ]
        if not self.is_deleted:
            self.run_method("setHits", seq, shown)


async def find_records(term: str, actor: Actor) -> list[Hit]:
    """What all providers find, side by side; one that fails is logged and left out."""
    found = await asyncio.gather(
        *(read(search, term, actor) for search in search_providers), return_exceptions=True
    )
    hits: list[Hit] = []
    for result in found:
        if isinstance(result, DomainError):
            continue
        if isinstance(result, BaseException):
            log.error("a search provider failed", exc_info=result)
            continue
        hits += result
    return hits[:30]


def _entries(ctx: Ctx, pages: list[registry.Page]) -> list[dict[str, str]]:
    shown = [
        {
            "title": ctx.t(page.title),
            "href": page.path,
            "icon": page.icon,
            "group": ctx.t(PAGES),
            "note": f"g {page.keys}" if page.keys else "",
            "words": f"{page.title.zh} {page.title.en} {page.words}",
        }
        for page in pages
    ]
    started = [
        {
            "title": ctx.t(action.title),
            "href": action.href,
            "icon": action.icon,
            "group": ctx.t(ACTIONS),
            "note": "",
            "words": f"{action.title.zh} {action.title.en} {action.words}",
        }
        for action in actions
        if ctx.actor.can(action.permission)
    ]
    return started + shown
