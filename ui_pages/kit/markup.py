"""HTML built by code: every value is escaped, and this is the only place that switches sanitising off."""

from collections.abc import Iterable
from html import escape
from typing import Any

from nicegui import ui

from ui_pages.kit import assets

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "use"})


class Markup(str):
    """Text that is already HTML; only this module makes it."""

    __slots__ = ()


def el(tag: str, *children: Any, **attributes: Any) -> Markup:
    """An element: `el("a", name, href=path, class_="link", data_id=3)`. False and None drop an attribute."""
    shown = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{shown}>")
    return Markup(f"<{tag}{shown}>{join(children)}</{tag}>")


def join(parts: Iterable[Any]) -> Markup:
    """Parts one after another; whatever is not Markup is escaped, None and False vanish."""
    return Markup("".join(_inner(part) for part in parts))


def icon(name: str, size: int = 16, **attributes: Any) -> Markup:
    """A Lucide icon of the sprite; it follows the text's colour."""
    box = {} if size == 16 else {"style": f"width:{size}px;height:{size}px"}
    use = el("use", href=f"{assets.url('icons.svg')}#{name}")
    kind = " ".join(filter(None, ("i", attributes.pop("class_", ""))))
    return el("svg", use, class_=kind, aria_hidden="true", **box, **attributes)


def html(*parts: Any, tag: str = "div") -> ui.html:
    """Built markup as one NiceGUI element."""
    return ui.html(join(parts), sanitize=False, tag=tag)


def quasar_icon(name: str) -> str:
    """The same icon where Quasar asks for one."""
    return f"svguse:{assets.url('icons.svg')}#{name}|0 0 24 24"


def _inner(part: Any) -> str:
    if part is None or part is False:
        return ""
    if isinstance(part, Markup):
        return part
    if isinstance(part, list | tuple) and not hasattr(part, "_fields"):
        return join(part)
    return escape(str(part))


def _attribute(key: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    if name in {"href", "src"} and str(value).lstrip().lower().startswith(
        ("javascript:", "data:text", "vbscript:")
    ):
        return ""
    if name.startswith("on"):
        raise ValueError(f"{name}: handlers never stand in markup")
    return f' {name}="{escape(str(value))}"'
