"""Charts: a card around an echart with loading, empty and failed states, a table view, CSV, and click to drill."""

import csv
import io
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from models import Text
from services.core.errors import DomainError
from ui_pages.kit.blocks import empty_state, simple_table, skeleton
from ui_pages.kit.cells import harmless
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.geo_map import GeoMap
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
CLICKED = ("componentType", "seriesName", "name", "dataIndex", "value")


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
    shape: str = ""
    """A bundled map (static/geo/<shape>.json) that the options draw on."""


async def chart_card(
    ctx: Ctx,
    title: Text,
    load: Callable[[], Awaitable[Chart | None]],
    *,
    height: str = "",
    hint: Text | str = "",
) -> Callable[[], Awaitable[None]]:
    """A card that awaits `load()`; returns the function that loads again (date range changed)."""
    card = ChartCard(ctx, title, load, height, hint)
    await card.reload()
    return card.reload


class ChartCard:
    """The card behind chart_card: it shows the same figures as a chart or as a table."""

    def __init__(
        self,
        ctx: Ctx,
        title: Text,
        load: Callable[[], Awaitable[Chart | None]],
        height: str = "",
        hint: Text | str = "",
    ) -> None:
        self.ctx, self.title, self.load, self.height = ctx, title, load, height
        self.chart: Chart | None = None
        self.drawn: ui.element | None = None
        self.as_table = False
        with ui.element("section").classes("card"):
            with ui.element("div").classes("card-head"):
                html(
                    el("h2", ctx.t(title), class_="h2"),
                    el("span", ctx.t(hint), class_="sub small") if hint else None,
                )
                self.legend = html("").classes("push sec small")
                self.toggle = self._tool("table-2", AS_TABLE, self.flip)
                self.save = self._tool("download", CSV, lambda: _download(ctx, title, self.chart))
            self.body = ui.element("div").classes("card-body")

    def _tool(self, icon: str, words: Text, on_click: Callable[[], None]) -> ui.button:
        made = ui.button(icon=icon, color=None, on_click=on_click).classes("b-text b-icon no-print")
        made.props["aria-label"] = self.ctx.t(words)
        return made

    async def reload(self) -> None:
        """Load and show; what is shown stays until the new figures are there."""
        if self.chart is None:
            with self.body.clear():
                skeleton()
        words = ""
        try:
            self.chart = await self.load()
        except DomainError as refusal:
            words = self.ctx.t(refusal.said)
        except Exception:
            log.exception("a chart failed", extra={"title": self.title.en})
        else:
            if not self.body.is_deleted:
                self.draw()
            return
        self.chart = self.drawn = None
        _failed(self.ctx, self.body, words, self.reload)

    def flip(self) -> None:
        """Show the table instead of the chart, or the other way round."""
        self.as_table = not self.as_table
        self.toggle.props["aria-label"] = self.ctx.t(AS_CHART if self.as_table else AS_TABLE)
        self.drawn = None
        self.draw()

    def draw(self) -> None:
        """Show the present figures."""
        chart = self.chart
        has_rows = chart is not None and bool(chart.rows)
        self.toggle.set_visibility(has_rows)
        self.save.set_visibility(has_rows)
        if chart is not None and self.drawn is not None:
            redraw(self.drawn, chart)
            return
        self.drawn = None
        with self.body.clear():
            if chart is None:
                empty_state(self.ctx, EMPTY, EMPTY_HINT, picture="chart-line")
            elif self.as_table:
                heads = [(head, "right" if at else "left") for at, head in enumerate(chart.heads)]
                simple_table(self.ctx, heads, chart.rows)
            else:
                self.legend.content = _legend(self.ctx, chart)
                self.drawn = echart(self.ctx, chart, height=self.height)


def echart(ctx: Ctx, chart: Chart, *, height: str = "") -> ui.element:
    """The bare chart with the kit's fonts, axes and tooltip; on a map when it names a shape."""
    options = _tight(chart)
    made: ui.element
    if chart.shape:
        made = GeoMap(options, chart.shape)
        made.on("drill", lambda event: _open_rows(ctx, made, event.args))
    else:
        made = ui.echart(options)
        made.on("componentClick", lambda event: _open_rows(ctx, made, event.args), list(CLICKED))
    made.drill = chart.drill  # type: ignore[attr-defined]
    made.props('role="img"')
    return made.classes(f"chart {height}")


def redraw(made: ui.element, chart: Chart) -> None:
    """Show other figures in a chart that is drawn: it moves instead of blinking."""
    options = _tight(chart)
    made.drill = chart.drill  # type: ignore[attr-defined]
    if options != made._props["options"]:
        made._props["options"] = options
        made.update()


def _tight(chart: Chart) -> dict[str, Any]:
    options = styled(chart.options)
    if LEAK in str(options):
        raise ValueError("a JsCode inside a list leaked into the options")
    return options


def styled(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with the look of the kit under whatever they say themselves."""
    made: dict[str, Any] = {
        "animationDuration": 250,
        "animationDurationUpdate": 200,
        "color": ["#4263eb", "#e8890c", "#0f9d77", "#c2378a", "#7a52cc", "#1a93c4", "#b8860b", "#6b7280"],
        "textStyle": {"fontFamily": FONT, "fontSize": 11},
        "grid": {"left": 4, "right": 8, "top": 14, "bottom": 2, "containLabel": True},
        **options,
        "tooltip": {
            "trigger": "axis",
            "borderWidth": 0,
            "padding": [8, 12],
            "backgroundColor": "#1a1c1f",
            "textStyle": {"color": "#fff", "fontSize": 12},
            "confine": True,
            **options.get("tooltip", {}),
        },
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


def bar_list(ctx: Ctx, rows: Sequence[tuple[str, float, str, str]], *, whole: float | None = None) -> ui.html:
    """Named bars, largest first: (name, value, shown value, link), with shares of `whole` (default: their sum)."""
    top, total = max((row[1] for row in rows), default=0) or 1, whole or sum(row[1] for row in rows) or 1
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


def _open_rows(ctx: Ctx, made: Any, clicked: Mapping[str, Any]) -> None:
    if made.drill is None or clicked.get("componentType", "series") != "series":
        return
    point = {
        "name": clicked.get("name", ""),
        "value": clicked.get("value"),
        "index": clicked.get("dataIndex", -1),
    }
    path = made.drill({**point, "series": clicked.get("seriesName", "")})
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
