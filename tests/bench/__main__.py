"""`make bench`: run every benchmark and write the table into docs/benchmarks.md."""

import importlib
import os
import platform
import sqlite3
import sys
import time
from pathlib import Path

from services.core.clock import now
from tests.bench.figures import Figure
from tests.bench.world import ROOT, planted

MODULES = ("placing", "lists", "importing", "dashboard", "starting", "pages", "clicks")
TARGET = ROOT / "docs" / "benchmarks.md"
HEAD = ("what", "measured", "baseline in the same run", "ratio", "goal")


def main() -> None:
    """Measure and write."""
    size = int(os.environ.get("BENCH_ORDERS", "100000"))
    wanted = os.environ.get("BENCH_ONLY", "")
    modules = [name for name in MODULES if not wanted or name in wanted.split(",")]
    world = planted(size)
    begun = time.perf_counter()
    figures: list[Figure] = []
    for name in modules:
        found = importlib.import_module(f"tests.bench.{name}").run(world)
        for figure in found:
            print(" | ".join(figure.cells), flush=True)
        figures += found
    took = time.perf_counter() - begun
    if not wanted or os.environ.get("BENCH_WRITE"):
        write(figures, size, took)
    print(f"{len(figures)} figures in {took:.0f} s")


def write(figures: list[Figure], size: int, took: float) -> None:
    """Put the figures into this size's table in docs/benchmarks.md; lines measured earlier and not now stay."""
    begin, end = f"<!-- bench:{size} -->", f"<!-- /bench:{size} -->"
    text = TARGET.read_text() if TARGET.exists() else INTRODUCTION
    head, known, rest = text.partition(begin)
    old, _, tail = rest.partition(end + "\n")
    lines = {line.split(" | ")[0]: line for line in old.splitlines() if line.startswith("| ")}
    for cells in (HEAD, ("---",) * len(HEAD), *(figure.cells for figure in figures)):
        lines["| " + cells[0]] = "| " + " | ".join(cells) + " |"
    table = "\n".join(lines.values())
    block = f"{begin}\n## {size:,} orders\n\n{machine()}; the last run took {took:.0f} s.\n\n{table}\n{end}\n"
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text((head if known else text + "\n") + block + tail)


def machine() -> str:
    """Where and with what this was measured."""
    model = next(
        (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    return (
        f"{now():%Y-%m-%d}, {os.cpu_count()} cores of {model}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


INTRODUCTION = """\
# Benchmarks

Written by `make bench`, never by hand. Every figure stands beside a baseline measured in the same run on the same
machine, so the ratio is what to trust. `BENCH_ORDERS=1000000 make bench` measures the large shop.
"""

if __name__ == "__main__":
    sys.exit(main())
