"""Charts are lean, complete, and never leak a marker of pyecharts."""

import json

import pytest

from services.analytics import charts
from services.core.geo import provinces

MONEY = charts.numbers("zh", "¥", 2)


def all_charts() -> dict[str, dict]:
    steps = [f"11-{day:02d}" for day in range(1, 29)]
    return {
        "trend": charts.draw_trend(steps, ("本期", list(range(28))), ("上期", list(range(28))), MONEY),
        "steps": charts.draw_steps(["下单", "付款"], [10, 4], ["10", "4 · 40%"], charts.numbers("en")),
        "map": charts.draw_china("销售额", {"33": 12.5, "44": 3}, MONEY),
    }


@pytest.mark.parametrize("name", ["trend", "steps", "map"])
def test_options_are_lean_and_leak_nothing(name) -> None:
    text = json.dumps(all_charts()[name], ensure_ascii=False)
    assert "--x_x--" not in text
    assert len(text) < 2600
    for noise in ("animation", "legend", "toolbox", ": null"):
        assert noise not in text


def test_a_trend_draws_the_present_over_the_past() -> None:
    options = all_charts()["trend"]
    assert [series["name"] for series in options["series"]] == ["上期", "本期"]
    assert options["series"][0]["lineStyle"]["type"] == "dashed"
    assert options["series"][1]["data"] == list(range(28))
    assert ":formatter" in options["yAxis"]["axisLabel"]


def test_the_map_knows_every_province_by_its_code() -> None:
    from pathlib import Path

    file = Path(charts.__file__).parents[2] / "ui_pages/kit/static/geo/china.json"
    on_map = {feature["properties"]["name"] for feature in json.loads(file.read_text("utf-8"))["features"]}
    for place in provinces():
        short = charts.short_name(place.code)
        assert short in on_map
        assert charts.province_of(short) == place.code
    assert charts.draw_china("x", {"": 5, "99": 1}, MONEY)["series"][0]["data"] == []


def test_javascript_in_a_list_is_refused() -> None:
    from pyecharts.charts import Line
    from pyecharts.commons.utils import JsCode

    line = Line().add_xaxis(["a"]).add_yaxis("x", [1])
    line.options["color"] = [JsCode("() => 'red'")]
    with pytest.raises(ValueError):
        charts.lean(line, MONEY, trigger="axis")
