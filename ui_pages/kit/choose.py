"""Small choices: a group of ticks, a row of alternatives."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from nicegui import ui

from models import Text
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import html


def check_group(
    ctx: Ctx,
    label: Text,
    choices: Sequence[tuple[Any, Text | str]],
    chosen: Iterable[Any] = (),
    on_change: Callable[[], None] | None = None,
) -> Callable[[], list[Any]]:
    """Ticks under a label; returns the function that gives the ticked values."""
    held = set(chosen)
    boxes: dict[Any, ui.checkbox] = {}
    with ui.element("fieldset").classes("fd ticks"):
        html(ctx.t(label), tag="legend").classes("lb")
        with ui.element("div").classes("tick-grid"):
            for value, words in choices:
                boxes[value] = ui.checkbox(ctx.t(words), value=value in held)
                if on_change is not None:
                    boxes[value].on_value_change(lambda: on_change())
    return lambda: [value for value, box in boxes.items() if box.value]


def segmented(
    ctx: Ctx,
    choices: Sequence[tuple[Any, Text | str]],
    value: Any,
    on_pick: Callable[[Any], Awaitable[None] | None],
    *,
    label: Text,
) -> ui.element:
    """A row of alternatives of which one is on: date presets, chart or table."""
    buttons: dict[Any, ui.element] = {}

    async def pick(chosen: Any) -> None:
        for key, made in buttons.items():
            made.classes(add="on") if key == chosen else made.classes(remove="on")
            made.props["aria-pressed"] = "true" if key == chosen else "false"
        result = on_pick(chosen)
        if isinstance(result, Awaitable):
            await result

    with ui.element("div").classes("seg").props('role="group"') as row:
        row.props["aria-label"] = ctx.t(label)
        for key, words in choices:
            with ui.element("button").classes("on" if key == value else "") as made:
                html(ctx.t(words), tag="span")
            made.props["type"] = "button"
            made.props["aria-pressed"] = "true" if key == value else "false"
            made.on("click", lambda key=key: pick(key))
            buttons[key] = made
    return row
