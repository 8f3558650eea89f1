"""The program as text and syntax tree, for the contracts that read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ("models.py", "main.py", "services/**/*.py", "ui_pages/**/*.py", "seed/**/*.py")


@dataclass(frozen=True)
class Source:
    """One file: its path from the repository's root with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def domain(self) -> str:
        """orders for services/orders/placing.py, else ''."""
        parts = self.path.split("/")
        return parts[1].removesuffix(".py") if parts[0] == "services" and len(parts) > 1 else ""

    def at(self, node: ast.AST, words: str) -> str:
        return f"{self.path}:{node.lineno}: {words}"

    def imports(self) -> Iterator[tuple[ast.stmt, str, str]]:
        """(statement, module, name) of every import; name is '' for `import module`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, node.module or "", alias.name) for alias in node.names)

    def from_models(self) -> set[str]:
        """Local names bound to something of models.py."""
        names = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module == "models":
                names |= {alias.asname or alias.name for alias in node.names}
        return names

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@cache
def program() -> tuple[Source, ...]:
    """Every module of the program; migrations are frozen history and stay out."""
    paths = sorted({path for pattern in PROGRAM for path in ROOT.glob(pattern)})
    made = [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    return tuple(source for source in made if "/migrations/0" not in source.path)


def called(node: ast.Call) -> str:
    """The last name of what is called: update for Order.update(…), el for el(…)."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def root_of(node: ast.AST) -> str:
    """The name a chain begins with: Order for Order.update(…).where(…)."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str | None:
    """The string a literal (or the fixed part of an f-string) shows, or None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return None
