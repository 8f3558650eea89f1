"""An import that was killed goes on and ends as if nothing had happened."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models import ImportReject, ImportRun, ImportStatus
from services.core import import_runs
from services.core.invariants import check_all
from tests.importing.world import as_csv, bring, digest, piece

ROOT = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from services.core.settings import Settings
from services.core import crypto, db, files, import_running, import_runs
from services import catalogue, crm, inventory, orders
settings = Settings(data_dir=Path(sys.argv[1]))
crypto.open_keys(settings.data_dir); files.open_store(settings.data_dir); db.connect(settings)
import_running.FIRST = import_running.LARGEST = 60
import_runs.run_import_file("orders", Path(sys.argv[2]))
"""


def kill_after(shop, path: Path, rows: int) -> None:
    """Start an import in a process of its own and kill -9 it once `rows` are done."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(shop.data_dir), str(path)], cwd=ROOT)
    database = sqlite3.connect(shop.settings.sqlite_path, timeout=30)
    try:
        for _ in range(3000):
            found = database.execute("SELECT rows_done, counts FROM import_run").fetchone()
            if found and found[0] >= rows and '"staged"' in (found[1] or ""):
                break
            assert child.poll() is None, "the import ended before it could be killed"
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.wait()
        database.close()


@pytest.mark.parametrize("rows", [0, 150, 700])
def test_a_killed_import_resumes_to_the_same_result(british, tmp_path, rows):
    table = piece(1200, 900)
    table[40] = table[40][:5]  # one refused row must not be refused twice
    path = as_csv(table, tmp_path / "a.csv")
    kill_after(british, path, rows)
    stopped = ImportRun.get()
    assert stopped.status is ImportStatus.RUNNING and stopped.rows_done < len(table) - 1
    assert import_runs.resume_interrupted(wait=True) == 1
    run = ImportRun.get()
    assert run.status is ImportStatus.FINISHED, run.message
    assert run.created_count + run.rejected_count == len(table) - 1 == run.rows_done
    assert ImportReject.select().count() == run.rejected_count >= 1
    assert [verdict.invariant.key for verdict in check_all() if not verdict.holds] == []
    resumed = digest()
    import_runs.undo_import(run.id, actor=import_runs.SYSTEM)
    uninterrupted = digest_of_a_fresh_run(british, path)
    assert resumed == uninterrupted


def digest_of_a_fresh_run(shop, path):
    """The same file into another fresh shop."""
    from services.core import crypto, db, files
    from services.core.migrations import migrate
    from services.core.settings import Settings
    from tests.importing.world import make_british

    db.disconnect()
    settings = Settings(data_dir=shop.data_dir / "fresh")
    settings.data_dir.mkdir()
    crypto.open_keys(settings.data_dir)
    files.open_store(settings.data_dir)
    db.connect(settings)
    migrate()
    make_british()
    bring("orders", path)
    return digest()
