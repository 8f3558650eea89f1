"""What leaves a list: cells for the browser, plain values for spreadsheets."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Theme
from services import identity  # noqa: F401 - registers its labels
from ui_pages.kit.cells import cell, fill, harmless, spreadsheet_value

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "money", None),
        (123456, "money", "1,234.56"),
        (1234, "int", "1,234"),
        (1250, "percent", "12.5%"),
        (AT, "instant", 1795321800000),
        (date(2026, 11, 22), "date", "2026-11-22"),
        ("a,b", "tags", ["a", "b"]),
        (Theme.DARK, "chip", ["深色", "mute"]),
        ("<b>", "text", "<b>"),
    ],
)
def test_a_value_becomes_its_cell(value, kind, shown):
    assert cell(value, kind, "zh", "CNY") == shown


def test_money_in_a_foreign_currency_says_so():
    assert cell(1200, "money", "zh", "CNY", "GBP") == "£12.00"


def test_a_link_is_filled_from_the_row_and_left_out_when_it_cannot():
    assert fill("/orders/{number}", {"number": "SO-1"}) == "/orders/SO-1"
    assert fill("/orders/{number}", {}) == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_formula_is_written_as_text(start):
    assert harmless(f"{start}cmd|' /C calc'!A0").startswith("'")


@given(st.text())
def test_no_text_leaves_that_a_spreadsheet_could_run(text):
    assert str(spreadsheet_value(text, "text", "zh", SHANGHAI, 2))[:1] not in tuple("=+-@\t\r＝＋－＠")


def test_numbers_stay_numbers_and_instants_are_local():
    assert spreadsheet_value(-12345, "money", "zh", SHANGHAI, 2) == -123.45
    assert spreadsheet_value(AT, "instant", "zh", SHANGHAI, 2) == "2026-11-22 12:30:00"
