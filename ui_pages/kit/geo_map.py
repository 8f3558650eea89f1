"""Figures on a bundled map: no request leaves the machine. Shapes: Apache ECharts 4 (static/geo/LICENSE, NOTICE)."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import events, ui

from ui_pages.kit import assets
from ui_pages.kit.charts import LEAK, styled
from ui_pages.kit.ctx import Ctx

ECHARTS = ui.echart  # loading it puts echarts on the page's list of modules


class GeoMap(ui.element, component="static/geo_map.js"):
    """A map coloured by figures; a click opens the rows behind a place."""

    def __init__(
        self,
        ctx: Ctx,
        options: Mapping[str, Any],
        *,
        label: str,
        drill: Callable[[str], str],
        shape: str = "china",
    ) -> None:
        super().__init__()
        made = styled(options)
        if LEAK in str(made):
            raise ValueError("a JsCode inside a list leaked into the options")
        self._props.update(
            {"options": made, "shape": shape, "url": assets.url(f"geo/{shape}.json"), "label": label}
        )

        def clicked(event: events.GenericEventArguments) -> None:
            path = drill(str(event.args.get("name", "")))
            if path:
                ctx.go(path)

        self.on("drill", clicked)
