"""Charts as ECharts options: built with pyecharts, then stripped of its defaults, so that a chart is 1 kB and not 5.

The look (fonts, axes, tooltip) comes from the kit's chart card; here is only what belongs to the data. Colours are
readable in both themes; eight of them, told apart by colour-blind readers, in this order.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.core.geo import provinces

PALETTE = ("#4c6ef5", "#e8890c", "#0f9d77", "#c2378a", "#7a52cc", "#1a93c4", "#b8860b", "#6b7280")
GREY = "#9aa0ab"
KEPT: dict[str, frozenset[str]] = {
    "series": frozenset(
        (
            "type name data smooth symbol symbolSize showSymbol lineStyle itemStyle areaStyle label barWidth map roam "
            "zoom layoutCenter layoutSize"
        ).split()
    ),
    "xAxis": frozenset("type data inverse axisLabel show".split()),
    "yAxis": frozenset("type data inverse axisLabel show".split()),
    "visualMap": frozenset("type show min max inRange".split()),
    "label": frozenset("show position formatter color fontSize".split()),
    "axisLabel": frozenset("formatter show".split()),
    "lineStyle": frozenset("color width type".split()),
    "itemStyle": frozenset("color borderColor borderRadius areaColor borderWidth".split()),
    "areaStyle": frozenset("color opacity".split()),
    "inRange": frozenset(["color"]),
}
ADMINISTRATIVE = re.compile("(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$")


@dataclass(frozen=True, slots=True)
class Numbers:
    """JavaScript that shows a chart's numbers: short on the axis, in full in the tooltip."""

    axis: str
    full: str


def numbers(locale: str, symbol: str = "", digits: int = 0, suffix: str = "") -> Numbers:
    """How numbers of one unit are shown; 万 and 亿 in Chinese, k and M in English."""
    steps = "[[1e8,'亿'],[1e4,'万']]" if locale == "zh" else "[[1e9,'B'],[1e6,'M'],[1e3,'k']]"
    sign = "(v < 0 ? '-' : '')"
    axis = (
        f"(v) => {{ const a = Math.abs(v); for (const [size, unit] of {steps}) if (a >= size) "
        f"return {sign} + '{symbol}' + +(a / size).toFixed(1) + unit; return {sign} + '{symbol}' + a + '{suffix}'; }}"
    )
    places = f"{{minimumFractionDigits: {digits}, maximumFractionDigits: {digits}}}"
    full = (
        f"(v) => v == null || v === '-' ? '—' : {sign} + '{symbol}' + "
        f"Math.abs(v).toLocaleString('en', {places}) + '{suffix}'"
    )
    return Numbers(axis, full)


def draw_trend(
    steps: Sequence[str], now: tuple[str, Sequence[Any]], before: tuple[str, Sequence[Any]], shown: Numbers
) -> dict[str, Any]:
    """A line over time, and the period before it as a grey dashed line behind."""
    from pyecharts import options as opts
    from pyecharts.charts import Line
    from pyecharts.commons.utils import JsCode

    line = Line().add_xaxis(list(steps))
    for (name, values), color, width, dash in (
        (before, GREY, 1.25, "dashed"),
        (now, PALETTE[0], 2, "solid"),
    ):
        line.add_yaxis(
            name,
            list(values),
            is_smooth=True,
            is_symbol_show=False,
            symbol="circle",
            symbol_size=7,
            linestyle_opts=opts.LineStyleOpts(color=color, width=width, type_=dash),
            itemstyle_opts=opts.ItemStyleOpts(color=color),
            areastyle_opts=opts.AreaStyleOpts(color=_fade(color), opacity=1) if color != GREY else None,
        )
    line.set_global_opts(
        yaxis_opts=opts.AxisOpts(axislabel_opts=opts.LabelOpts(formatter=JsCode(shown.axis)))
    )
    options = lean(line, shown, trigger="axis")
    options["xAxis"]["boundaryGap"] = False
    for series in options["series"]:
        series["smooth"] = 0.15
    return options


def draw_steps(
    names: Sequence[str], values: Sequence[int], labels: Sequence[str], shown: Numbers
) -> dict[str, Any]:
    """Steps of a process from top to bottom, as bars with their words at the right."""
    from pyecharts import options as opts
    from pyecharts.charts import Bar
    from pyecharts.commons.utils import JsCode

    bar = Bar().add_xaxis(list(names))
    bar.add_yaxis(
        "",
        list(values),
        bar_width=14,
        itemstyle_opts=opts.ItemStyleOpts(color=PALETTE[0], border_radius=4),
        label_opts=opts.LabelOpts(
            position="right",
            color="#868b95",
            font_size=12,
            formatter=JsCode(f"(p) => {json.dumps(list(labels), ensure_ascii=False)}[p.dataIndex]"),
        ),
    )
    bar.reversal_axis()
    bar.set_global_opts(xaxis_opts=opts.AxisOpts(is_show=False), yaxis_opts=opts.AxisOpts(is_inverse=True))
    options = lean(bar, shown, trigger="item")
    options["xAxis"]["max"] = "dataMax"
    options["grid"] = {"left": 74, "right": 96, "top": 4, "bottom": 4}
    return options


def draw_china(name: str, value_by_province: Mapping[str, float], shown: Numbers) -> dict[str, Any]:
    """The provinces of China, the stronger coloured the larger; keys are province codes."""
    from pyecharts import options as opts
    from pyecharts.charts import Map

    data = [(short_name(code), value) for code, value in value_by_province.items() if short_name(code)]
    chart = Map().add(
        name,
        data or [("", 0)],
        "china",
        is_roam=False,
        is_map_symbol_show=False,
        label_opts=opts.LabelOpts(is_show=False),
        itemstyle_opts=opts.ItemStyleOpts(
            area_color="rgba(125,130,145,.10)", border_color="rgba(125,130,145,.45)"
        ),
    )
    top = max((value for _, value in data), default=0) or 1
    chart.set_global_opts(
        visualmap_opts=opts.VisualMapOpts(
            is_show=False, max_=top, range_color=["rgba(76,110,245,.14)", "rgba(76,110,245,1)"]
        )
    )
    options = lean(chart, shown, trigger="item")
    options["series"][0] |= {
        "data": [{"name": short, "value": value} for short, value in data],
        "layoutCenter": ["49%", "57%"],
        "layoutSize": "122%",
        "selectedMode": False,
        "emphasis": {
            "label": {"show": False},
            "itemStyle": {"areaColor": PALETTE[1]},
        },
    }
    return options


def short_name(province_code: str) -> str:
    """What the map calls a province: 浙江, 内蒙古; "" for an unknown code."""
    place = next((place for place in provinces() if place.code == province_code), None)
    return ADMINISTRATIVE.sub("", place.name.zh) if place else ""


def province_of(short: str) -> str:
    """The code of a province by its name on the map; "" for none."""
    return next((place.code for place in provinces() if ADMINISTRATIVE.sub("", place.name.zh) == short), "")


def lean(chart: Any, shown: Numbers, *, trigger: str) -> dict[str, Any]:
    """The options of a pyecharts chart without its defaults; JavaScript under keys that begin with a colon.

    Raises ValueError for JavaScript inside a list, where NiceGUI would show its marker as text.
    """
    given = _plain(chart.get_options())
    made: dict[str, Any] = {"tooltip": {"trigger": trigger, ":valueFormatter": shown.full}}
    for key in ("xAxis", "yAxis", "series", "visualMap"):
        if key in given:
            made[key] = _kept(key, given[key])
    for axis in ("xAxis", "yAxis"):
        if isinstance(made.get(axis), list) and len(made[axis]) == 1:
            made[axis] = made[axis][0]
    for axis in ("xAxis", "yAxis"):
        if axis in made:
            made[axis]["type"] = "category" if "data" in made[axis] else "value"
    for series in made["series"]:
        if series["type"] == "line":
            series["data"] = [pair[1] for pair in series["data"]]
            del series["label"]
    return made


def _plain(value: Any) -> Any:
    """Dicts, lists and values; options objects opened, JavaScript moved to `:key`, nothings dropped."""
    from pyecharts.commons.utils import JsCode

    value = getattr(value, "opts", value)
    if isinstance(value, Mapping):
        made: dict[str, Any] = {}
        for key, inner in value.items():
            if isinstance(inner, JsCode):
                made[f":{key}"] = inner.js_code.replace("--x_x--0_0--", "").strip()
            elif (plain := _plain(inner)) is not None:
                made[key] = plain
        return made
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, JsCode):
        raise ValueError("JavaScript inside a list cannot reach the browser")
    return value


def _kept(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(key, inner) if isinstance(inner, Mapping) else inner for inner in value]
    if not isinstance(value, Mapping):
        return value
    allowed = KEPT.get(key)
    return {
        name: _kept(name, inner)
        for name, inner in value.items()
        if allowed is None or name.lstrip(":") in allowed
    }


def _fade(color: str) -> dict[str, Any]:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    stops = [(0, ".16"), (1, "0")]
    return {
        "type": "linear",
        "x": 0,
        "y": 0,
        "x2": 0,
        "y2": 1,
        "colorStops": [{"offset": at, "color": f"rgba({red},{green},{blue},{alpha})"} for at, alpha in stops],
    }
