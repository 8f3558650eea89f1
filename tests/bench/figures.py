"""What a benchmark says: a figure, its baseline in the same run, and the goal."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured line of the table."""

    what: str
    value: str
    baseline: str = ""
    ratio: str = ""
    goal: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the Markdown table."""
        return (self.what, self.value, self.baseline, self.ratio, self.goal)


def seconds(fn: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    begun = time.perf_counter()
    fn()
    return time.perf_counter() - begun


def median_ms(fn: Callable[[], object], times: int = 7) -> float:
    """The median of several calls in milliseconds, after one call to warm up."""
    fn()
    return statistics.median(seconds(fn) for _ in range(times)) * 1000


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0…1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
