"""XLSX: checked against bombs, read by a child process with limits, written without formulas.

A 113 kB workbook can cost openpyxl 24 s and 342 MB (measured), so the zip is measured first and the parsing runs in
`python -m services.core.spreadsheet SOURCE TARGET`, which the operating system stops at its limits.
"""

import csv
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from models import Text
from services.core.errors import Invalid
from services.core.text import Said

MEGABYTE = 1024 * 1024
MAX_XLSX = 50 * MEGABYTE
MAX_UNPACKED = 600 * MEGABYTE
MAX_RATIO = 100
MAX_ENTRIES = 1000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 500
CPU_SECONDS = 300
MEMORY = 1024 * MEGABYTE
BAD_FILE, TOO_LARGE = 3, 4


def is_xlsx(path: Path) -> bool:
    """Whether the file is a zip, which of the formats we take only XLSX is."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def check(path: Path) -> None:
    """Refuse a zip that is no workbook or unpacks to too much. Raises Invalid."""
    if path.stat().st_size > MAX_XLSX:
        raise Invalid(
            Said(
                Text("XLSX 超过 {limit} MB", "The XLSX is larger than {limit} MB"), limit=MAX_XLSX // MEGABYTE
            )
        )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _damaged() from None
    names = [entry.filename for entry in entries]
    if "xl/workbook.xml" not in names or any(name.lower().endswith((".zip", ".xlsx")) for name in names):
        raise Invalid(Text("这不是 Excel 工作簿(XLSX)", "This is no Excel workbook (XLSX)"))
    is_bomb = any(
        entry.file_size > 1024 * 64 and entry.file_size > MAX_RATIO * entry.compress_size for entry in entries
    )
    if is_bomb or len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Invalid(Text("工作簿解压后过大,已拒绝", "The workbook unpacks to too much and was refused"))


def as_csv(path: Path) -> Path:
    """The first sheet as a UTF-8 CSV beside the workbook; made once. Raises Invalid."""
    check(path)
    target = path.with_name(path.name + ".csv")
    if target.exists():
        return target
    draft = target.with_suffix(".part")
    command = [sys.executable, "-m", "services.core.spreadsheet", str(path), str(draft)]
    done = subprocess.run(command, capture_output=True, timeout=CPU_SECONDS * 2, check=False)  # noqa: S603
    if done.returncode:
        draft.unlink(missing_ok=True)
        if done.returncode == BAD_FILE:
            raise _damaged()
        raise Invalid(
            Text(
                "工作簿过大,请另存为 CSV 再导入", "The workbook is too large; save it as CSV and import that"
            )
        )
    draft.rename(target)
    return target


def write(out: IO[bytes], header: Sequence[str], table: Iterable[Sequence[Any]], title: str) -> None:
    """Write one sheet; text is stored as text, so nothing is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\*?:/\[\]]", " ", title)[:31] or "Sheet1")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value.replace(tzinfo=None) if isinstance(value, datetime) else value
        made = WriteOnlyCell(
            sheet, "".join(letter for letter in value if letter >= " " or letter in "\t\n\r")
        )
        made.data_type = "s"
        return made

    sheet.append([cell(name) for name in header])
    for row in table:
        sheet.append([cell(value) for value in row])
    book.save(out)


def _damaged() -> Invalid:
    return Invalid(Text("工作簿已损坏,无法打开", "The workbook is damaged and cannot be opened"))


# ── the child process ────────────────────────────────────────────────────────────────────────────────────────


def _limit() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _convert(source: str, target: str) -> int:
    from openpyxl import load_workbook

    book = load_workbook(source, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    with Path(target).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS or len(row) > MAX_COLUMNS:
                return TOO_LARGE
            writer.writerow([_plain(value) for value in row])
    return 0


def main(source: str, target: str) -> int:
    """Convert in this process, under limits; the exit code says what went wrong."""
    import defusedxml  # noqa: PLC0415 - only the child parses XML

    defusedxml.defuse_stdlib()
    _limit()
    try:
        return _convert(source, target)
    except MemoryError:
        return TOO_LARGE
    except Exception:  # noqa: BLE001 - whatever openpyxl stumbles over is a damaged workbook
        return BAD_FILE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
