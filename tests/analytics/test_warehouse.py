"""The warehouse follows the shop: refreshed = rebuilt, however often it was told, wherever it crashed."""

import random
from pathlib import Path

import pytest

from services.analytics.warehouse import feeding, store
from services.analytics.warehouse.feeding import rebuild_warehouse, refresh_warehouse
from services.analytics.warehouse.store import Store
from services.analytics.warehouse.tables import TABLES
from services.core.db import fetch, transaction
from services.core.errors import Unavailable
from services.core.options import forget_options, store_option
from tests.analytics.history import SECRETS, History, grow

BIG = {"fact_order": 30, "fact_order_line": 60, "fact_refund": 10, "fact_stock_movement": 10}


class Crash(Exception):
    """The process dies here."""


def content(warehouse: Store) -> dict[str, list[tuple]]:
    return {table: sorted(map(repr, warehouse.ask(f"SELECT * FROM {table}"))) for table in TABLES}


def assert_equals_rebuild(warehouse: Store) -> None:
    followed = content(warehouse)
    rebuild_warehouse()
    rebuilt = content(warehouse)
    for table in TABLES:
        assert followed[table] == rebuilt[table], table


@pytest.mark.engine
@pytest.mark.parametrize("seed", [1, 2])
def test_following_a_random_history_equals_a_rebuild(seed, warehouse, monkeypatch) -> None:
    rng = random.Random(seed)
    history = History(seed)
    refresh_warehouse()
    crashes = 0
    monkeypatch.setattr(feeding, "BATCH", 40)
    for _ in range(25):
        grow(history, 12)
        known = fetch("SELECT entity, entity_id FROM warehouse_change")
        if rng.random() < 0.35:
            crashes += 1
            _crash_while_refreshing(rng, monkeypatch)
        else:
            refresh_warehouse()
        if known and rng.random() < 0.3:  # the same changes are told once more
            _tell_again(rng.sample(known, len(known) // 2))
    refresh_warehouse()
    assert crashes > 3
    assert all(len(rows) >= BIG.get(table, 1) for table, rows in content(warehouse).items())
    assert_equals_rebuild(warehouse)


def _crash_while_refreshing(rng: random.Random, monkeypatch) -> None:
    """Die before the facts are committed, or after that and before the changes are forgotten."""
    place = rng.choice(["_insert", "_forget"])
    with monkeypatch.context() as patch:

        def die(*_args):
            raise Crash

        patch.setattr(feeding, place, die)
        with pytest.raises(Crash):
            refresh_warehouse()


def _tell_again(changes: list[tuple]) -> None:
    with transaction():
        for entity, entity_id in changes:
            fetch("INSERT INTO warehouse_change (entity, entity_id) VALUES (?, ?)", (entity, entity_id))


def test_a_refresh_forgets_exactly_what_it_applied(warehouse, history) -> None:
    grow(history, 30)
    refresh_warehouse()
    assert fetch("SELECT * FROM warehouse_change") == []
    version = warehouse.version
    assert refresh_warehouse() == 0
    assert warehouse.version == version


def test_a_missing_file_an_old_schema_and_another_zone_lead_to_a_rebuild(warehouse, history, shop) -> None:
    grow(history, 60)
    refresh_warehouse()
    shanghai = warehouse.ask("SELECT order_id, day, minute FROM fact_order ORDER BY 1")
    with transaction():
        store_option("shop.timezone", "Europe/London")
    forget_options()
    refresh_warehouse()
    assert warehouse.ask("SELECT zone FROM state") == [("Europe/London",)]
    assert warehouse.ask("SELECT order_id, day, minute FROM fact_order ORDER BY 1") != shanghai
    with warehouse.change() as cursor:
        cursor.execute("UPDATE state SET schema = 0")
    again = store.open_warehouse(shop.data_dir)
    assert not again.is_ready
    refresh_warehouse()
    assert again.is_ready


def test_a_damaged_file_is_replaced(warehouse, history, shop) -> None:
    grow(history, 30)
    refresh_warehouse()
    orders = warehouse.ask("SELECT count(*) FROM fact_order")
    store.close_warehouse()
    (shop.data_dir / store.FILE).write_bytes(b"nothing DuckDB knows" * 100)
    again = store.open_warehouse(shop.data_dir)
    with pytest.raises(Unavailable):
        again.ask("SELECT 1")
    refresh_warehouse()
    assert again.ask("SELECT count(*) FROM fact_order") == orders


def test_a_large_backlog_is_rebuilt_instead_of_followed(warehouse, history, monkeypatch) -> None:
    refresh_warehouse()
    grow(history, 30)
    monkeypatch.setattr(feeding, "REBUILD_ABOVE", 10)
    built = warehouse.ask("SELECT built_at FROM state")
    refresh_warehouse()
    assert warehouse.ask("SELECT built_at FROM state") != built
    assert fetch("SELECT * FROM warehouse_change") == []


def test_a_rebuild_in_small_parts_equals_one_in_large_parts(warehouse, history, monkeypatch) -> None:
    grow(history, 80)
    rebuild_warehouse()
    whole = content(warehouse)
    monkeypatch.setattr(feeding, "PARTITION", 7)
    rebuild_warehouse()
    assert content(warehouse) == whole


def test_business_days_follow_the_zone(warehouse, history) -> None:
    from models import Order
    from services.core.clock import business_day
    from services.core.options import business_zone

    with transaction():
        for _ in range(60):
            history.place()
    refresh_warehouse()
    days = dict(warehouse.ask("SELECT order_id, day FROM fact_order"))
    expected = {order.id: business_day(order.placed_at, business_zone()) for order in Order.select()}
    assert days == expected


def test_lines_add_up_to_their_orders_in_base_currency(warehouse, history) -> None:
    from models import Order
    from services.core.money import convert_minor

    with transaction():
        for _ in range(60):
            history.place()
    refresh_warehouse()
    totals = {order.id: convert_minor(order.total_minor, order.rate_ppm) for order in Order.select()}
    assert dict(warehouse.ask("SELECT order_id, total_minor FROM fact_order")) == totals
    lines = dict(
        warehouse.ask("SELECT order_id, CAST(sum(amount_minor) AS BIGINT) FROM fact_order_line GROUP BY 1")
    )
    assert lines == {key: total for key, total in totals.items() if total or key in lines}


@pytest.mark.engine
def test_the_check_finds_a_fact_that_differs(warehouse, history) -> None:
    from services.analytics.invariants import warehouse_differences

    grow(history, 80)
    assert warehouse_differences() == []
    with warehouse.change() as cursor:
        cursor.execute(
            "UPDATE fact_order SET total_minor = total_minor + 1 WHERE order_id = (SELECT max(order_id) FROM fact_order)"
        )
        cursor.execute("DELETE FROM fact_stock_movement")
    assert {row[0] for row in warehouse_differences()} == {"orders", "stock movements"}
    store.close_warehouse()
    assert warehouse_differences() == []


def test_nothing_personal_reaches_the_file(warehouse, history, shop) -> None:
    grow(history, 150)
    refresh_warehouse()
    store.close_warehouse()
    raw = b"".join(path.read_bytes() for path in _files(shop.data_dir))
    assert b"SKU-1" in raw
    for secret in SECRETS:
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            assert secret.encode(encoding) not in raw, secret


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("warehouse*") if path.is_file()]


def test_readers_see_whole_versions_while_the_warehouse_is_written_and_swapped(warehouse, history) -> None:
    import threading

    grow(history, 60)
    refresh_warehouse()
    stop, torn = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            try:
                rows = warehouse.ask(
                    "SELECT (SELECT CAST(sum(total_minor) AS BIGINT) FROM fact_order) = "
                    "(SELECT CAST(sum(amount_minor) AS BIGINT) FROM fact_order_line) OR random() < 0"
                )
                if rows != [(True,)]:
                    torn.append(rows)
            except Exception as failure:  # noqa: BLE001 - the assertion shows it
                torn.append(failure)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(6):
        grow(history, 5)
        rebuild_warehouse() if turn % 4 == 0 else refresh_warehouse()
    stop.set()
    for thread in threads:
        thread.join()
    assert torn == []
