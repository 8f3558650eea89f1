"""A real shop's invoices come in from the page; a killed server goes on where it was and ends with the same figures."""

import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.server import ROOT, Server

SLICE = ROOT / "tests" / "data" / "online_retail_slice.csv.gz"
LINES, CUT = 20_000, 6_000
TODAY = re.compile(r"20[2-9]\d-\d\d-\d\d \d\d:\d\d:\d\d")
PATIENCE_MS = 120_000


def cut_slice(path: Path) -> Path:
    """About CUT lines of the slice, cut at a whole invoice."""
    with gzip.open(SLICE, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    end = CUT
    while rows[end][0] == rows[end - 1][0]:
        end += 1
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows[:end]])
    return path


def spoil_slice(path: Path) -> Path:
    """The whole slice and one line that cannot be understood."""
    spoiled = "599999,22778,GLASS CLOCHE SMALL,viele,2011-09-30 12:22:00,3.95,13263,United Kingdom\n"
    path.write_bytes(gzip.compress(gzip.decompress(SLICE.read_bytes()) + spoiled.encode()))
    return path


def offer(page: Page, path: Path) -> None:
    """Choose orders and the file; the preview appears."""
    page.goto("/imports/new?kind=orders")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator(".page")).to_contain_text("前 200 行", timeout=PATIENCE_MS)


def column(page: Page, field: str) -> Locator:
    """The line of a field: its name, the column of the file, samples."""
    return page.locator(".list-row", has=page.get_by_label(field, exact=True))


def choose(page: Page, field: str, name: str) -> None:
    """Take another column for a field."""
    column(page, field).locator(".q-select").click()
    page.locator(".q-menu").get_by_text(name, exact=True).click()


def start(page: Page) -> None:
    """Begin; the import's own page opens."""
    page.get_by_role("button", name="开始导入").click()
    page.wait_for_url("**/imports/IM-*")


def result(page: Page) -> dict[str, str]:
    """Wait for the end, and read what came of it."""
    expect(page.locator(".title-row .chips")).to_contain_text("已完成", timeout=PATIENCE_MS)
    pairs = page.locator(".facts.wide > div").all()
    return {pair.locator("dt").inner_text(): pair.locator("dd").inner_text() for pair in pairs}


def whole(words: str) -> int:
    """The number in 1,234."""
    return int(words.replace(",", ""))


def test_a_real_file_comes_in_from_the_page(new_server, new_page, sign_in, tmp_path):
    page = new_page(new_server("british"))
    sign_in(page, "owner", path="/me")
    offer(page, spoil_slice(tmp_path / "slice.csv.gz"))
    expect(page.locator(".page")).to_contain_text("20,001 行,utf-8")
    expect(column(page, "单号")).to_contain_text("InvoiceNo")
    expect(column(page, "品名")).to_contain_text("Description")
    choose(page, "品名", "— 不导入 —")
    expect(column(page, "品名")).not_to_contain_text("GLASS CLOCHE SMALL")
    choose(page, "品名", "Description")
    expect(column(page, "品名")).to_contain_text("GLASS CLOCHE SMALL")

    start(page)
    expect(page.locator(".page")).to_contain_text(
        re.compile(r"已处理 [\d,]+ / 20,001 行"), timeout=PATIENCE_MS
    )
    found = result(page)
    assert (whole(found["新建(行)"]), whole(found["拒绝的行"])) == (LINES, 1)
    assert whole(found["订单"]) > 700 and whole(found["新客户"]) > 400
    expect(page.get_by_role("button", name="下载拒绝的行")).to_be_enabled()
    rejects = page.request.get(f"{page.url}/rejects.csv").text().splitlines()
    assert len(rejects) == 2 and "viele" in rejects[1]

    page.goto("/orders?view=all")
    expect(page.locator("tbody tr").first).to_contain_text("£")


def test_a_server_killed_in_mid_import_goes_on_and_ends_the_same(
    new_server, new_page, sign_in, watch, tmp_path, world: Callable[[str], Path]
):
    watch.allow("WebSocket|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET")
    path = cut_slice(tmp_path / "cut.csv")
    server = new_server("british")
    page = new_page(server)
    sign_in(page, "owner", path="/me")
    offer(page, path)
    start(page)
    expect(page.locator(".page")).to_contain_text(re.compile(r"已处理 [1-9][\d,]* /"), timeout=PATIENCE_MS)
    server.kill()
    server.start()
    page.reload()
    found = result(page)

    whole_run = Server(world("british"))
    told = whole_run.run("import", "orders", str(path))
    assert told.returncode == 0, told.stderr
    for kind in ("orders", "stock"):
        assert exported(server, kind, tmp_path) == exported(whole_run, kind, tmp_path), kind
    assert whole(found["订单"]) == len(exported(server, "orders", tmp_path)) - 1


def exported(server: Server, kind: str, folder: Path) -> list[str]:
    """The lines of a list's CSV, less the moments at which the import wrote them."""
    path = folder / f"{server.data_dir.name}-{kind}.csv"
    told = server.run("export", kind, str(path))
    assert told.returncode == 0, told.stderr
    return TODAY.sub("now", path.read_text(encoding="utf-8-sig")).splitlines()
