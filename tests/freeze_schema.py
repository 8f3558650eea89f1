"""Write the DDL of the present models beside migration 0001: `python -m tests.freeze_schema`.

Only until the first release; afterwards a change of schema is a new numbered migration.
"""

from pathlib import Path

from peewee import PostgresqlDatabase, SqliteDatabase

from models import db
from services.core import schema
from services.core.inserting import forget_prepared
from services.core.migrations import FOLDER


def main() -> None:
    """Freeze both engines."""
    for engine, database in (
        ("sqlite", SqliteDatabase(":memory:")),
        ("postgres", PostgresqlDatabase("none")),
    ):
        db.initialize(database)
        path = Path(FOLDER) / f"0001_initial.{engine}.sql"
        path.write_text("\n".join(schema.statements(engine)) + "\n", encoding="utf-8")
    forget_prepared()


if __name__ == "__main__":
    main()
