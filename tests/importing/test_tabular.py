import gzip
import zipfile

import pytest

from services.core import tabular
from services.core.errors import Invalid
from tests.importing.world import as_csv

TABLE = [["订单号", "Item", "Qty"], ["1", "白色, 心形", "2"], ["2", "灯", "3"]]


def read(path):
    shape = tabular.inspect(path)
    return shape, [cells for _, cells, problem in tabular.rows(None, shape) if problem is None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    shape, rows = read(as_csv(TABLE, tmp_path / "a.csv", encoding, delimiter))
    assert (shape.encoding, shape.delimiter, list(shape.header)) == (encoding, delimiter, TABLE[0])
    assert rows == TABLE[1:]


def test_western_text_that_also_decodes_as_gb18030_stays_western(tmp_path):
    path = as_csv(
        [["Item", "Note"], ["DÉCOR", "Crème brûlée"], ["CAFÉS", "Übergröße"]], tmp_path / "a.csv", "cp1252"
    )
    path.read_bytes().decode("gb18030")  # the trap: this does not raise
    assert read(path)[0].encoding == "cp1252"
    assert read(path)[1][0] == ["DÉCOR", "Crème brûlée"]


def test_padded_header_blank_rows_and_empty_tail_columns_do_no_harm(tmp_path):
    path = as_csv([["  A ", "B\u00a0"], ["1", "2", "", ""], [], ["", ""], ["3", "4"]], tmp_path / "a.csv")
    shape, rows = read(path)
    assert shape.header == ("A", "B")
    assert rows == [["1", "2"], ["3", "4"]]


def test_a_row_of_another_width_is_named_with_its_number(tmp_path):
    path = as_csv([["A", "B"], ["1", "2"], ["3"], ["4", "5", "6"]], tmp_path / "a.csv")
    found = [(row, said.render("en")) for row, _, said in tabular.rows(None, tabular.inspect(path)) if said]
    assert found == [
        (3, "It has 1 columns, the header has 2"),
        (4, "It has 3 columns, the header has 2"),
    ]


def test_newlines_in_a_cell_do_not_shift_the_row_numbers(tmp_path):
    path = as_csv([["A", "B"], ["1", "x\ny\nz"], ["2", "w"]], tmp_path / "a.csv")
    assert [row for row, _, _ in tabular.rows(None, tabular.inspect(path))] == [2, 3]


def test_a_cut_off_gzip_is_refused_as_a_whole(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"A,B\n" + b"1,2\n" * 50_000)[:-200])
    with pytest.raises(Invalid, match="cut off"):
        tabular.inspect(path)


def test_a_gzip_bomb_is_refused(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"A,B\n" + b"0" * 150_000_000, 6))
    with pytest.raises(Invalid, match="too large"):
        tabular.inspect(path)


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n,,\r\n"])
def test_an_empty_file_says_so(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid):
        tabular.inspect(path)


def test_bytes_of_no_known_encoding_are_named_by_their_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"A,B\n1,2\n3,\x81\x20x\n")
    with pytest.raises(Invalid, match="Row 3"):
        tabular.inspect(path)


def test_a_workbook_keeps_text_dates_and_whole_numbers(tmp_path):
    from datetime import datetime

    path = tmp_path / "a.xlsx"
    tabular.write_xlsx(path, ["单号", "日期", "客户"], [["0012", datetime(2011, 8, 1, 8, 5), 17850.0]])  # noqa: DTZ001
    assert read(path)[1] == [["0012", "2011-08-01 08:05:00", "17850"]]


def test_a_zip_that_is_no_workbook_or_a_bomb_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(Invalid, match="no Excel workbook"):
        tabular.inspect(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 30_000_000)
    with pytest.raises(Invalid, match="unpacks to too much"):
        tabular.inspect(path)


def test_a_damaged_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(Invalid, match="damaged"):
        tabular.inspect(path)


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1x", "－x", "＠x"]
)
def test_text_that_looks_like_a_formula_is_escaped(text):
    assert tabular.safe_cell(text) == "'" + text


def test_numbers_are_left_alone():
    assert [tabular.safe_cell(value) for value in (-5, "-5", "+8613800138000", 2.5, None)] == [
        -5, "-5", "+8613800138000", 2.5, None,
    ]  # fmt: skip


def test_csv_comes_with_a_bom_for_excel():
    assert tabular.csv_bytes(["单号"], [["=1"], [None]]) == '\ufeff单号\r\n\'=1\r\n""\r\n'.encode()
