"""Defaults of every control, colours for Quasar's insides, and what stands in every document's head."""

from typing import Any

from nicegui import core, ui

from ui_pages.kit import assets
from ui_pages.kit.markup import el, quasar_icon

BRAND = {
    "primary": "#3b5bdb",
    "secondary": "#565a62",
    "accent": "#3b5bdb",
    "positive": "#0b7a4b",
    "negative": "#b3261e",
    "warning": "#855300",
    "info": "#1f5fbf",
    "dark": "#17181b",
    "dark-page": "#0f1012",
}
FIELD = "dense outlined hide-bottom-space"
RUN: dict[str, Any] = {
    "reload": False,
    "show": False,
    "tailwind": False,
    "show_welcome_message": False,
    "reconnect_timeout": 30,
    "binding_refresh_interval": None,
    "timeout_keep_alive": 75,
    "server_header": False,
    "proxy_headers": False,
    "favicon": None,
    "title": "掌柜",
}
"""Arguments of ui.run that belong to the kit; main.py adds host, port and certificate."""


def install() -> None:
    """Set defaults once per process, before any page is built."""
    ui.button.default_props("unelevated no-caps dense :ripple=false")
    for field in (ui.input, ui.number, ui.textarea):
        field.default_props(FIELD)
    chevron = quasar_icon("chevron-down")
    ui.select.default_props(
        f'{FIELD} dropdown-icon="{chevron}" options-dense popup-content-class="zg-options"'
    )
    ui.checkbox.default_props("dense")
    ui.switch.default_props("dense")
    ui.radio.default_props("dense")
    core.app.config.quasar_config["brand"] = dict(BRAND)
    core.app.config.quasar_config["loadingBar"] = {"skipHijack": True}
    icons = "vue_config.iconMapFn = (name) => window.zgIcon?.(name);"
    if icons not in core.app.config.vue_config_script:
        core.app.config.vue_config_script = icons + core.app.config.vue_config_script
    _head()


def _head() -> None:
    sheet = el("link", rel="stylesheet", href=assets.url("kit.css"))
    font = el(
        "link", rel="preload", href=assets.url("inter.woff2"), as_="font", type="font/woff2", crossorigin=True
    )
    script = el("script", src=assets.url("shell.js"), data_icons=assets.url("icons.svg"))
    ui.add_head_html(font + sheet + script, shared=True)
