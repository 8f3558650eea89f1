"""The audit chain finds every tampering; personal data in it is masked."""

import pytest
from peewee import DatabaseError

from models import Audit, Customer, Warehouse, db
from services.core import crypto
from services.core.anchors import anchor_break, drop_anchor, path
from services.core.audit import history_of, verify_chain
from services.core.db import is_sqlite, transaction
from services.core.editing import create, save_changes
from services.core.errors import Conflict, NotFound
from services.core.invariants import check_all

pytestmark = pytest.mark.engine


def _three(owner):
    warehouse = create(Warehouse, {"code": "A", "name": "甲"}, owner)
    save_changes(Warehouse, warehouse.id, 1, {"name": "乙"}, owner, reason="改名")
    return save_changes(Warehouse, warehouse.id, 2, {"name": "丙"}, owner)


def _tamper(sql: str) -> None:
    off, on = (
        ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
        if is_sqlite()
        else ("DROP TRIGGER audit_append_only ON audit", "SELECT 1")
    )
    with transaction():
        db.execute_sql(off)
        db.execute_sql(on)
        db.execute_sql(sql)


def test_history_says_who_changed_what_and_why(shop, owner):
    warehouse = _three(owner)
    rows = list(history_of(warehouse))
    assert [(row.action, row.actor_name) for row in rows] == [("edit", owner.name)] * 2 + [
        ("create", owner.name)
    ]
    assert (rows[1].before, rows[1].after, rows[1].reason) == ({"name": "甲"}, {"name": "乙"}, "改名")
    assert verify_chain() is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET reason = 'x' WHERE id = (SELECT MIN(id) + 1 FROM audit)",
        "DELETE FROM audit WHERE id = (SELECT MIN(id) + 1 FROM audit)",
        "DELETE FROM audit WHERE id = (SELECT MIN(id) FROM audit)",
        "UPDATE audit SET actor_name = 'eve' WHERE id = (SELECT MAX(id) FROM audit)",
    ],
)
def test_a_changed_or_missing_row_breaks_the_chain(shop, owner, sql):
    _three(owner)
    _tamper(sql)
    assert verify_chain() is not None


def test_the_database_itself_refuses_to_change_the_log(shop, owner):
    _three(owner)
    for query in (Audit.update(reason="x"), Audit.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction():
            query.execute()


def test_personal_data_is_masked_in_the_log(shop, owner):
    values = {
        "number": "C1",
        "name": "王小明",
        "phone": "13800138000",
        "phone_bidx": crypto.phone_index("13800138000"),
    }
    customer = create(Customer, values, owner)
    logged = str(history_of(customer).get().after)
    assert "13800138000" not in logged
    assert "王小明" not in logged
    assert "138****8000" in logged
    assert "bidx" not in logged


def test_an_old_version_never_overwrites_a_newer_one(shop, owner):
    warehouse = _three(owner)
    with pytest.raises(Conflict) as refusal:
        save_changes(Warehouse, warehouse.id, 1, {"name": "丁"}, owner)
    assert owner.name in refusal.value.said.render("zh")
    assert Warehouse.get_by_id(warehouse.id).name == "丙"
    with pytest.raises(NotFound):
        save_changes(Warehouse, 999, 1, {"name": "丁"}, owner)


def test_a_save_without_a_change_writes_nothing(shop, owner):
    warehouse = _three(owner)
    rows = Audit.select().count()
    assert save_changes(Warehouse, warehouse.id, 3, {"name": "丙"}, owner).version == 3
    assert Audit.select().count() == rows


def test_cutting_off_the_newest_rows_is_found_by_the_anchor(shop, owner):
    _three(owner)
    drop_anchor()
    assert anchor_break() is None
    _tamper("DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)")
    assert verify_chain() is None
    assert anchor_break() is not None
    assert [verdict.invariant.key for verdict in check_all() if not verdict.holds] == ["I12"]


def test_an_anchor_is_dropped_only_when_the_chain_moved(shop, owner):
    _three(owner)
    drop_anchor()
    drop_anchor()
    assert len(path().read_text().splitlines()) == 1
