"""One measured figure: value, change against the period before, and its course as a sparkline."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from models import Text
from services.core.text import format_percent
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html, icon

WIDTH, HEIGHT = 92, 34
POINTS = Text("点", "pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A figure ready to show; `change_bps` is the change in 1/10,000, `rising_is_good` decides its colour.

    With `in_points` the figure is itself a percentage and the change is told in points.
    """

    label: Text
    value: str
    change_bps: int | None = None
    in_points: bool = False
    versus: Text = Text("较上期", "vs previous")
    rising_is_good: bool | None = True
    course: Sequence[float] = ()
    definition: Text | None = None
    href: str = ""


def kpi_card(ctx: Ctx, kpi: Kpi) -> ui.html:
    """The card; it opens the rows behind the figure, and its definition shows on hover."""
    body = (
        el("div", ctx.t(kpi.label), class_="l"),
        el("div", kpi.value, class_="v"),
        _delta(ctx, kpi),
        sparkline(kpi.course) if len(kpi.course) > 1 else None,
    )
    title = ctx.t(kpi.definition) if kpi.definition else None
    tag = "a" if kpi.href else "div"
    return html(el(tag, *body, class_="card kpi", href=kpi.href or None, title=title))


def kpi_row(ctx: Ctx, kpis: Sequence[Kpi]) -> ui.element:
    """Cards side by side, as many as fit."""
    with ui.element("div").classes("kpi-row") as row:
        for kpi in kpis:
            kpi_card(ctx, kpi)
    return row


def sparkline(values: Sequence[float], width: int = WIDTH, height: int = HEIGHT) -> Markup:
    """The course of a figure as a grey line; no axis, no colour: only the change carries meaning."""
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (width - 2) / (len(values) - 1)
    points = [
        (1 + index * step, height - 3 - (value - low) / span * (height - 6))
        for index, value in enumerate(values)
    ]
    path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = el("path", d=f"{path} L{width - 1},{height} L1,{height} Z", fill="var(--ink-3)", opacity=".09")
    line = el("path", d=path, fill="none", stroke="var(--ink-3)", stroke_width="1.5", stroke_linejoin="round")
    return el("svg", area, line, class_="spark", width=width, height=height, aria_hidden="true")


def _delta(ctx: Ctx, kpi: Kpi) -> Markup:
    if kpi.change_bps is None:
        return el("div", "—", class_="d")
    up = kpi.change_bps >= 0
    good = None if kpi.rising_is_good is None or kpi.change_bps == 0 else up == kpi.rising_is_good
    tone = "" if good is None else " up" if good else " down"
    size = (
        f"{kpi.change_bps / 100:.1f} {ctx.t(POINTS)}"
        if kpi.in_points
        else format_percent(kpi.change_bps, ctx.locale)
    )
    words = ("+" if up else "") + size
    arrow = icon("arrow-up-right" if up else "arrow-down-right", 13)
    return el("div", el("b", arrow, words), " ", ctx.t(kpi.versus), class_=f"d{tone}")
