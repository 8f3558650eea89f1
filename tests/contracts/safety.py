"""Contracts about safety: sanitising, identity, and nothing from outside (decisions 19 and design §7)."""

import ast
import re
from importlib.metadata import version
from pathlib import Path

from packaging.version import Version

from tests.contracts.source import Source, text_of

MARKUP = "ui_pages/kit/markup.py"
OUTSIDE = re.compile(
    r"(?:https?:)?//(?!www\.w3\.org/|localhost|127\.0\.0\.1)[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE
)
COMMENTS = re.compile(r"/\*.*?\*/|<!--.*?-->|^\s*//.*?$", re.DOTALL | re.MULTILINE)
# The oldest version without a known hole (research/security.md §2.1).
FLOORS = {
    "nicegui": "3.18.0",
    "starlette": "1.3.0",
    "python-multipart": "0.0.30",
    "python-socketio": "5.16.2",
    "aiohttp": "3.14.4",
    "cryptography": "46.0.7",
    "pillow": "13.0.0",
    "bcrypt": "5.0.0",
}


def sanitised(source: Source) -> list[str]:
    """sanitize=False stands in kit/markup.py only, whose builder escapes every value."""
    if source.path == MARKUP:
        return []
    return [
        source.at(call, "switches sanitising off; build it with kit/markup.py")
        for call in source.calls()
        for keyword in call.keywords
        if keyword.arg == "sanitize" and getattr(keyword.value, "value", None) is not True
    ]


def no_borrowed_identity(source: Source) -> list[str]:
    """app.storage.user answers with the emitter's identity in fan-outs: nobody uses it."""
    return [
        source.at(node, "uses storage.user; pass the Ctx or Actor")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "user"
        and getattr(node.value, "attr", "") == "storage"
    ]


def nothing_from_outside(source: Source) -> list[str]:
    """Pages name no address of another host: an intranet has no CDN."""
    if not source.path.startswith("ui_pages/"):
        return []
    return [
        source.at(node, f"names an address outside: {text_of(node)!r}")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and OUTSIDE.search(text_of(node) or "")
    ]


def outside_in(path: Path, text: str) -> list[str]:
    """Addresses of other hosts in an asset (comments, such as licences, may name them)."""
    return [f"{path}: names {found.group()}" for found in OUTSIDE.finditer(COMMENTS.sub("", text))]


def below_floor(package: str, floor: str, installed: str | None = None) -> list[str]:
    """An installed version older than the floor has a published hole."""
    has = installed or version(package)
    return [] if Version(has) >= Version(floor) else [f"{package} {has} is older than {floor}"]
