"""The first page: work and figures by role, in parts that fail alone; and the rows behind a figure."""

import pytest

from services import analytics
from services.core.db import read, transaction
from services.core.text import format_money
from tests.analytics.history import History, grow
from tests.conftest import Shop, off_loop

OCTOBER = "from=2026-10-01&to=2026-10-31"


@pytest.fixture
def traded(shop: Shop) -> History:
    """A shop with a history of three months."""

    def make() -> History:
        history = History()
        grow(history, 200)
        with transaction():
            for _ in range(20):
                history.place()
        return history

    return off_loop(make)


@pytest.fixture
def built(traded: History, user) -> History:
    """The same, with its warehouse built; the application under test opened it."""
    off_loop(analytics.refresh_warehouse)
    return traded


async def test_an_owner_sees_work_and_figures(built, open_as):
    owner = await open_as("owner", f"/?{OCTOBER}")
    for words in (
        "待确认订单",
        "待发货订单",
        "低库存",
        "销售额",
        "客单价",
        "毛利率",
        "库存金额",
        "按渠道",
        "畅销商品",
    ):
        await owner.should_see(words)


async def test_cost_is_shown_to_who_may_see_it(built, open_as):
    marketing = await open_as("marketing", f"/?{OCTOBER}", locale="en")
    await marketing.should_see("Refund rate")
    await marketing.should_see("Units on hand")
    await marketing.should_not_see("Gross margin")
    await marketing.should_not_see("Stock value")


async def test_the_warehouse_role_sees_parcels_and_stock_but_no_figures(built, open_as):
    keeper = await open_as("warehouse", "/", locale="en")
    await keeper.should_see("Orders to ship")
    await keeper.should_see("Stock alerts")
    await keeper.should_not_see("Average order value")
    await keeper.should_not_see("Orders to confirm")


async def test_while_the_figures_are_prepared_the_rest_of_the_page_works(traded, open_as):
    owner = await open_as("owner", "/", locale="en")
    await owner.should_see("The figures are being prepared")
    await owner.should_see("This part could not be read")
    await owner.should_see("Orders to confirm")
    await owner.should_see("Stock alerts")


async def test_the_rows_page_shows_the_figure_to_the_cent(built, open_as, owner):
    for key in ("revenue", "refunds"):
        period = analytics.period_from({"from": "2026-10-01", "to": "2026-10-31"}, analytics.local_now()[0])[
            1
        ]
        total = await read(analytics.figure, key, period, owner)
        person = await open_as("owner", f"/insights/rows?metric={key}&{OCTOBER}", locale="en")
        await person.should_see(format_money(total, "CNY", "en"))


async def test_a_formula_leads_to_its_parts(built, open_as):
    person = await open_as("owner", f"/insights/rows?metric=net_revenue&{OCTOBER}", locale="en")
    await person.should_see("Computed from these two")
    await person.should_see("Refunds")


async def test_rows_of_cost_are_barred_and_unknown_metrics_are_not_found(built, open_as):
    marketing = await open_as("marketing", None)
    answer = await marketing.http_client.get(f"/insights/rows?metric=gross_profit&{OCTOBER}")
    assert answer.status_code == 403
    assert (await marketing.http_client.get("/insights/rows?metric=nonsense")).status_code == 404
    answer = await marketing.http_client.get(f"/insights/rows?metric=revenue&channel=x&{OCTOBER}")
    assert answer.status_code == 422


async def test_every_figure_can_be_split_on_its_page(built, open_as):
    analyst = await open_as("analyst", f"/figures?metric=gross_margin&by=category&{OCTOBER}", locale="en")
    await analyst.should_see("Gross margin · Category")
    await analyst.open(f"/figures?metric=nonsense&by=nonsense&{OCTOBER}")
    await analyst.should_see("Revenue · Channel")
    marketing = await open_as("marketing", f"/figures?metric=gross_margin&{OCTOBER}", locale="en")
    await marketing.should_not_see("Gross margin")
