"""The first schema: DDL frozen beside this file, one statement a line, for each engine."""

from pathlib import Path


def up(migrator, db):
    engine = "sqlite" if "Sqlite" in type(db).__name__ else "postgres"
    frozen = Path(__file__).with_name(f"0001_initial.{engine}.sql")
    for line in frozen.read_text(encoding="utf-8").splitlines():
        if line.strip():
            db.execute_sql(line)
