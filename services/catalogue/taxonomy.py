"""Bringing in a ready category tree with its attributes: the bundled extract of a real one, or a folder like it.

A folder holds categories_en/zh-CN.csv.gz (id, parent_id, name), attributes_en/zh-CN.csv.gz (handle, name),
category_attributes.csv.gz (category_id, attribute_handle) and optionally attribute_choices.csv.gz. Loading again adds
only what is new; names that people changed stay.
"""

import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import Attribute, AttributeKind, Category, CategoryAttribute
from services.core import audit
from services.core.db import bulk_insert, transaction
from services.core.errors import Invalid
from services.core.events import touch
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text

BUNDLED = Path(__file__).parent / "taxonomy_data"
SOURCE = "taxonomy"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTaxonomy:
    """How much a load added."""

    categories: int
    attributes: int
    lines: int


@requires(Permission.CATALOGUE_EDIT, once=False)
def load_taxonomy(folder: Path = BUNDLED, *, actor: Actor) -> LoadedTaxonomy:
    """Add the categories, attributes and templates of a taxonomy folder that are not there yet. Raises Invalid."""
    names = _both(folder, "categories", "id")
    parents = {row["id"]: row["parent_id"] for row in _rows(folder, "categories_en.csv.gz")}
    with transaction():
        made = _add_categories(names, parents)
        attributes = _add_attributes(folder)
        lines = _add_lines(folder, parents)
        loaded = LoadedTaxonomy(categories=made, attributes=attributes, lines=lines)
        after = {"categories": made, "attributes": attributes, "lines": lines}
        audit.record(actor, "taxonomy.load", ("category", 0), after=after)
        touch("category", 0)
        return loaded


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / name
    if not path.exists():
        raise Invalid(Said(Text("类目文件夹里缺少 {name}", "The folder lacks {name}"), name=name))
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _both(folder: Path, what: str, key: str) -> dict[str, Text]:
    english = {row[key]: row["name"] for row in _rows(folder, f"{what}_en.csv.gz")}
    chinese = {row[key]: row["name"] for row in _rows(folder, f"{what}_zh-CN.csv.gz")}
    return {code: Text(chinese.get(code, name), name) for code, name in english.items()}


def _add_categories(names: dict[str, Text], parents: dict[str, str]) -> int:
    known = {
        row.code: (row.id, row.path) for row in Category.select(Category.id, Category.code, Category.path)
    }
    waiting = [code for code in names if code not in known]
    made = 0
    while waiting:
        ready = [code for code in waiting if not parents[code] or parents[code] in known]
        if not ready:
            raise Invalid(
                Text("类目文件里有找不到上级的类目", "Some categories name a parent that is not there")
            )
        rows: list[dict[str, Any]] = [
            {
                "code": code,
                "name_zh": names[code].zh[:120],
                "name_en": names[code].en[:120],
                "parent_id": known[parents[code]][0] if parents[code] else None,
                "position": made + place,
            }
            for place, code in enumerate(ready)
        ]
        for code, row_id in zip(ready, bulk_insert(Category, rows), strict=True):
            above = known[parents[code]][1] if parents[code] else "/"
            known[code] = (row_id, f"{above}{row_id}/")
            Category.update(path=known[code][1]).where(Category.id == row_id).execute()
        made += len(ready)
        waiting = [code for code in waiting if code not in known]
    return made


def _add_attributes(folder: Path) -> int:
    choices: dict[str, list[dict[str, str]]] = {}
    source = folder if (folder / "attribute_choices.csv.gz").exists() else BUNDLED
    for row in _rows(source, "attribute_choices.csv.gz"):
        choice = {"code": row["code"], "zh": row["name_zh"], "en": row["name_en"]}
        choices.setdefault(row["attribute_handle"], []).append(choice)
    known = {row.code for row in Attribute.select(Attribute.code)}
    rows = [
        {
            "code": handle[:60],
            "name_zh": name.zh[:80],
            "name_en": name.en[:80],
            "kind": AttributeKind.CHOICE if handle in choices else AttributeKind.TEXT,
            "choices_json": choices.get(handle),
        }
        for handle, name in _both(folder, "attributes", "handle").items()
        if handle[:60] not in known
    ]
    return len(bulk_insert(Attribute, rows))


def _add_lines(folder: Path, parents: dict[str, str]) -> int:
    """Templates, without what a category inherits anyway."""
    own: dict[str, list[str]] = {}
    for row in _rows(folder, "category_attributes.csv.gz"):
        handle = re.sub(r"[^a-z0-9]+", "-", row["attribute_handle"].lower()).strip("-")
        own.setdefault(row["category_id"], []).append(handle[:60])
    categories = {row.code: row.id for row in Category.select(Category.id, Category.code)}
    attributes = {row.code: row.id for row in Attribute.select(Attribute.id, Attribute.code)}
    known = set(CategoryAttribute.select(CategoryAttribute.category, CategoryAttribute.attribute).tuples())
    rows = []
    for code, handles in own.items():
        inherited = _inherited(code, own, parents)
        for position, handle in enumerate(dict.fromkeys(handles)):
            pair = (categories.get(code), attributes.get(handle))
            if handle not in inherited and None not in pair and pair not in known:
                rows.append({"category_id": pair[0], "attribute_id": pair[1], "position": position})
    bulk_insert(CategoryAttribute, rows, ids=False)
    return len(rows)


def _inherited(code: str, own: dict[str, list[str]], parents: dict[str, str]) -> set[str]:
    found: set[str] = set()
    above = parents.get(code, "")
    while above:
        found |= set(own.get(above, ()))
        above = parents.get(above, "")
    return found
