"""Words, numbers, money and days in both languages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from models import Text
from services.core import text
from services.core.text import Money, Said

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_sentence_shows_its_values_in_the_readers_language():
    said = Said(
        Text("{n} 件,{money},{day},{name}", "{n} items, {money}, {day}, {name}"),
        n=1234,
        money=Money(123450, "CNY"),
        day=date(2026, 11, 24),
        name=Text("红", "red"),
    )
    assert said.render("zh") == "1,234 件,¥1,234.50,2026-11-24,红"
    assert said.render("en") == "1,234 items, CN¥1,234.50, 24 Nov 2026, red"


def test_an_instant_is_shown_in_the_business_time_zone():
    at = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
    assert text.format_instant(at, SHANGHAI, "zh") == "2026-11-24 01:05"
    assert text.format_instant(at, SHANGHAI, "en") == "24 Nov 2026 01:05"


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        ("zh_CN.UTF-8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("fr,zh;q=0.3", "zh"),
        ("", "zh"),
        ("C.UTF-8", "en"),
    ],
)
def test_the_first_supported_language_is_chosen(wanted, locale):
    assert text.parse_locale(wanted) == locale


def test_percentages_and_amounts():
    assert text.format_percent(1234, "en") == "12.3%"
    assert text.format_amount(123450, "JPY", "zh") == "123,450"
    assert text.format_amount(5, "CNY", "zh") == "0.05"
