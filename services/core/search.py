"""Text search in lists: trigrams for terms of three characters and more, prefixes for shorter ones.

SQLite: one external-content FTS5 table a model (`<table>_fts`, tokenizer trigram), kept by triggers. PostgreSQL: a
pg_trgm index where the extension exists, else prefixes only (/readyz says so). A search looks at the newest MATCHES
hits, so a broad term stays fast on a million rows.
"""

from typing import Any

from peewee import SQL, Expression, NodeList, fn

from models import Customer, Order, Product, Row, Variant, db
from services.core.db import is_sqlite

MATCHES = 5000
SEARCHED: dict[type[Row], tuple[str, ...]] = {
    Order: ("number", "external_number", "ship_name"),
    Customer: ("number", "name"),
    Product: ("code", "name", "name_en", "model_number"),
    Variant: ("sku", "barcode"),
}
HIGHEST = "\U0010fffd"


def matches(model: type[Row], term: str) -> Expression:
    """A condition: some searched column of `model` contains (or, for short terms, begins with) `term`."""
    term = term.strip()
    meta: Any = model._meta  # type: ignore[attr-defined]
    key = meta.fields["id"]
    if len(term) >= 3 and is_sqlite():
        table = f"{meta.table_name}_fts"
        found = SQL(
            f'(SELECT rowid FROM "{table}" WHERE "{table}" MATCH ? ORDER BY rowid DESC LIMIT {MATCHES})',
            ['"' + term.replace('"', '""') + '"'],
        )
        return Expression(key, "IN", found)
    if len(term) >= 3 and has_trigrams():
        return Expression(haystack(model), "ILIKE", "%" + _escape_like(term) + "%")
    return begins_with(model, term)


def matches_or(model: type[Row], term: str, *others: Any) -> Any:
    """`matches`, or the row is found by one of the other conditions.

    A union of ids, because an OR of sub-selects makes the planner read the whole table.
    """
    key: Any = model._meta.fields["id"]  # type: ignore[attr-defined]
    union = model.select(key).where(matches(model, term))
    for condition in others:
        union |= model.select(key).where(condition)
    return key.in_(union)


def begins_with(model: type[Row], term: str) -> Expression:
    """Some searched column begins with `term`, by index range."""
    condition: Any = None
    for name in SEARCHED[model]:
        field = model._meta.fields[name]  # type: ignore[attr-defined]
        wanted = {term, term.upper()} if term.isascii() else {term}
        for start in sorted(wanted):
            here = (field >= start) & (field < start + HIGHEST)
            condition = here if condition is None else condition | here
    return condition


def has_trigrams() -> bool:
    """Whether the PostgreSQL database has pg_trgm."""
    known = getattr(db.obj, "has_trigrams", None)
    if known is None:
        row = db.execute_sql("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").fetchone()
        known = db.obj.has_trigrams = row is not None
    return bool(known)


def haystack(model: type[Row]) -> Any:
    """The text that the trigram index of a model covers, as an expression."""
    meta: Any = model._meta  # type: ignore[attr-defined]
    nodes: list[Any] = [SQL("(")]
    for position, name in enumerate(SEARCHED[model]):
        nodes += [SQL("|| ' ' ||")] if position else []
        nodes.append(fn.COALESCE(meta.fields[name], SQL("''")))
    return NodeList([*nodes, SQL(")")])


def haystack_sql(model: type[Row]) -> str:
    """The same, as SQL text for the index."""
    table = model._meta.table_name  # type: ignore[attr-defined]
    parts = [f'COALESCE("{table}"."{name}", \'\')' for name in SEARCHED[model]]
    return "(" + " || ' ' || ".join(parts) + ")"


def _escape_like(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
