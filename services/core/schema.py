"""The schema beyond tables: triggers and search, generated for both engines from one list.

Used to freeze migrations (tests/freeze_schema.py writes 0001 until the first release) and by the test that proves
schema of the models = schema of the migrations. Trigger kinds: append-only tables refuse UPDATE and DELETE;
`warehouse_change` rows name the ids whose facts must be read again (decision 13); FTS5 follows its content table.
"""

from typing import Any

from peewee import sort_models

from models import TABLES, Audit, StockMovement, db
from services.core.db import is_sqlite
from services.core.search import SEARCHED, haystack_sql

APPEND_ONLY = (Audit, StockMovement)
# table, entity, column that holds the entity's id, operations
WATCHED: tuple[tuple[str, str, str, str], ...] = (
    ("sales_order", "order", "id", "IUD"),
    ("order_line", "order", "order_id", "IUD"),
    ("order_charge", "order", "order_id", "IUD"),
    ("shipment", "order", "order_id", "IUD"),
    ("refund", "refund", "id", "IUD"),
    ("refund_line", "refund", "refund_id", "IUD"),
    ("credit_note", "credit_note", "id", "IUD"),
    ("credit_note_line", "credit_note", "note_id", "IUD"),
    ("stock_movement", "movement", "id", "I"),
    ("variant", "variant", "id", "IUD"),
    ("product", "product", "id", "IUD"),
    ("customer", "customer", "id", "IUD"),
    ("category", "category", "id", "IUD"),
    ("warehouse", "place", "id", "IUD"),
    ("channel", "channel", "id", "IUD"),
)
OPERATIONS = {"I": ("INSERT", "NEW"), "U": ("UPDATE", "NEW"), "D": ("DELETE", "OLD")}
# Customer and product rows change for reasons no fact depends on; only these columns matter there.
WATCHED_COLUMNS = {
    "customer": ("country", "province_code", "first_order_at"),
    "product": ("name", "brand_id", "category_id"),
    "variant": ("sku", "product_id", "cost_minor", "price_minor", "title"),
    "warehouse": ("code", "name"),
    "shipment": ("order_id", "warehouse_id", "status"),
}


def create_everything() -> None:
    """Create tables, indexes and triggers from the models (tests compare this with the migrations)."""
    for statement in statements("sqlite" if is_sqlite() else "postgres"):
        db.execute_sql(statement)


def statements(engine: str) -> list[str]:
    """All DDL of the current models for 'sqlite' or 'postgres', in order."""
    return [*_tables(), *(_sqlite_extras() if engine == "sqlite" else _postgres_extras())]


def _tables() -> list[str]:
    from_models = []
    for model in _by_dependency():
        from_models.append(_text(model._schema._create_table(safe=False).query()))
    for model in _by_dependency():
        from_models += [_text(index.query()) for index in model._schema._create_indexes(safe=False)]
    return from_models


def _text(query: tuple[str, list[object]]) -> str:
    sql, params = query
    if params:
        raise ValueError(f"DDL with parameters: {sql} {params}")
    return sql


def _by_dependency() -> list[Any]:
    return list(sort_models(TABLES))


def _sqlite_extras() -> list[str]:
    made = []
    for model in APPEND_ONLY:
        table = model._meta.table_name
        for operation in ("UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for table, entity, column, operations in WATCHED:
        for letter in operations:
            operation, side = OPERATIONS[letter]
            columns = WATCHED_COLUMNS.get(table)
            of = f" OF {', '.join(columns)}" if columns and letter == "U" else ""
            made.append(
                f"CREATE TRIGGER {table}_changed_{letter.lower()} AFTER {operation}{of} ON {table} BEGIN "
                f"INSERT INTO warehouse_change (entity, entity_id) VALUES ('{entity}', {side}.{column}); END"
            )
    for model, names in SEARCHED.items():
        made += _fts(model._meta.table_name, names)
    return made


def _fts(table: str, names: tuple[str, ...]) -> list[str]:
    columns = ", ".join(names)
    new = ", ".join(f"NEW.{name}" for name in names)
    old = ", ".join(f"OLD.{name}" for name in names)
    fts = f"{table}_fts"
    remove = f"INSERT INTO {fts} ({fts}, rowid, {columns}) VALUES ('delete', OLD.id, {old});"
    add = f"INSERT INTO {fts} (rowid, {columns}) VALUES (NEW.id, {new});"
    return [
        f"CREATE VIRTUAL TABLE {fts} USING fts5({columns}, content='{table}', content_rowid='id', tokenize='trigram')",
        f"CREATE TRIGGER {fts}_i AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {fts}_d AFTER DELETE ON {table} BEGIN {remove} END",
        f"CREATE TRIGGER {fts}_u AFTER UPDATE OF {columns} ON {table} BEGIN {remove} {add} END",
    ]


def _postgres_extras() -> list[str]:
    made = [
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    ]
    for model in APPEND_ONLY:
        table = model._meta.table_name
        made.append(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table, entity, column, operations in WATCHED:
        for letter in operations:
            operation, side = OPERATIONS[letter]
            name = f"{table}_changed_{letter.lower()}"
            columns = WATCHED_COLUMNS.get(table)
            of = f" OF {', '.join(columns)}" if columns and letter == "U" else ""
            made.append(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO warehouse_change "
                f"(entity, entity_id) VALUES ('{entity}', {side}.{column}); RETURN NULL; END $$"
            )
            made.append(
                f"CREATE TRIGGER {name} AFTER {operation}{of} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    made.append(
        "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; EXCEPTION WHEN OTHERS THEN "
        "RAISE NOTICE 'pg_trgm is not available: search falls back to prefixes'; END $$"
    )
    for model in SEARCHED:
        table = model._meta.table_name
        made.append(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN "
            f"CREATE INDEX {table}_trgm ON {table} USING gin ({haystack_sql(model)} gin_trgm_ops); "
            "END IF; END $$"
        )
    return made
