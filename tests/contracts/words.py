"""Contracts about words: every sentence a person reads is a Text in both languages (design §8)."""

import ast
import re
from collections.abc import Iterator

from tests.contracts.source import Source, called, text_of

SHOWING = {
    "label", "button", "input", "select", "textarea", "number", "checkbox", "switch", "radio", "toggle", "notify",
    "tooltip", "link", "tab", "menu_item", "item", "item_label", "expansion", "markdown", "badge", "chip", "page_title",
    "card", "toast", "upload", "dropdown_button", "fab", "timeline_entry", "step", "date", "time", "slider",
}  # fmt: skip
SHOWN_KEYWORDS = {"label", "placeholder", "message", "tooltip", "hint", "aria_label", "alt"}
CJK = re.compile(r"[\u3400-\u9fff]")
# Written alike in both languages: the product's name and mark, languages in their own words, keys, file formats.
NAMES = re.compile(
    r"掌柜|Zhanggui|掌|中文|English|\b(Ctrl|Enter|Esc|Shift|CSV|XLSX|SKU|API|REST|https?|px)\b"
)
LETTERS = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"{(\w+)")


def no_bare_words(source: Source) -> list[str]:
    """ui_pages shows no literal words: what ui.*, the kit and el() show comes from a Text."""
    if not source.path.startswith("ui_pages/"):
        return []
    problems = []
    for call in source.calls():
        problems += [source.at(node, f"bare words {text_of(node)!r}; use a Text") for node in _shown(call)]
    inside = {id(node) for text in _texts(source) for node in ast.walk(text)} | _docstrings(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and id(node) not in inside and CJK.search(_said(node)):
            problems.append(source.at(node, f"Chinese words {node.value!r} outside a Text"))
    return sorted(set(problems))


def texts_agree(source: Source) -> list[str]:
    """A Text's two languages name the same values, and the English half is not Chinese."""
    problems = []
    for text in _texts(source):
        halves = [text_of(argument) for argument in text.args[:2]]
        if len(halves) == 2 and None not in halves:
            zh, en = halves
            if set(PLACEHOLDER.findall(zh)) != set(PLACEHOLDER.findall(en)):
                problems.append(source.at(text, f"the languages of {en!r} name different values"))
            if CJK.search(NAMES.sub("", en)) or bool(zh) != bool(en):
                problems.append(source.at(text, f"the English half of {zh!r} is {en!r}"))
    return problems


def _shown(call: ast.Call) -> Iterator[ast.AST]:
    name = called(call)
    arguments: list[ast.AST] = []
    if name in SHOWING:
        arguments += call.args[:1]
        arguments += [keyword.value for keyword in call.keywords if keyword.arg in SHOWN_KEYWORDS | {"text"}]
    elif name == "el":
        arguments += call.args[1:]
        arguments += [keyword.value for keyword in call.keywords if keyword.arg in SHOWN_KEYWORDS | {"title"}]
    return (node for node in arguments if LETTERS.search(_said(node)))


def _said(node: ast.AST) -> str:
    return NAMES.sub("", text_of(node) or "")


def _texts(source: Source) -> list[ast.Call]:
    return [call for call in source.calls() if called(call) == "Text"]


def _docstrings(tree: ast.Module) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            found |= {id(statement.value) for statement in body if isinstance(statement, ast.Expr)}
    return found
