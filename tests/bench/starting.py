"""Start-up: seconds from the command to the first answer, and resident memory, against a bare NiceGUI hello page."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.world import ROOT, World
from tests.engines import free_port

BARE = """
from nicegui import ui
ui.label('hello')
ui.run(host='127.0.0.1', port={port}, reload=False, show=False, show_welcome_message=False)
"""


def run(world: World) -> list[Figure]:
    """Second start of the planted shop."""
    port = free_port()
    ours, memory = _start([sys.executable, "main.py", "serve", "--port", str(port)], port, "/healthz", world)
    bare_port = free_port()
    script = ROOT / ".bench" / "bare.py"
    script.write_text(BARE.format(port=bare_port))
    bare, bare_memory = _start([sys.executable, str(script)], bare_port, "/", world)
    return [
        Figure(
            "start to first answer",
            f"{ours:.1f} s",
            f"{bare:.1f} s bare NiceGUI",
            f"{ours / bare:.1f}",
            "≤ 4 s",
        ),
        Figure(
            "memory after start",
            f"{memory} MB",
            f"{bare_memory} MB bare NiceGUI",
            f"{memory / bare_memory:.1f}",
        ),
    ]


def _start(command: Sequence[str], port: int, path: str, world: World) -> tuple[float, int]:
    env = {**os.environ, "DATA_DIR": str(world.settings.data_dir), "BCRYPT_COST": "4", "DATABASE_URL": ""}
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - begun > 60:
                raise RuntimeError(f"{command} does not start")
            time.sleep(0.02)
        took = time.perf_counter() - begun
        return took, resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def resident_mb(pid: int) -> int:
    """Resident memory of a process in megabytes (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
