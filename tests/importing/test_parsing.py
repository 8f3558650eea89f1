from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.core.parsing import (
    Unread,
    clean_id,
    date_order_of,
    read_date,
    read_int,
    read_minor,
    uses_comma,
)

LONDON = ZoneInfo("Europe/London")
LATE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"), [("17850.0", "17850"), (" 0012 ", "0012"), ("85123A", "85123A"), ("１２", "12")]
)
def test_ids_lose_what_spreadsheets_added_and_keep_leading_zeros(text, wanted):
    assert clean_id(text) == wanted


def test_a_barcode_in_scientific_notation_is_refused():
    with pytest.raises(Unread, match="spreadsheet"):
        clean_id("6.90E+12")


@pytest.mark.parametrize(
    ("text", "wanted"), [("6", 6), ("6.0", 6), ("1,200", 1200), ("-12", -12), ("−3", -3)]
)
def test_counts(text, wanted):
    assert read_int(text) == wanted


@pytest.mark.parametrize("text", ["", "6.5", "six", "1e3", "1" * 20])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(Unread):
        read_int(text)


@pytest.mark.parametrize(
    ("text", "comma", "wanted"),
    [("2.55", False, 255), ("£2.555", False, 256), ("1,234.50", False, 123450), ("¥12", False, 1200),
     ("2,55", True, 255), ("1.234,50", True, 123450), ("-11062.06", False, -1106206), ("(3.10)", False, -310)],
)  # fmt: skip
def test_amounts(text, comma, wanted):
    assert read_minor(text, "GBP", comma) == wanted


def test_decimal_commas_are_told_from_thousands():
    assert uses_comma(["2,55", "10,00"]) and not uses_comma(["1,234", "2.55"]) and uses_comma(["1.234,50"])


@pytest.mark.parametrize(
    ("text", "order"),
    [("2011-08-01 08:05:00", "ymd"), ("1/8/2011 8:05", "dmy"), ("8/1/2011 8:05", "mdy"), ("2011年8月1日 8:05", "ymd"),
     ("01.08.2011 08:05", "dmy"), ("2011-08-01T07:05:00Z", "ymd"), ("8/1/2011 8:05 AM", "mdy"), ("20110801 0805", "ymd")],
)  # fmt: skip
def test_dates_in_many_hands_are_one_instant(text, order):
    assert read_date(text, order, LONDON) == datetime(2011, 8, 1, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "31/02/2011", "2011-13-01"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Unread):
        read_date(text, "dmy", LONDON)


def test_the_order_of_day_and_month_is_found_over_all_values():
    assert date_order_of(["1/8/2011", "13/8/2011"], LATE) == "dmy"
    assert date_order_of(["8/1/2011", "8/13/2011"], LATE) == "mdy"
    assert (
        date_order_of(["1/12/2010", "2/12/2010", "9/12/2010"], LATE) == "dmy"
    )  # nine days, not eight months
    assert date_order_of(["2011-08-01"], LATE) == "ymd"


def test_dates_that_fit_both_ways_alike_are_left_to_a_person():
    assert date_order_of(["1/1/2011", "2/2/2011"], LATE) is None
