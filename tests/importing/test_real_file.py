"""The whole year of a real retailer, imported once, against what pandas computes from the raw file."""

import json
from collections import Counter

import pytest

from models import CreditNote, ImportStatus, Order
from services.core.db import fetch
from services.core.geo import country_code
from services.core.invariants import check_all
from services.orders.importing import CHARGE_CODES
from services.orders.importing.planning import charge_codes
from tests.importing.world import REAL, bring

FOLDER = REAL / "online_retail"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason="REAL DATA ABSENT: ../shared/data/online_retail was not found"
    ),
]
CODES = set(charge_codes(CHARGE_CODES))
MONTHS = """
    SELECT strftime('%Y-%m', {at} / 1000000, 'unixepoch',
            CASE WHEN {at} BETWEEN {summer} THEN '+1 hour' ELSE '+0 hour' END),
        SUM({amount}) FROM {table} GROUP BY 1 ORDER BY 1"""
SUMMER = "1301187600000000 AND 1319936399999999"  # 27 March 01:00 to 30 October 2011 01:00 UTC


@pytest.fixture
def raw():
    """The raw file as pandas reads it, money in pence."""
    import pandas

    frame = pandas.read_csv(FOLDER / "online_retail.csv.gz", dtype=str, keep_default_na=False)
    frame["q"] = frame["Quantity"].astype(int)
    frame["pence"] = (frame["q"] * frame["UnitPrice"].astype(float) * 100).round().astype("int64")
    frame["sku"] = frame["StockCode"].str.upper()
    frame["month"] = frame["InvoiceDate"].str[:7]
    frame["country"] = frame["Country"].map(country_code)
    return frame


def pence(frame, by):
    return {key: int(value) for key, value in frame.groupby(by)["pence"].sum().items() if value}


def by_month(table, at, amount):
    return dict(fetch(MONTHS.format(table=table, at=at, amount=amount, summer=SUMMER)))


def added(*tables):
    total = Counter()
    for table in tables:
        total.update(dict(table))
    return {key: value for key, value in total.items() if value}


def test_the_year_adds_up_to_the_penny(british, raw):
    run = bring("orders", FOLDER / "online_retail.csv.gz")
    facts = json.loads((FOLDER / "facts.json").read_text())["online_retail_2010_2011"]
    assert run.status is ImportStatus.FINISHED, run.message
    assert (run.created_count, run.rejected_count) == (facts["rows"], 0)
    check_revenue(raw, facts)
    check_refunds(raw, facts)
    check_counts(run, raw, facts)
    assert {verdict.invariant.key: verdict.offenders for verdict in check_all() if not verdict.holds} == {}


def check_revenue(raw, facts):
    """Revenue = order totals: goods and charges of every line with a positive price, = facts.gross_sales_pos."""
    sold = raw[raw["pence"] > 0]
    total = sum(order.total_minor for order in Order.select(Order.total_minor))
    assert total == round(facts["gross_sales_pos"] * 100) == 1_066_668_454
    assert Order.select().where(Order.total_minor > 0).count() <= facts["gross_sales_pos_invoices"]
    months = by_month("sales_order", "placed_at", "total_minor")
    assert months == pence(sold, "month")
    assert months == {month: round(value * 100) for month, value in facts["rev_by_month_pos"].items()}
    countries = dict(
        fetch(
            "SELECT ship_country, SUM(total_minor) FROM sales_order GROUP BY 1 HAVING SUM(total_minor) <> 0"
        )
    )
    assert countries == pence(sold, "country")
    top = {
        country_code(name): round(value * 100) for name, value in facts["rev_by_country_top10_pos"].items()
    }
    assert {code: countries[code] for code in top} == top
    lines = fetch("SELECT UPPER(sku), SUM(net_minor) FROM order_line GROUP BY 1")
    charges = fetch("SELECT UPPER(code), SUM(amount_minor) FROM order_charge GROUP BY 1")
    assert added(lines, charges) == pence(sold, "sku")


def check_refunds(raw, facts):
    """Refunds = refunds of orders + credit notes; revenue − refunds = facts.net_revenue_all."""
    back = raw[raw["pence"] < 0].assign(pence=lambda frame: -frame["pence"])
    refunds = by_month("refund", "refunded_at", "amount_minor")
    notes = by_month("credit_note", "issued_at", "amount_minor")
    assert added(refunds.items(), notes.items()) == pence(back, "month")
    total = sum(refunds.values()) + sum(notes.values())
    assert 1_066_668_454 - total == round(facts["net_revenue_all"] * 100) == 974_774_793
    of_orders = fetch(
        "SELECT o.ship_country, SUM(r.amount_minor) FROM refund r JOIN sales_order o ON o.id = r.order_id GROUP BY 1"
    )
    of_notes = fetch("SELECT country, SUM(amount_minor) FROM credit_note GROUP BY 1")
    # A return is booked to the country of its order, so a customer who moved shifts money between two countries.
    assert sum(added(of_orders, of_notes).values()) == total
    moved = {
        country
        for country, value in added(of_orders, of_notes).items()
        if pence(back, "country")[country] != value
    }
    assert len(moved) <= 6
    lines = fetch(
        "SELECT UPPER(l.sku), SUM(rl.amount_minor) FROM refund_line rl JOIN order_line l ON l.id = rl.line_id GROUP BY 1"
    )
    noted = fetch("SELECT UPPER(sku), SUM(amount_minor) FROM credit_note_line GROUP BY 1")
    goods = back[~back["sku"].isin(CODES)]
    products = added(lines, [(sku, value) for sku, value in noted if sku not in CODES])
    assert products == pence(goods, "sku")


def check_counts(run, raw, facts):
    """How cancellation lines were matched (decision 35), and how many of everything there are."""
    assert run.counts["matching"] == {"matched": 7516, "matched_in_part": 54, "unmatched": 1335, "guest": 383}
    documents = raw.groupby("InvoiceNo")["q"].max()
    plain = documents[~documents.index.str.startswith("C")]
    bad_debts = 2
    assert run.counts["detail"]["orders"] == Order.select().count() == int((plain > 0).sum()) - bad_debts
    assert run.counts["detail"]["customers"] == facts["customers"]
    written_off = fetch("SELECT COUNT(*) FROM stock_movement WHERE kind = 'write_off'")[0][0]
    assert written_off == facts["neg_qty_not_cancel"] == 1336
    assert CreditNote.select().where(CreditNote.external_number.startswith("A")).count() == bad_debts
    below = fetch("SELECT COUNT(*) FROM stock_movement WHERE on_hand_after < 0")[0][0]
    openings = fetch("SELECT COUNT(*) FROM stock_movement WHERE kind = 'opening'")[0][0]
    assert below == 0 and openings == run.counts["detail"]["openings"]
