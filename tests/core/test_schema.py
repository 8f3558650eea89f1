"""The frozen migrations make exactly the schema that the models describe, on both engines."""

import pytest

from models import db
from services.core import schema
from services.core.db import is_sqlite
from services.core.migrations import pending

pytestmark = pytest.mark.engine


def _shape() -> list:
    if is_sqlite():
        rows = db.execute_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        return sorted(
            row for row in rows if "schema_migration" not in row[2] and not row[1].startswith("sqlite_")
        )
    columns = db.execute_sql(
        "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length "
        "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migration'"
    ).fetchall()
    indexes = db.execute_sql("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'").fetchall()
    checks = db.execute_sql(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    ).fetchall()
    triggers = db.execute_sql(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    ).fetchall()
    everything = [*columns, *indexes, *checks, *triggers]
    return sorted(str(row) for row in everything if "schema_migration" not in str(row))


def test_models_and_migrations_agree(shop):
    migrated = _shape()
    if is_sqlite():
        for kind, name, _, sql in migrated:
            if (
                sql
                and kind == "table"
                and not name.split("_fts_")[0].endswith("_fts")
                and "_fts_" not in name
            ):
                db.execute_sql("PRAGMA foreign_keys = 0")
                db.execute_sql(f'DROP TABLE IF EXISTS "{name}"')
        for kind, name, _, sql in migrated:
            if sql and kind == "table" and "VIRTUAL" in sql:
                db.execute_sql(f'DROP TABLE IF EXISTS "{name}"')
    else:
        db.execute_sql("DROP SCHEMA public CASCADE")
        db.execute_sql("CREATE SCHEMA public")
    schema.create_everything()
    assert _shape() == migrated


def test_nothing_is_pending_after_a_start(shop):
    assert pending() == []
