"""A box that searches while one types: references of a form, and adding things to a document by name or scan."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import events
from nicegui.elements.mixins.disableable_element import DisableableElement
from nicegui.elements.mixins.value_element import ValueElement

from models import Text
from services.core.db import read
from services.core.text import Said
from ui_pages.kit.ctx import Ctx

TYPE_TO_SEARCH = Text("输入文字搜索", "Type to search")
NONE_FOUND = Text("没有找到", "Nothing found")
CLEAR = Text("清除", "Clear")
Words = Text | Said | str
Found = Sequence[tuple[Any, Words] | tuple[Any, Words, Words] | tuple[Any, Words, Words, str]]
"""What a search gives: (value, words), optionally with a note at the right and the URL of a thumbnail."""
Search = Callable[[str], Found]


class Picker(DisableableElement, ValueElement, component="static/picker.js"):
    """The element; its value is what the search paired with the chosen words."""

    VALUE_PROP = "value"
    LOOPBACK = None

    def __init__(
        self, ctx: Ctx, search: Search, *, value: Any, chosen: Words, label: Words, once: bool
    ) -> None:
        super().__init__(value=value, on_value_change=None)
        self.ctx, self.search, self.once = ctx, search, once
        self.known: dict[Any, str] = {value: ctx.t(chosen)} if value is not None else {}
        self.first_words = ctx.t(chosen)
        self.found: list[Any] = []
        self.on_pick: Callable[[Any], Awaitable[None] | None] | None = None
        self._props.update(
            {
                "text": ctx.t(chosen),
                "placeholder": ctx.t(label or TYPE_TO_SEARCH),
                "label": ctx.t(label or TYPE_TO_SEARCH),
                "none": ctx.t(NONE_FOUND),
                "clear": ctx.t(CLEAR),
                "once": once,
            }
        )
        self.on("find", self._find)
        self.on("pick", self._picked)

    def focus(self) -> None:
        """Put the cursor into the box."""
        self.run_method("focus")

    def _value_to_model_value(self, value: Any) -> Any:
        return value if isinstance(value, int | str | None) else str(value)

    def _handle_value_change(self, value: Any) -> None:
        self._props["text"] = "" if value is None else self.known.get(value, self.first_words)
        super()._handle_value_change(value)

    async def _find(self, event: events.GenericEventArguments) -> None:
        rows = await read(self.search, str(event.args["term"])[:80].strip())
        if self.is_deleted:
            return
        self.found = [row[0] for row in rows]
        hits = []
        for key, row in enumerate(rows):
            words = self.ctx.t(row[1])
            self.known[row[0]] = words
            extra = [self.ctx.t(part) for part in row[2:]] + ["", ""]
            hits.append({"k": key, "t": words, "n": extra[0], "i": extra[1]})
        self.run_method("setHits", event.args["seq"], hits)

    async def _picked(self, event: events.GenericEventArguments) -> None:
        key = event.args
        value = None if key is None or not 0 <= int(key) < len(self.found) else self.found[int(key)]
        if not self.once:
            self.value = value
        if self.on_pick is not None:
            result = self.on_pick(value)
            if isinstance(result, Awaitable):
                await result


def search_select(
    ctx: Ctx,
    search: Search,
    *,
    value: Any = None,
    chosen: Words = "",
    label: Words = "",
    once: bool = False,
    on_pick: Callable[[Any], Awaitable[None] | None] | None = None,
) -> Picker:
    """A box that asks `search(term)` on a reader thread; `chosen` are the words of `value`.

    With `once` every pick is handed to `on_pick` and the box is empty again: adding lines by name or scanner.
    """
    made = Picker(ctx, search, value=value, chosen=chosen, label=label, once=once)
    made.on_pick = on_pick
    return made
