"""Where the minutes go: each pytest call writes its times, the runner prints the budget table of decision 39."""

import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FILE_VARIABLE = "TEST_TIMES_FILE"
SLOWEST = 20
# group, budget in seconds on 2 cores (decision 39)
BUDGET = {
    "install": 180,
    "contracts and rules": 60,
    "services on SQLite": 90,
    "services on PostgreSQL": 90,
    "pages": 90,
    "journeys": 150,
    "real import": 60,
}


@dataclass
class Times:
    """What one or more pytest calls took and found."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    tests: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_test: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    skips: list[str] = field(default_factory=list)

    def add(self, other: "Times") -> None:
        """Count another call in."""
        for name in ("seconds", "tests", "outcomes"):
            mine = getattr(self, name)
            for key, value in getattr(other, name).items():
                mine[key] += value
        self.by_test.update(other.by_test)
        self.skips += other.skips


def group_of(nodeid: str, is_real: bool) -> str:
    """The row of the budget table a test belongs to."""
    path, _, case = nodeid.partition("::")
    if is_real:
        return "real import"
    if "journeys/" in path:
        return "journeys"
    if "tests/pages/" in path:
        return "pages"
    if "tests/contracts/" in path or Path(path).name.startswith("test_rules"):
        return "contracts and rules"
    return "services on PostgreSQL" if "postgres" in case.partition("[")[2] else "services on SQLite"


def table(times: Times, more: dict[str, float]) -> str:
    """The budget table and the slowest tests, as text."""
    spent = {**times.seconds, **more}
    lines = ["", f"{'what':<26}{'tests':>7}{'seconds':>10}{'budget':>9}"]
    for group in [*BUDGET, *(key for key in spent if key not in BUDGET)]:
        if group in spent:
            budget = BUDGET.get(group)
            over = "  over budget" if budget and spent[group] > budget else ""
            count = times.tests.get(group, 0) or ""
            lines.append(f"{group:<26}{count:>7}{spent[group]:>10.1f}{budget or '':>9}{over}")
    lines.append(f"{'together':<26}{sum(times.tests.values()):>7}{sum(spent.values()):>10.1f}")
    slowest = sorted(times.by_test.items(), key=lambda item: -item[1])[:SLOWEST]
    lines += ["", f"the {len(slowest)} slowest tests"]
    lines += [f"{seconds:>8.2f} s  {nodeid}" for nodeid, seconds in slowest]
    if times.skips:
        lines += ["", "SKIPPED"]
        lines += [f"  {count} × {reason}" for reason, count in _counted(times.skips)]
    return "\n".join(lines)


def load(path: Path) -> Times:
    """What a pytest call wrote; nothing when it did not come that far."""
    times = Times()
    if path.exists():
        times.add(Times(**json.loads(path.read_text())))
    return times


def _counted(reasons: list[str]) -> list[tuple[str, int]]:
    return sorted({reason: reasons.count(reason) for reason in reasons}.items())


# ── the pytest plugin ────────────────────────────────────────────────────────

_times = Times()
_seen: set[str] = set()
_from_root: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    root = Path(__file__).resolve().parent.parent
    below = config.rootpath.relative_to(root).as_posix()
    _from_root[:] = [] if below == "." else [below]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = "/".join([*_from_root, report.nodeid])
    group = group_of(name, "real_data" in report.keywords)
    _times.seconds[group] += report.duration
    _times.by_test[name] = _times.by_test.get(name, 0.0) + report.duration
    if report.when == "setup":
        _times.tests[group] += 1
    if report.skipped and isinstance(report.longrepr, tuple):
        _times.skips.append(str(report.longrepr[2]).removeprefix("Skipped: "))
    if report.when == "call" or report.outcome != "passed":
        if report.nodeid not in _seen or report.outcome == "failed":
            _times.outcomes[report.outcome] += 1
        _seen.add(report.nodeid)


def pytest_sessionfinish() -> None:
    path = os.environ.get(FILE_VARIABLE)
    if path:
        plain = {name: getattr(_times, name) for name in Times.__dataclass_fields__}
        Path(path).write_text(json.dumps(plain, default=dict))
