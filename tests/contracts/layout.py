"""Contracts about modules: how long they are and what they import (design §3, §10.3)."""

import ast
import sys
from functools import cache

from tests.contracts.source import ROOT, Source

LONGEST = 400
PURE_NAMES = {"rules", "workflow", "types", "payloads"}
IMPURE = {"services.core.clock", "services.core.db", "services.core.settings"}
MODELS_MAY_IMPORT = {"peewee", "playhouse"}


def too_long(source: Source) -> list[str]:
    """A module has at most 400 lines; models.py is exempt."""
    lines = source.text.count("\n")
    if source.path == "models.py" or lines <= LONGEST:
        return []
    return [f"{source.path}: {lines} lines; find the second noun"]


def models_import_little(source: Source) -> list[str]:
    """models.py imports the standard library, peewee and playhouse only."""
    if source.path != "models.py":
        return []
    return [
        source.at(node, f"models.py imports {module}")
        for node, module, _ in source.imports()
        if module.partition(".")[0] not in sys.stdlib_module_names | MODELS_MAY_IMPORT
    ]


def pure_stays_pure(source: Source) -> list[str]:
    """rules, workflow, types and payloads take from models only enumerations and Text, and know no clock or database."""
    if not _is_pure(source):
        return []
    problems = []
    for node, module, name in source.imports():
        if module == "models" and name not in enumerations() | {"Text"}:
            problems.append(source.at(node, f"a pure module imports {name or 'all'} of models"))
        if module in IMPURE or f"{module}.{name}" in IMPURE:
            problems.append(source.at(node, f"a pure module imports {module} {name}"))
    return problems


def facade_only(source: Source) -> list[str]:
    """The insides of a domain are its own: everybody else imports its façade (core has none)."""
    if source.path.startswith("seed/"):
        return []
    problems = []
    for node, module, name in source.imports():
        parts = [*module.split("."), *([name] if name and _is_module(f"{module}.{name}") else [])]
        if len(parts) > 2 and parts[0] == "services" and parts[1] not in ("core", source.domain):
            problems.append(source.at(node, f"imports {'.'.join(parts)}; take it from services.{parts[1]}"))
    return problems


def nobody_imports_worlds(source: Source) -> list[str]:
    """seed and tests may import anything; the program imports neither (main.py may start the seed)."""
    may = {"seed"} if source.path == "main.py" or source.path.startswith("seed/") else set()
    return [
        source.at(node, f"imports {module}")
        for node, module, _ in source.imports()
        if module.partition(".")[0] in {"seed", "tests", "main"} - may
    ]


@cache
def enumerations() -> frozenset[str]:
    """The names of all enumerations in models.py."""
    tree = ast.parse((ROOT / "models.py").read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return frozenset(
        node.name for node in classes if any(getattr(b, "id", "") == "StrEnum" for b in node.bases)
    )


def _is_pure(source: Source) -> bool:
    parts = source.path.removesuffix(".py").split("/")
    if parts[0] != "services" or len(parts) < 3:
        return False
    return parts[-1] in PURE_NAMES or "payloads" in parts[2:] or parts[1:3] == ["promotions", "rules"]


def _is_module(dotted: str) -> bool:
    path = ROOT / dotted.replace(".", "/")
    return path.with_suffix(".py").exists() or path.is_dir()
