"""When people buy: growth, seasons, weekends, festivals, hours of the day."""

from datetime import date, timedelta
from random import Random

from services.core.money import split_minor

WEEKDAY = (95, 93, 94, 97, 102, 112, 110)
MONTH = (96, 72, 92, 95, 104, 118, 96, 94, 102, 106, 128, 112)
HOURS = (6, 3, 2, 1, 1, 2, 5, 12, 22, 34, 42, 40, 38, 34, 36, 38, 38, 36, 34, 40, 56, 62, 46, 22)
FESTIVALS = {(6, 18): 400, (11, 11): 500}


def orders_by_day(total: int, first: date, last: date) -> list[tuple[date, int]]:
    """How many of `total` orders fall on each day from `first` to `last`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = [_weight(day, n / max(1, len(days) - 1)) for n, day in enumerate(days)]
    # The last day is only a morning old.
    weights[-1] //= 4
    return list(zip(days, split_minor(total, weights), strict=True))


def is_festival(day: date) -> bool:
    """Whether a shopping festival's discounts hold."""
    return (day.month == 6 and 14 <= day.day <= 18) or (day.month == 11 and 8 <= day.day <= 11)


def moments(count: int, hours: int, rng: Random) -> list[int]:
    """`count` seconds after midnight within the first `hours` hours, in order."""
    chosen = rng.choices(range(hours), HOURS[:hours], k=count)
    return sorted(hour * 3_600 + rng.randrange(3_600) for hour in chosen)


def _weight(day: date, progress: float) -> int:
    growth = 700 + int(600 * progress)
    weight = growth * WEEKDAY[day.weekday()] * MONTH[day.month - 1]
    if (day.month, day.day) in FESTIVALS:
        return weight * FESTIVALS[(day.month, day.day)] // 100
    if is_festival(day):
        return weight * 17 // 10
    return weight
