"""Lines imported per second (the real slice, every rule of history), against a bare loop that only inserts the lines."""

import csv
import gzip
import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

from services import identity, wiring  # noqa: F401 - importers register
from services.core import startup
from services.core.db import transaction
from services.core.import_runs import run_import_file
from services.core.options import store_option
from services.core.settings import Settings
from tests.bench.figures import Figure, seconds
from tests.bench.world import ROOT, World

SLICE = ROOT / "tests" / "data" / "online_retail_slice.csv.gz"
REAL = ROOT.parent / "shared" / "data" / "online_retail" / "online_retail.csv.gz"
GIVEN = {"currency": "GBP", "timezone": "Europe/London"}


def run(world: World) -> list[Figure]:
    """The slice; and the whole file where it is."""
    files = [("20,000 lines of online_retail", SLICE), ("the whole online_retail file", REAL)]
    return [_figure(what, path, world.settings) for what, path in files if path.exists()]


def _figure(what: str, path: Path, settings: Settings) -> Figure:
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-import-"))
    try:
        startup.open_data(replace(settings, data_dir=folder))
        identity.ensure_presets()
        with transaction():
            store_option("shop.currency", "GBP")
            store_option("shop.timezone", "Europe/London")
        rows = 0

        def bring_in() -> None:
            nonlocal rows
            rows = run_import_file("orders", path, settings=GIVEN).rows_total

        ours = seconds(bring_in)
        startup.close_data()
        bare = seconds(lambda: _bare(path, folder / "bare.db"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    goal = "≤ 120 s" if path == REAL else ""
    return Figure(
        f"import of {what}",
        f"{rows / ours:,.0f} lines/s ({ours:.0f} s)",
        f"{rows / bare:,.0f} lines/s bare INSERT",
        f"{bare / ours:.2f}",
        goal,
    )


def _bare(path: Path, target: Path) -> None:
    with (
        gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file,
        sqlite3.connect(target) as db,
    ):
        rows = csv.reader(file)
        width = len(next(rows))
        db.execute(f"CREATE TABLE line ({', '.join(f'c{n}' for n in range(width))})")
        marks = ", ".join("?" * width)
        for row in rows:
            if len(row) == width:
                db.execute(f"INSERT INTO line VALUES ({marks})", row)
