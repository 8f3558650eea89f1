"""Figures on a bundled map: no request leaves the machine. Shapes: Apache ECharts 4 (static/geo/LICENSE, NOTICE)."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from ui_pages.kit import assets

ECHARTS = ui.echart  # loading it puts echarts on the page's list of modules


class GeoMap(ui.element, component="static/geo_map.js"):
    """A chart that is drawn on the shapes of static/geo/<shape>.json; emits `drill` with the clicked place."""

    def __init__(self, options: Mapping[str, Any], shape: str) -> None:
        super().__init__()
        self._props.update({"options": options, "shape": shape, "url": assets.url(f"geo/{shape}.json")})
