"""The pages of imports: who sees them, and a file from upload to undo."""

import asyncio

import pytest
from nicegui import ui
from nicegui.elements.upload_files import SmallFileUpload

from models import ImportRun, ImportStatus, Product
from services.core.db import read
from services.core.permissions import ROLE_PRESETS
from tests.conftest import off_loop
from tests.importing.world import as_csv, bring

MOST_ELEMENTS = 150
TABLE = [["货号", "品名", "SKU", "售价"], ["B1", "白瓷杯", "B1-01", "39.90"], ["B2", "灯", "B2-01", "x"]]


async def until(ready, seconds=10):
    """Wait for what a background job will do."""
    for _ in range(seconds * 20):
        found = await read(ready)
        if found:
            return found
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen in time")


@pytest.fixture
def run(shop, tmp_path):
    """A finished import with a rejected row."""
    return bring("products", as_csv(TABLE, tmp_path / "a.csv"))


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize(
    "role", [role for role, (_, rights) in ROLE_PRESETS.items() if "imports.view" in rights]
)
async def test_import_pages_open_to_every_role_that_may_see_them(open_as, actor_of, run, role, locale):
    person = await open_as(role, None, locale=locale)
    paths = ["/imports", f"/imports/{run.number}"]
    if actor_of(role).can("imports.run"):
        paths.append("/imports/new")
    for path in paths:
        client = await person.open(path)
        assert len(client.elements) <= MOST_ELEMENTS, path
    await person.open(f"/imports/{run.number}")
    await person.should_see("金额" if locale == "zh" else "no amount")


async def test_a_file_goes_from_upload_over_preview_to_result_and_undo(open_as):
    person = await open_as("owner", "/imports/new?kind=products")
    upload = person.find(ui.upload).elements.pop()
    data = "\n".join(",".join(row) for row in TABLE).encode("gb18030")
    with person:
        await upload.handle_uploads([SmallFileUpload("货品.csv", "text/csv", data)])
    await person.should_see("gb18030")
    await person.should_see("不是金额")
    person.find("开始导入").click()
    done = await until(lambda: ImportRun.get_or_none(ImportRun.status == ImportStatus.FINISHED))
    assert (done.created_count, done.rejected_count, done.file_name) == (1, 1, "货品.csv")
    assert await read(lambda: Product.get().name) == "白瓷杯"
    await person.open(f"/imports/{done.number}")
    person.find("撤销导入").click()
    await person.should_see("它新建的记录会被移除")


async def test_rejected_rows_are_a_file_for_who_may_import(open_as, run):
    owner = await open_as("owner", None)
    answer = await owner.http_client.get(f"/imports/{run.number}/rejects.csv")
    assert answer.status_code == 200 and "不是金额" in answer.text
    analyst = await open_as("analyst", None)
    assert (await analyst.http_client.get(f"/imports/{run.number}/rejects.csv")).status_code == 403
    assert off_loop(lambda: ImportRun.select().count()) == 1
