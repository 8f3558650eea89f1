"""Charts: a card around an echart with loading, empty and failed states, a table view, CSV, and click to drill."""

import csv
import io
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import events, ui

from models import Text
from services.core.errors import DomainError
from ui_pages.kit.blocks import empty_state, simple_table, skeleton
from ui_pages.kit.cells import harmless
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.markup import Markup, el, html

log = logging.getLogger("zhanggui.pages")
AS_TABLE, AS_CHART = Text("看数据表", "Show as table"), Text("看图", "Show as chart")
CSV = Text("下载 CSV", "Download CSV")
EMPTY = Text("这段时间没有数据", "No data in this period")
EMPTY_HINT = Text("换个日期范围试试", "Try another date range")
FAILED = Text("图表没有读出来", "The chart could not be read")
AGAIN = Text("重试", "Try again")
LEAK = "--x_x--"
FONT = 'Inter, "PingFang SC", "Noto Sans SC", "Microsoft YaHei", sans-serif'
SERIES = "var(--series)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart shows: ECharts options, and the same figures as a table."""

    options: Mapping[str, Any]
    heads: Sequence[Text | str] = ()
    rows: Sequence[Sequence[Any]] = ()
    drill: Callable[[Mapping[str, Any]], str] | None = None
    """Path of the rows behind a clicked point: `drill({"name": …, "value": …, "index": …})`."""
    notes: Sequence[tuple[Text | str, str]] = field(default=())
    """Legend: words with a colour variable, as ("This period", "--series")."""


async def chart_card(
    ctx: Ctx,
    title: Text,
    load: Callable[[], Awaitable[Chart | None]],
    *,
    height: str = "",
    hint: Text | str = "",
) -> Callable[[], Awaitable[None]]:
    """A card that awaits `load()`; returns the function that loads again (date range changed)."""
    state: dict[str, Any] = {"as_table": False, "chart": None}
    with ui.element("section").classes("card"):
        with ui.element("div").classes("card-head"):
            html(
                el("h2", ctx.t(title), class_="h2"),
                el("span", ctx.t(hint), class_="sub small") if hint else None,
            )
            legend = html("").classes("push sec small")
            toggle = ui.button(icon="table-2", color=None, on_click=lambda: flip()).classes(
                "b-text b-icon no-print"
            )
            toggle.props["aria-label"] = ctx.t(AS_TABLE)
            save = ui.button(
                icon="download", color=None, on_click=lambda: _download(ctx, title, state["chart"])
            )
            save.classes("b-text b-icon no-print").props["aria-label"] = ctx.t(CSV)
        body = ui.element("div").classes("card-body")

    def draw() -> None:
        body.clear()
        chart: Chart | None = state["chart"]
        with body:
            if chart is None:
                empty_state(ctx, EMPTY, EMPTY_HINT, picture="chart-line")
            elif state["as_table"]:
                simple_table(
                    ctx,
                    [(head, "left" if not at else "right") for at, head in enumerate(chart.heads)],
                    chart.rows,
                )
            else:
                legend.content = _legend(ctx, chart)
                echart(ctx, chart, height=height)
        toggle.set_visibility(chart is not None and bool(chart.rows))
        save.set_visibility(chart is not None and bool(chart.rows))

    def flip() -> None:
        state["as_table"] = not state["as_table"]
        toggle.props["aria-label"] = ctx.t(AS_CHART if state["as_table"] else AS_TABLE)
        draw()

    async def reload() -> None:
        with body.clear():
            skeleton()
        try:
            state["chart"] = await load()
        except DomainError as refusal:
            _failed(ctx, body, ctx.t(refusal.said), reload)
            return
        except Exception:
            log.exception("a chart failed", extra={"title": title.en})
            _failed(ctx, body, "", reload)
            return
        if not body.is_deleted:
            draw()

    await reload()
    return reload


def echart(ctx: Ctx, chart: Chart, *, height: str = "") -> ui.echart:
    """The bare chart with the kit's fonts, axes and tooltip; colours are CSS variables resolved in the browser."""
    options = styled(chart.options)
    if LEAK in str(options):
        raise ValueError("a JsCode inside a list leaked into the options")
    made = ui.echart(options, on_point_click=lambda event: _drill(ctx, chart, event)).classes(
        f"chart {height}"
    )
    made.props('role="img"')
    return made


def styled(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with the look of the kit under whatever they say themselves."""
    made: dict[str, Any] = {
        "animationDuration": 250,
        "animationDurationUpdate": 200,
        "color": ["#4263eb", "#e8890c", "#0f9d77", "#c2378a", "#7a52cc", "#1a93c4", "#b8860b", "#6b7280"],
        "textStyle": {"fontFamily": FONT, "fontSize": 11},
        "grid": {"left": 4, "right": 8, "top": 14, "bottom": 2, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "borderWidth": 0,
            "padding": [8, 12],
            "backgroundColor": "#1a1c1f",
            "textStyle": {"color": "#fff", "fontSize": 12},
            "confine": True,
        },
        **options,
    }
    for axis in ("xAxis", "yAxis"):
        if axis in made:
            made[axis] = _axis(made[axis])
    return made


def _axis(given: Any) -> Any:
    if isinstance(given, list):
        return [_axis(each) for each in given]
    grey = "rgba(125,130,145,"
    base = {
        "axisLine": {"show": given.get("type") == "category", "lineStyle": {"color": grey + ".28)"}},
        "axisTick": {"show": False},
        "axisLabel": {"color": "#868b95", "fontSize": 11, "hideOverlap": True},
        "splitLine": {"show": given.get("type") != "category", "lineStyle": {"color": grey + ".16)"}},
        "splitNumber": 3,
    }
    return {**base, **given, "axisLabel": {**base["axisLabel"], **given.get("axisLabel", {})}}


def line_series(name: str, values: Sequence[float | None], *, compare: bool = False) -> dict[str, Any]:
    """The one coloured line of a chart, or the grey dashed one it is compared with."""
    color = "#9aa0ab" if compare else "#4c6ef5"
    series: dict[str, Any] = {
        "name": name,
        "type": "line",
        "data": list(values),
        "smooth": 0.25,
        "symbol": "none",
        "lineStyle": {
            "color": color,
            "width": 1.25 if compare else 2,
            "type": [4, 4] if compare else "solid",
        },
        "itemStyle": {"color": color},
    }
    if not compare:
        stops = [{"offset": 0, "color": "rgba(76,110,245,.16)"}, {"offset": 1, "color": "rgba(76,110,245,0)"}]
        series["areaStyle"] = {
            "color": {"type": "linear", "x": 0, "y": 0, "x2": 0, "y2": 1, "colorStops": stops}
        }
    return series


def bar_list(ctx: Ctx, rows: Sequence[tuple[str, float, str, str]]) -> ui.html:
    """Named bars, largest first: (name, value, shown value, link). Lighter and clearer than a bar chart."""
    top, total = max((row[1] for row in rows), default=0) or 1, sum(row[1] for row in rows) or 1
    lines = []
    for name, value, words, path in rows:
        width = max(0, value) / top * 100
        parts = (
            el("span", name, class_="clip bn"),
            el("span", el("i", style=f"width:{width:.0f}%"), class_="bt"),
            el("span", words, class_="num", style="text-align:right"),
            el("span", f"{value / total * 100:.1f}%", class_="num sub", style="text-align:right"),
        )
        lines.append(el("a", *parts, href=path) if path else el("div", *parts))
    return html(el("div", *lines, class_="bars")).classes("w-full")


def _legend(ctx: Ctx, chart: Chart) -> Markup:
    parts = [
        el(
            "span",
            el(
                "i",
                style=f"display:inline-block;width:8px;height:8px;border-radius:2px;margin-right:6px;background:var({color})",
            ),
            ctx.t(words),
            style="margin-left:14px",
        )
        for words, color in chart.notes
    ]
    return el("span", *parts)


def _drill(ctx: Ctx, chart: Chart, event: events.EChartPointClickEventArguments) -> None:
    if chart.drill is None:
        return
    path = chart.drill(
        {"name": event.name, "value": event.value, "index": event.data_index, "series": event.series_name}
    )
    if path:
        ctx.go(path)


def _failed(ctx: Ctx, body: ui.element, words: str, reload: Callable[[], Awaitable[None]]) -> None:
    if body.is_deleted:
        return
    with body.clear():
        empty_state(ctx, FAILED, words, picture="triangle-alert")
        ui.button(ctx.t(AGAIN), color=None, on_click=reload).classes("b-secondary")


def _download(ctx: Ctx, title: Text, chart: Chart | None) -> None:
    if chart is None:
        return
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([ctx.t(head) for head in chart.heads])
    writer.writerows(
        [harmless(value) if isinstance(value, str) else value for value in row] for row in chart.rows
    )
    ui.download.content("\ufeff" + out.getvalue(), f"{ctx.t(title)}.csv", "text/csv")
