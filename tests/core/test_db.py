"""Transactions, threads and bulk inserts."""

import asyncio
import os
import subprocess
import sys
import threading

import pytest

from models import Audit, Brand, CommandReceipt, Customer, OutboxEvent, Warehouse, db
from services.core.audit import verify_chain
from services.core.clock import now
from services.core.db import after_commit, bulk_insert, insert_row, read, savepoint, transaction, write
from services.core.errors import Conflict, Invalid
from services.core.permissions import Permission, requires

pytestmark = pytest.mark.engine


def _count() -> int:
    return Warehouse.select().count()


def _add(code: str) -> int:
    with transaction():
        return insert_row(Warehouse, code=code, name=code)


def test_a_refusal_rolls_everything_back(shop):
    with pytest.raises(Invalid), transaction():
        _add("A")
        raise Invalid(Brand.name.verbose_name)
    assert _count() == 0


def test_a_swallowed_refusal_dooms_the_whole(shop):
    with pytest.raises(RuntimeError, match="swallowed"), transaction():
        _add("A")
        try:
            with transaction():
                raise Conflict(Brand.name.verbose_name)
        except Conflict:
            pass
    assert _count() == 0


def test_a_savepoint_fails_alone_and_takes_its_callbacks_along(shop):
    told = []
    with transaction():
        _add("A")
        after_commit(lambda: told.append("outer"))
        with pytest.raises(Conflict), savepoint():
            _add("B")
            after_commit(lambda: told.append("inner"))
            raise Conflict(Brand.name.verbose_name)
        _add("C")
    assert [row.code for row in Warehouse.select().order_by(Warehouse.id)] == ["A", "C"]
    assert told == ["outer"]


def test_callbacks_run_after_commit_only(shop):
    told = []
    with pytest.raises(ZeroDivisionError), transaction():
        after_commit(lambda: told.append(1))
        raise ZeroDivisionError
    assert told == []


def test_bulk_insert_returns_ids_in_order_and_fills_defaults(shop):
    rows = [{"number": f"C{i}", "name": f"n{i}"} for i in range(2500)]
    with transaction():
        ids = bulk_insert(Customer, rows)
    stored = dict(Customer.select(Customer.id, Customer.number).tuples())
    assert [stored[i] for i in ids] == [row["number"] for row in rows]
    first = Customer.get_by_id(ids[0])
    assert (first.country, first.version, first.spent_minor, first.phone) == ("CN", 1, 0, None)
    assert first.created_at == first.updated_at


def test_a_query_on_the_event_loop_is_refused(shop):
    async def page() -> int:
        with pytest.raises(RuntimeError, match="event loop"):
            _count()
        return await read(_count)

    assert asyncio.run(page()) == 0


def test_a_transaction_on_a_reader_thread_is_refused(shop):
    async def page() -> None:
        with pytest.raises(RuntimeError, match="reader"):
            await read(_add, "A")
        await write(_add, "B")

    asyncio.run(page())
    assert _count() == 1


def test_writers_are_served_in_the_order_they_came(shop):
    order: list[int] = []
    started = [threading.Event() for _ in range(6)]

    def work(i: int) -> None:
        db.connect(reuse_if_open=True)
        started[i].set()
        with transaction():
            order.append(i)
        db.close()

    with transaction():
        threads = []
        for i in range(6):
            thread = threading.Thread(target=work, args=(i,))
            thread.start()
            threads.append(thread)
            started[i].wait()
            while len(_waiting()) <= i:
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def _waiting() -> object:
    from services.core.db import _lock

    return _lock._waiting


@requires(Permission.WAREHOUSES_MANAGE)
def _open_warehouse(code: str, *, actor) -> Warehouse:
    return Warehouse.get_by_id(_add(code))


def test_the_same_request_acts_once_and_another_content_is_refused(shop, owner):
    actor = owner.asking("req-1")
    first = _open_warehouse("A", actor=actor)
    assert _open_warehouse("A", actor=actor).id == first.id
    with pytest.raises(Invalid):
        _open_warehouse("B", actor=actor)
    assert (_count(), CommandReceipt.select().count()) == (1, 1)


def test_the_same_request_from_two_threads_acts_once(shop, owner):
    made, failures = [], []

    def click() -> None:
        db.connect(reuse_if_open=True)
        try:
            made.append(_open_warehouse("A", actor=owner.asking("double")).id)
        except BaseException as failure:  # noqa: BLE001 - handed to the asserting thread
            failures.append(failure)
        finally:
            db.close()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(made)) == 1
    assert len(made) == 8


def test_an_event_row_disappears_with_its_transaction(shop):
    with pytest.raises(ZeroDivisionError), transaction():
        insert_row(OutboxEvent, name="X", payload={}, at=now(), due_at=now())
        raise ZeroDivisionError
    assert OutboxEvent.select().count() == 0


def test_a_listener_that_fails_does_not_make_a_committed_command_look_refused(shop, caplog):
    told = []
    with transaction():
        insert_row(Warehouse, code="A", name="A")
        after_commit(lambda: 1 / 0)
        after_commit(lambda: told.append("later"))
    assert (_count(), told) == (1, ["later"])
    assert "listener failed" in caplog.text


async def test_threads_connect_anew_after_the_server_hung_up(shop):
    if shop.engine != "postgres":
        pytest.skip("SQLite has no server")

    def pid() -> int:
        return db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]

    def hang_up(number: int) -> None:
        db.execute_sql("SELECT pg_terminate_backend(%s)", (number,))

    for number in set(await asyncio.gather(*(read(pid) for _ in range(12)))):
        await write(hang_up, number)
    await asyncio.gather(*(read(_count) for _ in range(12)), return_exceptions=True)
    assert [await read(_count) for _ in range(12)] == [0] * 12


def test_two_processes_keep_one_audit_chain(shop):
    """The command line writes beside the server; the lock of one process does not stop the other."""
    program = (
        "import sys; from services.core import crypto, db, audit; from services.core.settings import load_settings\n"
        "from services.core.permissions import SYSTEM\n"
        "settings = load_settings(); crypto.open_keys(settings.data_dir); db.connect(settings)\n"
        "for number in range(60):\n"
        "    with db.transaction(): audit.record(SYSTEM, 'test.write', ('test', number))\n"
    )
    env = {**os.environ, "DATA_DIR": str(shop.data_dir), "DATABASE_URL": shop.settings.database_url}
    writers = [subprocess.Popen([sys.executable, "-c", program], env=env) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert Audit.select().count() == 180
    assert verify_chain() is None
