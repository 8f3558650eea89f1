"""When people buy: growth, seasons, weekends, festivals, hours of the day."""

from datetime import date, datetime, timedelta
from random import Random

from services.core.money import split_minor

ZONE_SHIFT = timedelta(hours=8)
WEEKDAY = (95, 93, 94, 97, 102, 112, 110)
MONTH = (96, 72, 92, 95, 104, 118, 96, 94, 102, 106, 128, 112)
HOURS = (6, 3, 2, 1, 1, 2, 5, 12, 22, 34, 42, 40, 38, 34, 36, 38, 38, 36, 34, 40, 56, 62, 46, 22)
FESTIVALS = {(6, 18): 400, (11, 11): 500}
EVES = {(6, day): "618 年中大促" for day in range(14, 19)} | {(11, day): "双11 狂欢" for day in range(8, 12)}


def orders_by_day(total: int, first: date, last: date, last_hours: int) -> list[tuple[date, int]]:
    """How many of `total` orders fall on each day from `first` to `last`, which is only `last_hours` old."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = [_weight(day, n / max(1, len(days) - 1)) for n, day in enumerate(days)]
    weights[-1] = weights[-1] * sum(HOURS[:last_hours]) // sum(HOURS)
    return list(zip(days, split_minor(total, weights), strict=True))


def festival_name(at: datetime) -> str:
    """The shopping festival whose discounts hold at an instant; "" when there is none."""
    local = at + ZONE_SHIFT
    return EVES.get((local.month, local.day), "")


def moments(count: int, hours: int, rng: Random) -> list[int]:
    """`count` seconds after midnight within the first `hours` hours, in order."""
    chosen = rng.choices(range(hours), HOURS[:hours], k=count)
    return sorted(hour * 3_600 + rng.randrange(3_600) for hour in chosen)


def _weight(day: date, progress: float) -> int:
    growth = 700 + int(600 * progress)
    weight = growth * WEEKDAY[day.weekday()] * MONTH[day.month - 1]
    if (day.month, day.day) in FESTIVALS:
        return weight * FESTIVALS[(day.month, day.day)] // 100
    if (day.month, day.day) in EVES:
        return weight * 17 // 10
    return weight
