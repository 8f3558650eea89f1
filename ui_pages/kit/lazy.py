"""Parts of a page that load by themselves: a skeleton first, then the content, and words with a retry when it fails."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from models import Text
from services.core.errors import DomainError
from ui_pages.kit.blocks import empty_state, skeleton
from ui_pages.kit.ctx import Ctx

log = logging.getLogger("zhanggui.pages")
FAILED = Text("这一块没有读出来", "This part could not be read")
AGAIN = Text("重试", "Try again")


class Part:
    """One box of a page: `load()` reads off the loop, `draw(data)` builds inside the box.

    One part that fails does not take the page with it.
    """

    def __init__(
        self,
        ctx: Ctx,
        load: Callable[[], Awaitable[Any]],
        draw: Callable[[Any], None],
        *,
        lines: int = 4,
        classes: str = "part",
    ) -> None:
        self.ctx, self.load, self.draw = ctx, load, draw
        self.shown: Any = self
        self.box = ui.element("div").classes(classes)
        with self.box:
            skeleton(lines)

    async def reload(self) -> None:
        """Read and draw; what is shown stays until there is something new to show."""
        words = ""
        try:
            data = await self.load()
        except DomainError as refusal:
            words = self.ctx.t(refusal.said)
        except Exception:
            log.exception("a part of a page failed", extra={"path": self.ctx.path})
        else:
            if not self.box.is_deleted and data != self.shown:
                self.shown = data
                with self.box.clear():
                    self.draw(data)
            return
        self.shown = self
        if not self.box.is_deleted:
            with self.box.clear():
                empty_state(self.ctx, FAILED, words, picture="triangle-alert")
                ui.button(self.ctx.t(AGAIN), color=None, on_click=self.reload).classes("b-secondary")


async def load_all(parts: Sequence[Any]) -> None:
    """Reload parts (and chart cards) side by side, each into its own box."""
    await asyncio.gather(*(part.reload() for part in parts))
