import csv
import gzip
import io
from pathlib import Path

import pytest

from models import (
    Audit,
    Channel,
    CreditNote,
    CreditNoteLine,
    Customer,
    ExternalRef,
    ImportStatus,
    MovementKind,
    Order,
    OrderCharge,
    OrderLine,
    OutboxEvent,
    Product,
    Refund,
    RefundLine,
    Shipment,
    StockLevel,
    StockMovement,
    Variant,
)
from services.core import import_runs, tabular
from services.core.importing import Outcome, preview
from services.core.invariants import check_all
from services.core.permissions import SYSTEM
from tests.importing.world import SLICE, as_csv, bring, changed, digest, piece, reasons

HEADER = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]


def line(
    number, sku, quantity, price, customer="12345", at="2011-08-01 10:00:00", name="LAMP", country="France"
):
    return [number, sku, name, str(quantity), at, str(price), customer, country]


def offenders():
    return {verdict.invariant.key: verdict.offenders for verdict in check_all() if not verdict.holds}


def small(tmp_path, *lines, name="a.csv", **settings):
    return bring("orders", as_csv([HEADER, *lines], tmp_path / name), settings=settings)


# ── one document at a time ───────────────────────────────────────────────────


def test_an_order_becomes_history_completed_paid_and_delivered(british, tmp_path):
    run = small(tmp_path, line("500", "22111", 3, "2.55"), line("500", "POST", 1, "18.00", name="POSTAGE"))
    order = Order.get()
    assert (run.status, run.created_count, run.rejected_count) == (ImportStatus.FINISHED, 2, 0)
    assert (order.external_number, order.status, order.payment_state, order.fulfilment_state) == (
        "500", "completed", "paid", "delivered",
    )  # fmt: skip
    assert (order.subtotal_minor, order.shipping_minor, order.charges_minor, order.total_minor, order.paid_minor) == (
        765, 1800, 0, 2565, 2565,
    )  # fmt: skip
    assert order.placed_at.isoformat() == "2011-08-01T09:00:00+00:00"  # ten o'clock in a London summer
    assert order.ship_country == "FR" and Customer.get().number == "12345"
    assert OrderCharge.get().code == "POST" and OrderLine.get().shipped_qty == 3
    assert OutboxEvent.select().count() == 0 and Shipment.get().status == "delivered"
    assert offenders() == {}


def test_goods_sold_were_there_before_and_no_moment_is_negative(british, tmp_path):
    small(tmp_path, line("500", "A1", 3, 1), line("501", "A1", 2, 1, at="2011-08-02 10:00:00"))
    moves = [
        (m.kind, m.on_hand_delta, m.on_hand_after) for m in StockMovement.select().order_by(StockMovement.id)
    ]
    assert moves == [(MovementKind.OPENING, 5, 5), (MovementKind.SALE, -3, 2), (MovementKind.SALE, -2, 0)]
    assert StockLevel.get().on_hand == 0 and StockLevel.get().reserved == 0


def test_a_guest_order_has_no_customer(british, tmp_path):
    small(tmp_path, line("500", "A1", 1, 1, customer=""))
    assert Order.get().customer_id is None and Customer.select().count() == 0


def test_a_return_is_taken_from_the_newest_order_first(british, tmp_path):
    small(
        tmp_path,
        line("500", "A1", 5, 2, at="2011-08-01 10:00:00"),
        line("501", "A1", 2, 2, at="2011-08-02 10:00:00"),
        line("C502", "A1", -3, 2, at="2011-08-03 10:00:00"),
    )
    back = {
        o.external_number: (o.refunded_minor, o.payment_state, o.fulfilment_state) for o in Order.select()
    }
    assert back == {
        "500": (200, "partially_refunded", "partially_returned"),
        "501": (400, "refunded", "returned"),
    }
    assert StockLevel.get().on_hand == 3 and Customer.get().spent_minor == 1400 - 600
    assert offenders() == {}


def test_what_a_return_does_not_find_becomes_a_credit_note(british, tmp_path):
    run = small(tmp_path, line("500", "A1", 2, 2), line("C501", "A1", -3, 2, at="2011-08-03 10:00:00"))
    assert run.counts["matching"]["matched_in_part"] == 1
    assert Refund.get().amount_minor == 400
    assert (CreditNote.get().amount_minor, CreditNoteLine.get().quantity) == (200, 1)
    assert StockLevel.get().on_hand == 3 and offenders() == {}


def test_a_return_before_the_sale_or_of_a_guest_matches_nothing(british, tmp_path):
    run = small(
        tmp_path,
        line("C400", "A1", -1, 2, at="2011-07-01 10:00:00"),
        line("500", "A1", 2, 2),
        line("C501", "A1", -1, 2, customer="", at="2011-08-03 10:00:00"),
    )
    assert run.counts["matching"] == {"matched": 0, "matched_in_part": 0, "unmatched": 1, "guest": 1}
    assert (Refund.select().count(), CreditNote.select().count()) == (0, 2) and offenders() == {}


def test_no_line_gives_back_more_than_it_cost(british, tmp_path):
    small(tmp_path, line("500", "A1", 2, 2), line("C501", "A1", -1, 5, at="2011-08-03 10:00:00"))
    assert RefundLine.get().amount_minor == 400  # all the line cost
    assert (CreditNote.get().amount_minor, CreditNoteLine.get().quantity) == (100, 0)  # the difference
    assert offenders() == {}


def test_returned_postage_goes_back_as_shipping(british, tmp_path):
    small(
        tmp_path,
        line("500", "A1", 1, 2),
        line("500", "POST", 1, 10),
        line("C501", "POST", -1, 10, at="2011-08-03 10:00:00"),
    )
    assert (Refund.get().amount_minor, Refund.get().shipping_minor, RefundLine.select().count()) == (
        1000,
        1000,
        0,
    )
    assert offenders() == {}


def test_a_negative_quantity_without_price_is_a_write_off(british, tmp_path):
    small(tmp_path, line("500", "A1", 1, 2), line("501", "A1", -4, 0, customer="", name="damages"))
    move = StockMovement.get(StockMovement.kind == MovementKind.WRITE_OFF)
    assert (move.on_hand_delta, move.reason) == (-4, "damages")
    assert Order.select().count() == 1 and Product.get().name == "LAMP" and offenders() == {}


def test_a_bad_debt_is_a_credit_note_and_its_correction_an_order_of_a_charge(british, tmp_path):
    small(tmp_path, line("A1", "B", 1, "11062.06", customer=""), line("A2", "B", 1, "-11062.06", customer=""))
    assert (Order.get().total_minor, Order.get().charges_minor) == (1_106_206, 1_106_206)
    assert (
        CreditNote.get().amount_minor == 1_106_206
        and StockMovement.select().count() == 0
        and offenders() == {}
    )


def test_spellings_that_differ_by_case_are_one_product_unless_told_otherwise(british, tmp_path):
    lines = (line("500", "85123A", 1, 2), line("500", "85123a", 1, 2))
    small(tmp_path, *lines)
    assert Variant.get().sku == "85123A" and OrderLine.select().count() == 2


def test_case_can_be_told_to_matter(british, tmp_path):
    small(tmp_path, line("500", "85123A", 1, 2), line("500", "85123a", 1, 2), sku_case="keep")
    assert sorted(row.sku for row in Variant.select()) == ["85123A", "85123a"]


def test_the_platform_total_is_the_truth_and_the_difference_is_shown(british, tmp_path):
    table = [[*HEADER, "Order total"], [*line("500", "A1", 2, 5), "9.00"]]
    bring("orders", as_csv(table, tmp_path / "a.csv"))
    assert (Order.get().subtotal_minor, Order.get().total_minor, OrderCharge.get().amount_minor) == (
        1000,
        900,
        -100,
    )
    assert OrderCharge.get().code == "PLATFORM" and offenders() == {}


def test_an_order_is_never_brought_in_by_halves(british, tmp_path):
    run = small(tmp_path, line("500", "A1", 1, 2), line("500", "A2", "x", 2), line("501", "A3", 1, 1))
    assert reasons(run) == [
        (2, "Row 3 of the same order was refused, so the order is not imported"),
        (3, "“x” is no whole number"),
    ]
    assert [order.external_number for order in Order.select()] == ["501"]


def test_a_foreign_currency_needs_its_rate(british, tmp_path):
    run = small(tmp_path, line("500", "A1", 1, 2), currency="EUR")
    assert run.status is ImportStatus.FAILED and "give the rate" in run.message
    run = small(tmp_path, line("500", "A1", 1, 2), currency="EUR", rate="0.85")
    assert (Order.get().currency, Order.get().rate_ppm, Customer.get().spent_minor) == ("EUR", 850_000, 170)


def test_an_import_names_its_channel(british, tmp_path):
    small(tmp_path, line("500", "A1", 1, 2), channel="shopify")
    assert Channel.get().code == "shopify" and Order.get().channel_id == Channel.get().id


# ── the slice ────────────────────────────────────────────────────────────────


@pytest.mark.engine
def test_the_same_file_and_an_overlapping_one_double_nothing(british, tmp_path):
    first = bring("orders", as_csv(piece(0, 900), tmp_path / "a.csv"))
    before = digest()
    again = bring("orders", as_csv(piece(0, 900), tmp_path / "b.csv"))
    assert (again.created_count, again.unchanged_count) == (0, first.created_count) and digest() == before
    more = bring("orders", as_csv(piece(500, 900), tmp_path / "c.csv"))
    assert more.unchanged_count > 300 and more.created_count > 300 and more.rejected_count == 0
    numbers = [row.external_number for row in Order.select(Order.external_number)]
    assert len(numbers) == len(set(numbers)) and offenders() == {}
    whole = {row[0] for row in piece(0, 900)[1:] + piece(500, 900)[1:]}
    assert ExternalRef.select().where(ExternalRef.kind == "document").count() == len(whole)


def test_a_document_that_comes_back_with_other_content_is_refused_by_row(british, tmp_path):
    small(tmp_path, line("500", "A1", 1, 2))
    run = small(tmp_path, line("500", "A1", 1, 2), line("500", "A2", 1, 2), name="b.csv")
    assert [row for row, _ in reasons(run)] == [2, 3] and "other content" in reasons(run)[0][1]
    assert OrderLine.select().count() == 1


def test_returns_in_a_later_file_find_the_orders_of_an_earlier_one(british, tmp_path):
    small(tmp_path, line("500", "A1", 5, 2))
    small(tmp_path, line("C501", "A1", -2, 2, at="2011-08-03 10:00:00"), name="b.csv")
    assert (Order.get().refunded_minor, OrderLine.get().returned_qty) == (400, 2) and offenders() == {}


def test_undo_leaves_nothing_but_the_ledger(british, tmp_path):
    run = bring("orders", as_csv(piece(0, 900), tmp_path / "a.csv"))
    undone = import_runs.undo_import(run.id, actor=SYSTEM)
    assert undone.status is ImportStatus.UNDONE, undone.counts["kept"]
    left = [model.select().count() for model in (Order, CreditNote, Refund, Customer, ExternalRef)]
    assert left == [0] * 5
    assert {level.on_hand for level in StockLevel.select()} == {0} and offenders() == {}
    assert (
        Product.select().where(Product.archived_at.is_null()).count() == 0
    )  # the ledger names them: archived
    again = bring("orders", as_csv(piece(0, 900), tmp_path / "b.csv"))
    assert again.created_count == run.created_count and offenders() == {}


def test_undo_explains_what_has_to_stay(british, tmp_path):
    first = small(tmp_path, line("500", "A1", 5, 2))
    small(tmp_path, line("C501", "A1", -2, 2, at="2011-08-03 10:00:00"), name="b.csv")
    undone = import_runs.undo_import(first.id, actor=SYSTEM)
    assert undone.status is ImportStatus.FINISHED and undone.counts["kept"][0]["id"] == "500"
    assert "return or refund" in undone.counts["kept"][0]["en"] and Order.select().count() == 1
    assert offenders() == {}


def test_a_dry_run_tells_everything_and_writes_nothing(british, tmp_path):
    run = bring("orders", as_csv(piece(0, 900), tmp_path / "a.csv"), dry_run=True)
    assert run.status is ImportStatus.CHECKED and run.created_count == len(piece(0, 900)) - 1
    assert (Order.select().count(), Product.select().count(), Audit.select().count()) == (0, 0, 1)


def test_the_preview_says_what_would_become_of_each_row(british, tmp_path):
    found = preview(
        as_csv([HEADER, line("500", "A1", 1, 2), line("501", "A1", "x", 2)], tmp_path / "a.csv"), "orders"
    )
    assert found.mapping["order_number"] == "InvoiceNo" and found.mapping["placed_at"] == "InvoiceDate"
    assert [verdict.outcome for verdict in found.verdicts] == [Outcome.NEW, Outcome.REJECTED]
    assert found.columns["StockCode"] == ["A1"] and found.problem is None


def test_rejected_rows_come_as_a_file_with_reasons(british, tmp_path):
    run = small(tmp_path, line("500", "A1", "x", 2), line("501", "A1", 1, 2))
    text = b"".join(import_runs.rejects_csv(run, "zh")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["行号", "原因", *HEADER] and rows[1][:4] == ["2", "“x”不是整数", "500", "A1"]


# ── ten mutated copies ───────────────────────────────────────────────────────

TABLE = piece(1200, 400)  # two days, so that days first can be told from months first
LEFT = [
    "Country",
    "Quantity",
    "InvoiceNo",
    "UnitPrice",
    "StockCode",
    "CustomerID",
    "InvoiceDate",
    "Description",
]


def moved_columns(table):
    places = [table[0].index(name) for name in LEFT]
    return [[row[place] for place in places] for row in table]


def day_first(text):
    date, _, time = text.partition(" ")
    year, month, day = date.split("-")
    return f"{int(day)}/{int(month)}/{year} {time[:5]}"


def chinese(table):
    names = ["订单号", "商品编码", "商品名称", "数量", "下单时间", "单价", "客户编号", "国家"]
    return [names, *table[1:]]


def workbook(path: Path) -> Path:
    tabular.write_xlsx(
        path,
        TABLE[0],
        [[*r[:3], int(r[3]), r[4], float(r[5]), float(r[6]) if r[6] else None, r[7]] for r in TABLE[1:]],
    )
    return path


MUTATIONS = {
    "gb18030 with chinese headers": lambda p: as_csv(chinese(TABLE), p / "a.csv", "gb18030"),
    "utf-8 with bom": lambda p: as_csv(TABLE, p / "a.csv", "utf-8-sig"),
    "utf-16 with tabs": lambda p: as_csv(TABLE, p / "a.csv", "utf-16", "\t"),
    "cp1252 with an accent": lambda p: as_csv(
        changed(TABLE, "Country", lambda c: c), p / "a.csv", "cp1252", ";"
    ),
    "columns moved": lambda p: as_csv(moved_columns(TABLE), p / "a.csv"),
    "columns moved and no header": lambda p: as_csv(moved_columns(TABLE)[1:], p / "a.csv"),
    "days first": lambda p: as_csv(changed(TABLE, "InvoiceDate", day_first), p / "a.csv"),
    "ids as floats": lambda p: as_csv(changed(TABLE, "CustomerID", lambda c: c and c + ".0"), p / "a.csv"),
    "blank rows and padded headers": lambda p: as_csv(
        [[f"  {name} " for name in TABLE[0]], [""] * 8, *TABLE[1:], [], [""] * 8, [""] * 8], p / "a.csv"
    ),
    "xlsx": lambda p: workbook(p / "a.xlsx"),
    "decimal commas": lambda p: as_csv(
        changed(TABLE, "UnitPrice", lambda c: c.replace(".", ",")), p / "a.csv", delimiter=";"
    ),
}


@pytest.fixture(scope="module")
def plain_digest() -> dict:
    """What the unchanged table leaves behind; filled by the first test that needs it."""
    return {}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_copy_brings_in_the_same(british, tmp_path, plain_digest, name):
    run = bring("orders", MUTATIONS[name](tmp_path))
    assert run.status is ImportStatus.FINISHED, run.message
    found = digest()
    if (
        name == "columns moved and no header"
    ):  # customers and countries are optional and have no form of their own
        found = {key: found[key] for key in ("levels",)}
        assert sum(level for _, level in found["levels"]) >= 0 and Order.select().count() > 10
        return
    assert run.rejected_count == 0, reasons(run)[:3]
    expected = plain_digest.setdefault("digest", found)
    assert found == expected


def test_a_truncated_copy_keeps_whole_orders_and_names_the_row(british, tmp_path):
    path = as_csv(TABLE, tmp_path / "a.csv")
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b",", 0, len(data) - 30)])
    run = bring("orders", path)
    last = reasons(run)[-1]
    assert last[0] == len(TABLE) and "columns, the header has 8" in last[1]


def test_rows_of_a_wrong_width_are_refused_by_number_and_the_rest_comes_in(british, tmp_path):
    table = [*TABLE[:6], TABLE[6][:5], *TABLE[7:20], [*TABLE[20], "extra"], *TABLE[21:]]
    run = bring("orders", as_csv(table, tmp_path / "a.csv"))
    assert [row for row, _ in reasons(run)] == [7, 21] and run.status is ImportStatus.FINISHED


def test_a_copy_without_a_needed_column_is_refused_with_its_name(british, tmp_path):
    run = bring("orders", as_csv([[*row[:3], *row[4:]] for row in TABLE], tmp_path / "a.csv"))
    assert run.status is ImportStatus.FAILED and "Quantity" in run.message and Order.select().count() == 0


def test_a_cut_off_archive_is_refused_before_anything_is_written(british, tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(SLICE.read_bytes())[:-50])
    run = bring("orders", path)
    assert run.status is ImportStatus.FAILED and Order.select().count() == 0
