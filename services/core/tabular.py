"""Tables in files: CSV (any usual encoding and delimiter, also .gz) and XLSX in, both out.

Reading: `inspect(path)` finds out the shape once, reading the file to its end, so a bad encoding, a cut-off archive or a
bomb is known before the first row is used; `rows(path, shape)` then yields (row number as a spreadsheet shows it, cells,
what is wrong with the row or None). XLSX is turned into a CSV beside the file by a limited child process
(core/spreadsheet.py), so nothing below here knows two formats.
Writing escapes what a spreadsheet would take for a formula.
"""

import codecs
import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any

from models import Text
from services.core import spreadsheet
from services.core.errors import Invalid
from services.core.text import Said

BLOCK = 1 << 20
MAX_BYTES = 2_000_000_000
MAX_RATIO = 200
MAX_CELL = 1_000_000
SAMPLE_ROWS = 200
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")
DATA_LIKE = re.compile(r"[-+£$€¥]?\d[\d.,:/ T-]*")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")

TableRow = tuple[int, list[str], Said | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a file is to be read: format, encoding, delimiter and the trimmed names of its columns."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    has_header: bool
    row_count: int


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def inspect(path: Path, *, encoding: str = "", delimiter: str = "") -> Shape:
    """Find out how to read a file; given values are believed. Raises Invalid with the row when it cannot be read."""
    if path.stat().st_size == 0:
        raise Invalid(Text("文件是空的", "The file is empty"))
    if spreadsheet.is_xlsx(path):
        path, encoding, delimiter = spreadsheet.as_csv(path), "utf-8", ","
    lines, found = _scan(path, encoding)
    sample = _sample(path, found)
    if not any(any(cell.strip() for cell in row) for row in sample):
        raise Invalid(Text("文件里没有内容", "The file holds nothing but blank rows"))
    delimiter = delimiter or _delimiter_of(path, found)
    parsed = _sample(path, found, delimiter)
    first = next(row for row in parsed if any(cell.strip() for cell in row))
    has_header = not any(DATA_LIKE.fullmatch(cell.strip()) for cell in first if cell.strip())
    header = _names(
        first if has_header else [f"列{number} column {number}" for number in range(1, len(first) + 1)]
    )
    return Shape(
        path=path,
        encoding=found,
        delimiter=delimiter,
        header=header,
        has_header=has_header,
        row_count=lines - has_header,
    )


def rows(path: Path | None, shape: Shape) -> Iterator[TableRow]:
    """(row number, cells, problem) of every row that is not blank; raises Invalid with the row where reading ends."""
    width = len(shape.header)
    waits_for_header = shape.has_header
    number = 0
    with _text(path or shape.path, shape.encoding) as stream:
        reader = csv.reader(stream, delimiter=shape.delimiter)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, UnicodeError, EOFError, OSError, zlib.error) as failure:
                raise _unreadable(number + 1, failure) from None
            number += 1
            if len(cells) != width or not cells[0]:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                    cells = cells[:width]
            if waits_for_header:
                waits_for_header = False
                continue
            yield number, cells, (None if len(cells) == width else _wrong_width(len(cells), width))


def _text(path: Path, encoding: str) -> TextIOWrapper:
    return TextIOWrapper(_bytes(path), encoding=encoding, newline="")  # type: ignore[arg-type]


def _bytes(path: Path) -> IO[bytes]:
    file = path.open("rb")
    if file.read(2) == b"\x1f\x8b":
        file.close()
        return gzip.open(path, "rb")  # type: ignore[return-value]
    file.seek(0)
    return file


def _blocks(path: Path) -> Iterator[bytes]:
    """The unpacked bytes, never more than the limits allow."""
    packed, seen = max(1, path.stat().st_size), 0
    with _bytes(path) as stream:
        while True:
            try:
                block = stream.read(BLOCK)
            except (EOFError, OSError, zlib.error):
                text = Text("压缩文件不完整或已损坏", "The compressed file is cut off or damaged")
                raise Invalid(Said(text)) from None
            if not block:
                return
            seen += len(block)
            if seen > MAX_BYTES or (seen > 100 * BLOCK and seen > packed * MAX_RATIO):
                raise Invalid(Text("文件解压后过大", "The file is too large once unpacked"))
            yield block


def _scan(path: Path, wanted: str) -> tuple[int, str]:
    """(line ends in the file, its encoding); the file is read once, and again only when it is not UTF-8."""
    if wanted and wanted not in ENCODINGS:
        raise Invalid(Said(Text("不支持编码 {name}", "The encoding {name} is not supported"), name=wanted))
    lines, start = 0, b""
    decoder: Any = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    for block in _blocks(path):
        start = start or block[:4]
        lines += block.count(b"\n")
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
    if wanted:
        return lines, wanted
    for mark, name in BOMS:
        if start.startswith(mark):
            return lines, name
    return lines, "utf-8" if is_utf8 else _legacy_encoding(path)


def _legacy_encoding(path: Path) -> str:
    """GB18030 or Windows-1252: much Western text also decodes as GB18030, but there high bytes stand alone."""
    in_pairs = alone = 0
    decoder: Any = codecs.getincrementaldecoder("gb18030")()
    is_gb = True
    for block in _blocks(path):
        if is_gb:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_gb = False
                break
        for run in HIGH_RUN.findall(block) if in_pairs + alone < 200_000 else ():
            if len(run) % 2:
                alone += len(run)
            else:
                in_pairs += len(run)
    if is_gb and in_pairs > alone:
        return "gb18030"
    _check_western(path)
    return "cp1252"


def _check_western(path: Path) -> None:
    line = 1
    for block in _blocks(path):
        try:
            block.decode("cp1252")
        except UnicodeDecodeError as failure:
            line += block.count(b"\n", 0, failure.start)
            text = Text(
                "第 {row} 行:无法识别的编码,请另存为 UTF-8",
                "Row {row}: the encoding is not known; save as UTF-8",
            )
            raise Invalid(Said(text, row=line)) from None
        line += block.count(b"\n")


def _sample(path: Path, encoding: str, delimiter: str = ",") -> list[list[str]]:
    found: list[list[str]] = []
    with _text(path, encoding) as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            for row in reader:
                found.append(row)
                if len(found) >= SAMPLE_ROWS:
                    break
        except (csv.Error, UnicodeError) as failure:
            raise _unreadable(len(found) + 1, failure) from None
    return found


def _delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter under which most rows have the same number (more than one) of columns."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in _sample(path, encoding, delimiter) if row)
        except Invalid:
            continue
        width, agreeing = widths.most_common(1)[0]
        score = agreeing / widths.total() * (1 + min(width, 50) / 100) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """Trimmed, never empty, never twice the same; columns to the right of the last name are dropped."""
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    seen: Counter[str] = Counter()
    names = []
    for position, cell in enumerate(cells, start=1):
        name = re.sub(r"\s+", " ", cell).strip().lstrip("\ufeff")[:120] or f"列{position} column {position}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _wrong_width(found: int, width: int) -> Said:
    text = Text("有 {found} 列,表头有 {width} 列", "It has {found} columns, the header has {width}")
    return Said(text, found=found, width=width)


def _unreadable(row: int, failure: Exception) -> Invalid:
    if isinstance(failure, UnicodeError):
        said = Said(
            Text("第 {row} 行:与所选编码不符", "Row {row}: does not fit the chosen encoding"), row=row
        )
    elif isinstance(failure, csv.Error):
        said = Said(
            Text("第 {row} 行:无法解析({why})", "Row {row}: cannot be read ({why})"),
            row=row,
            why=str(failure),
        )
    else:
        said = Said(Text("第 {row} 行之后文件中断", "The file breaks off after row {row}"), row=row - 1)
    return Invalid(said)


csv.field_size_limit(MAX_CELL)

# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────


def safe_cell(value: Any) -> Any:
    """A cell no spreadsheet takes for a formula: text that begins like one gets an apostrophe; numbers pass."""
    if isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value):
        return "'" + value
    return value


def csv_lines(header: Sequence[str], chunks: Iterable[Sequence[Sequence[Any]]]) -> Iterator[bytes]:
    """A CSV in pieces, UTF-8 with BOM so that Excel shows Chinese; for streamed downloads."""
    yield codecs.BOM_UTF8 + _csv([header])
    for chunk in chunks:
        yield _csv(chunk)


def csv_bytes(header: Sequence[str], table: Iterable[Sequence[Any]]) -> bytes:
    """A whole CSV."""
    return b"".join(csv_lines(header, [list(table)]))


def write_csv(path: Path, header: Sequence[str], table: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file."""
    with path.open("wb") as file:
        for piece in csv_lines(header, ([row] for row in table)):
            file.write(piece)


def xlsx_bytes(header: Sequence[str], table: Iterable[Sequence[Any]], title: str = "Sheet1") -> bytes:
    """A whole XLSX workbook with one sheet."""
    out = BytesIO()
    spreadsheet.write(out, header, table, title)
    return out.getvalue()


def write_xlsx(
    path: Path, header: Sequence[str], table: Iterable[Sequence[Any]], title: str = "Sheet1"
) -> None:
    """Write an XLSX file."""
    with path.open("wb") as file:
        spreadsheet.write(file, header, table, title)


def _csv(table: Iterable[Sequence[Any]]) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([["" if cell is None else safe_cell(cell) for cell in row] for row in table])
    return out.getvalue().encode()
