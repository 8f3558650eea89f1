"""A task in steps: one visible at a time, with what is done and what is left on top."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from models import Text
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html, icon

BACK, NEXT = Text("上一步", "Back"), Text("下一步", "Next")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `build()` draws it when it is reached; `leave()` may refuse to go on by returning False."""

    title: Text
    build: Callable[[], Awaitable[None] | None]
    leave: Callable[[], Awaitable[bool] | bool] | None = None


class Wizard:
    """The steps with their buttons; `finish()` is the last step's button."""

    def __init__(
        self, ctx: Ctx, steps: Sequence[Step], finish: Callable[[], Awaitable[None]], label: Text
    ) -> None:
        self.ctx, self.steps, self.finish, self.label, self.at = ctx, steps, finish, label, 0
        with ui.element("div").classes("col-3 w-full"):
            self.head = html("")
            self.body = ui.element("div").classes("col-3")
            self.foot = ui.element("div").classes("row-2 end")

    async def show(self, at: int) -> None:
        """Draw step `at`."""
        self.at = at
        self.head.content = self._steps()
        self.body.clear()
        with self.body:
            result = self.steps[at].build()
            if isinstance(result, Awaitable):
                await result
        self.foot.clear()
        with self.foot:
            if at:
                ui.button(self.ctx.t(BACK), color=None, on_click=lambda: self.show(at - 1)).classes(
                    "b-secondary"
                )
            last = at == len(self.steps) - 1
            label = self.label if last else NEXT
            ui.button(self.ctx.t(label), color=None, on_click=self.go_on).classes("b-primary")

    async def go_on(self) -> None:
        """Leave the present step, or finish after the last."""
        leave = self.steps[self.at].leave
        if leave is not None:
            allowed = leave()
            allowed = await allowed if isinstance(allowed, Awaitable) else allowed
            if not allowed:
                return
        if self.at == len(self.steps) - 1:
            await self.finish()
        else:
            await self.show(self.at + 1)

    def _steps(self) -> Markup:
        parts: list[Markup] = []
        for number, step in enumerate(self.steps):
            past = number < self.at
            kind = "past" if past else "on" if number == self.at else ""
            parts += [
                el(
                    "span",
                    el("b", icon("check", 12) if past else number + 1),
                    self.ctx.t(step.title),
                    class_=kind,
                ),
                el("i"),
            ]
        return el("div", *parts[:-1], class_="steps")


async def wizard(
    ctx: Ctx, steps: Sequence[Step], finish: Callable[[], Awaitable[None]], *, label: Text
) -> Wizard:
    """Show the first step of a task."""
    made = Wizard(ctx, steps, finish, label)
    await made.show(0)
    return made
