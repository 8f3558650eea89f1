"""The shop that is measured: planted once per size into a cached folder, copied for benchmarks that write."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from services import identity
from services.core import db, startup
from services.core.permissions import SYSTEM, Actor
from services.core.settings import Settings

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".bench"


@dataclass(frozen=True)
class World:
    """Settings of the planted shop, its size, and somebody who may do everything."""

    settings: Settings
    orders: int
    actor: Actor = SYSTEM

    def copy(self, name: str, folder: Path) -> "World":
        """A copy to write to, in `folder` (which may be in memory)."""
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copytree(self.settings.data_dir / "keys", target / "keys")
        shutil.copyfile(self.settings.sqlite_path, target / "zhanggui.db")
        return replace(self, settings=replace(self.settings, data_dir=target))

    def open(self) -> None:
        """Open the data on this thread."""
        startup.open_data(self.settings)
        identity.ensure_presets()

    def close(self) -> None:
        """Close it again."""
        db.disconnect()


def planted(orders: int) -> World:
    """The demo shop with `orders` orders; built by the command line when the cache has none of this size."""
    folder = CACHE / f"orders-{orders}"
    settings = Settings(data_dir=folder, bcrypt_cost=4)
    if not (folder / "planted").exists():
        shutil.rmtree(folder, ignore_errors=True)
        env = {**os.environ, "DATA_DIR": str(folder), "BCRYPT_COST": "4", "DATABASE_URL": ""}
        command = [sys.executable, "main.py", "seed", "--orders", str(orders)]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        (folder / "planted").touch()
    return World(settings, orders)
