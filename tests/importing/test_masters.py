"""Products, customers and stock from files."""

import pytest

from models import (
    Brand,
    Customer,
    CustomerAddress,
    ExternalRef,
    ImportStatus,
    Product,
    ProductOption,
    StockLevel,
    StockMovement,
    Variant,
)
from services import inventory
from services.core import import_runs
from services.core.errors import NotPermitted
from services.core.invariants import check_all
from services.core.permissions import SYSTEM
from services.inventory.types import NewWarehouse
from tests.importing.world import REAL, as_csv, bring, reasons

SAMPLES = REAL / "csv_samples"
SHOPIFY = [
    ["Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
     "Variant SKU", "Variant Grams", "Variant Price", "Variant Compare At Price", "Image Src"],
    ["top", "Varsity Top", "<p>Grey &amp; black</p>\n<p>Letter</p>", "Acme", "Tops", "women, new", "true", "Size",
     "Small", "T-S", "120", "60.00", "75", "a.jpg"],
    ["top", "", "", "", "", "", "", "", "Large", "T-L", "140", "60.00", "", ""],
    ["top", "", "", "", "", "", "", "", "", "", "", "", "", "b.jpg"],
    ["hat", "Hat", "", "Acme", "", "", "false", "Title", "Default Title", "H", "", "9.5", "", ""],
]  # fmt: skip


def offenders():
    return [verdict.invariant.key for verdict in check_all() if not verdict.holds]


def test_rows_under_one_handle_are_one_product_with_variants(british, tmp_path):
    run = bring("products", as_csv(SHOPIFY, tmp_path / "a.csv"))
    assert (run.status, run.created_count, run.rejected_count) == (ImportStatus.FINISHED, 4, 0), reasons(run)
    top = Product.get(Product.code == "top")
    assert (top.name, top.description, top.status, top.variant_count) == (
        "Varsity Top",
        "Grey & black\n\nLetter",
        "active",
        2,
    )
    variants = [
        (v.sku, v.title, v.price_minor, v.compare_at_minor, v.weight_g)
        for v in top.variants.order_by(Variant.id)
    ]
    assert variants == [("T-S", "Small", 6000, 7500, 120), ("T-L", "Large", 6000, None, 140)]
    assert ProductOption.get().name == "Size" and Brand.get().name == "Acme"
    assert Product.get(Product.code == "hat").status == "draft" and offenders() == []


def test_products_again_are_unchanged_and_a_new_price_is_an_update(british, tmp_path):
    bring("products", as_csv(SHOPIFY, tmp_path / "a.csv"))
    again = bring("products", as_csv(SHOPIFY, tmp_path / "b.csv"))
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 4)
    dearer = [[*row[:11], "65.00" if row[9] == "T-L" else row[11], *row[12:]] for row in SHOPIFY]
    run = bring("products", as_csv(dearer, tmp_path / "c.csv"))
    assert (run.updated_count, run.unchanged_count) == (3, 1)
    assert Variant.get(Variant.sku == "T-L").price_minor == 6500 and offenders() == []


def test_a_chinese_sheet_of_products_comes_in_from_gb18030(shop, tmp_path):
    table = [
        ["货号", "品名", "规格编码", "条码", "售价", "成本价"],
        ["B1", "白瓷杯", "B1-01", "6901234567892", "¥39.90", "12"],
    ]
    bring("products", as_csv(table, tmp_path / "a.csv", "gb18030"))
    variant = Variant.get()
    assert (Product.get().name, variant.sku, variant.price_minor, variant.cost_minor) == (
        "白瓷杯",
        "B1-01",
        3990,
        1200,
    )


def test_a_wrong_barcode_refuses_its_product_by_row_and_not_the_others(shop, tmp_path):
    table = [["Code", "Name", "SKU", "Barcode", "Price"],
             ["A", "a", "A1", "6901234567890", "1"], ["B", "b", "B1", "", "1"],
             ["C", "c", "C1", "6.90E+12", "1"], ["D", "", "D1", "", "1"]]  # fmt: skip
    run = bring("products", as_csv(table, tmp_path / "a.csv"))
    assert [row for row, _ in reasons(run)] == [2, 4, 5] and run.created_count == 1
    assert "check digit" in reasons(run)[0][1] and "spreadsheet" in reasons(run)[1][1]


def test_undo_of_products_removes_them(shop, tmp_path):
    run = bring("products", as_csv(SHOPIFY, tmp_path / "a.csv"))
    assert import_runs.undo_import(run.id, actor=SYSTEM).status is ImportStatus.UNDONE
    assert (Product.select().count(), Variant.select().count(), ExternalRef.select().count()) == (0, 0, 0)


@pytest.mark.real_data
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="REAL DATA ABSENT: ../shared/data/csv_samples was not found")
@pytest.mark.parametrize("name", ["apparel", "home-and-garden", "jewelery"])
def test_a_real_shop_export_comes_in_whole(shop, name):
    run = bring("products", SAMPLES / f"{name}.csv")
    assert run.rejected_count == 0 and Product.select().count() == 20 and offenders() == []
    assert bring("products", SAMPLES / f"{name}.csv").unchanged_count == run.created_count


PEOPLE = [
    ["客户编号", "姓名", "手机号", "邮箱", "省份", "城市", "地址", "国家"],
    ["0012", "王伟", "138 0013 8000", "w@x.cn", "浙江", "杭州", "文一路 1 号", "中国"],
    ["0013", "李娜", "1380013", "", "", "", "", ""],
    ["", "张三", "13900139000", "", "", "", "", ""],
]


@pytest.mark.engine
def test_customers_come_in_encrypted_and_are_found_again(shop, tmp_path):
    run = bring("customers", as_csv(PEOPLE, tmp_path / "a.csv", "gb18030"))
    assert (run.created_count, run.rejected_count) == (2, 1) and reasons(run)[0][0] == 3
    wang = Customer.get(Customer.number == "0012")
    assert (wang.name, wang.country, wang.province_code) == ("王伟", "CN", "33")
    assert CustomerAddress.get().street == "文一路 1 号"
    again = bring("customers", as_csv(PEOPLE, tmp_path / "b.csv"))
    assert (again.created_count, again.unchanged_count) == (0, 2)
    newer = bring(
        "customers", as_csv([PEOPLE[0], [*PEOPLE[1][:1], "王大伟", *PEOPLE[1][2:]]], tmp_path / "c.csv")
    )
    assert newer.updated_count == 1 and Customer.get(Customer.number == "0012").name == "王大伟"


def test_stock_becomes_what_the_file_says(shop, tmp_path):
    bring("products", as_csv(SHOPIFY, tmp_path / "p.csv"))
    inventory.create_warehouse(NewWarehouse(code="A", name="A"), actor=SYSTEM)
    table = [
        ["SKU", "数量", "仓库"],
        ["T-S", "5", "a"],
        ["T-L", "7", ""],
        ["H", "-1", ""],
        ["T-S", "6", "A"],
        ["X", "1", ""],
    ]
    run = bring("stock", as_csv(table, tmp_path / "a.csv"))
    assert [row for row, _ in reasons(run)] == [4, 5, 6]
    assert sorted(level.on_hand for level in StockLevel.select()) == [5, 7]
    again = bring("stock", as_csv([*table[:2], ["T-L", "4", ""]], tmp_path / "b.csv"))
    assert (again.unchanged_count, again.updated_count) == (1, 1)
    assert [m.kind for m in StockMovement.select().order_by(StockMovement.id)] == [
        "opening",
        "opening",
        "count",
    ]
    import_runs.undo_import(again.id, actor=SYSTEM)
    assert sorted(level.on_hand for level in StockLevel.select()) == [5, 7] and offenders() == []


def test_only_who_may_import_can(shop, tmp_path, actor_of):
    for role in ("warehouse", "marketing", "agent", "analyst", "auditor"):
        with pytest.raises(NotPermitted):
            bring("products", as_csv(SHOPIFY, tmp_path / "a.csv"), actor=actor_of(role))
    assert Product.select().count() == 0
