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
    """Put the table for this size of shop into docs/benchmarks.md, leaving the other sizes' tables."""
    begin, end = f"<!-- bench:{size} -->", f"<!-- /bench:{size} -->"
    rows = [HEAD, ("---",) * len(HEAD), *(figure.cells for figure in figures)]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    block = f"{begin}\n## {size:,} orders\n\n{machine()}; {took:.0f} s.\n\n{table}\n{end}\n"
    text = TARGET.read_text() if TARGET.exists() else INTRODUCTION
    if begin in text:
        head, _, rest = text.partition(begin)
        text = head + block + rest.partition(end + "\n")[2]
    else:
        text += "\n" + block
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text)


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
