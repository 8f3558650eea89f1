"""Mappings as people name them on the command line: a saved profile, or spelled out."""

from typing import Any

from models import Text
from services.core.errors import NotFound
from services.core.importing import profiles_of


def mapping_from(kind: str, text: str) -> tuple[dict[str, str] | None, dict[str, Any]]:
    """(mapping, settings) of a saved profile, or of `field=column,field=column`; (None, {}) proposes. Raises NotFound."""
    if not text:
        return None, {}
    if "=" in text:
        return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair), {}
    profile = next((row for row in profiles_of(kind) if row.name == text), None)
    if profile is None:
        raise NotFound(Text("没有这个导入方案", "There is no such import profile"))
    return profile.mapping, profile.settings
