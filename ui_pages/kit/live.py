"""A change in one browser shows in the others: topic → scopes, coalesced to one call per 250 ms, no per-client timers.

core.events calls `_heard` on the writing thread; everything else happens on the event loop.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui

from services.core import events

log = logging.getLogger("zhanggui.live")
PAUSE_S = 0.25
Handler = Callable[[set[int]], Awaitable[None] | None]


class Scope(ui.element):
    """An invisible element whose subscriptions end with it: with its sub page, dialog or browser tab."""

    def __init__(self) -> None:
        super().__init__("span")
        self.classes("hidden")
        self.topics: set[str] = set()
        self.endings: list[Callable[[], None]] = []

    def follow(self, topic: str, handler: Handler) -> None:
        """Call `handler(ids)` at most four times a second while rows of `topic` change."""
        self.topics.add(topic)
        _hub.followers[topic].setdefault(self, []).append(handler)

    def at_end(self, ending: Callable[[], None]) -> None:
        """Call `ending()` when the scope goes away."""
        self.endings.append(ending)

    def _handle_delete(self) -> None:
        for topic in self.topics:
            _hub.followers[topic].pop(self, None)
        for ending in self.endings:
            ending()
        super()._handle_delete()


class _Hub:
    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.followers: defaultdict[str, dict[Scope, list[Handler]]] = defaultdict(dict)
        self.waiting: defaultdict[str, set[int]] = defaultdict(set)
        self.is_listening = False

    def note(self, topic: str, row_id: int) -> None:
        """Remember a change; the first one of a batch starts the clock."""
        if not self.followers.get(topic):
            return
        if not self.waiting and self.loop:
            self.loop.call_later(PAUSE_S, self.flush)
        self.waiting[topic].add(row_id)

    def flush(self) -> None:
        """Hand every follower the ids that changed since the last flush."""
        batch, self.waiting = self.waiting, defaultdict(set)
        for topic, ids in batch.items():
            for scope, handlers in list(self.followers.get(topic, {}).items()):
                if not scope.is_deleted:
                    for handler in handlers:
                        _call(scope, handler, set(ids))


_hub = _Hub()


def start() -> None:
    """Begin listening; called on the event loop when the application starts."""
    _hub.loop = asyncio.get_running_loop()
    if not _hub.is_listening:
        events.on_change(_heard)
        _hub.is_listening = True


def stop() -> None:
    """Stop handing changes to a loop that ends."""
    _hub.loop = None
    _hub.waiting.clear()


def follower_count(topic: str) -> int:
    """How many scopes follow a topic; for the leak tests."""
    return len(_hub.followers.get(topic, {}))


def _heard(topic: str, row_id: int) -> None:
    loop = _hub.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_hub.note, topic, row_id)


def _call(scope: Scope, handler: Handler, ids: set[int]) -> None:
    with scope:
        result = handler(ids)
        if isinstance(result, Awaitable):
            background_tasks.create(_settled(result), name="live update", context=scope)


async def _settled(result: Awaitable[None]) -> None:
    try:
        await result
    except RuntimeError as problem:
        if "deleted" not in str(problem):
            raise
        log.debug("the page went away during a live update")
