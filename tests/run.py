"""`make test`: find or install a browser and PostgreSQL, run everything, print where the time went.

With arguments (make test ARGS="tests/orders -k split") only pytest with these arguments runs.
Two pytest calls (decision 22): the journeys have their own settings, because Playwright's loop and NiceGUI's simulation
do not share a process.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import browser, engines, report

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
NO_POSTGRES = (
    "!! PostgreSQL is missing and could not be installed: every test of the second engine is SKIPPED.\n"
    "!! Debian/Ubuntu: apt-get install postgresql; or TEST_POSTGRES_URL=postgresql://… of a server that may be filled."
)


def main(arguments: list[str]) -> int:
    """Run the tests; returns the exit code."""
    os.chdir(ROOT)
    started = time.perf_counter()
    cluster = _start_postgres()
    program = browser.find_or_install()
    if program:
        os.environ["CHROMIUM"] = str(program)
    setting_up = time.perf_counter() - started
    try:
        if arguments:
            return _pytest(arguments)[0]
        return _everything(program is not None, setting_up)
    finally:
        if cluster:
            cluster.stop()


def _everything(has_browser: bool, setting_up: float) -> int:
    code, times = _pytest(["tests"])
    codes = [code]
    if has_browser:
        code, journeys = _pytest(["tests/journeys"])
        codes.append(0 if code == NOTHING_COLLECTED else code)
        times.add(journeys)
    else:
        print(f"\n{browser.MISSING}", flush=True)
        codes.append(1)
    print(report.table(times, {"install": _install_seconds(), "browser and PostgreSQL": setting_up}))
    counts = times.outcomes
    failed = counts.get("failed", 0) or (1 if any(codes) else 0)
    print(
        f"\n{counts.get('passed', 0)} passed, {failed} failed, {counts.get('skipped', 0)} skipped", flush=True
    )
    return max(codes)


def _pytest(arguments: list[str]) -> tuple[int, report.Times]:
    with tempfile.TemporaryDirectory(prefix="zhanggui-times-") as folder:
        path = Path(folder) / "times.json"
        env = {**os.environ, report.FILE_VARIABLE: str(path)}
        code = subprocess.run([sys.executable, "-m", "pytest", *arguments], env=env, check=False).returncode
        return abs(code), report.load(path)


def _start_postgres() -> engines.Cluster | None:
    if os.environ.get(engines.URL_VARIABLE):
        return None
    try:
        binaries = engines.find_or_install()
        cluster = engines.start(binaries) if binaries else None
    except RuntimeError as failure:
        print(f"!! {failure}", flush=True)
        cluster = None
    if cluster is None:
        print(NO_POSTGRES, flush=True)
        return None
    os.environ[engines.URL_VARIABLE] = cluster.url
    return cluster


def _install_seconds() -> float:
    stamp = ROOT / ".venv" / ".ready"
    words = stamp.read_text().split() if stamp.exists() else []
    return float(words[0]) if words else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
