"""A backup taken while people work restores whole, and only with its key."""

import dataclasses
import shutil
import tarfile

import pytest

from models import Customer, Warehouse, db
from services.core import backup, crypto, files, startup
from services.core import db as core_db
from services.core.backup import make_backup, restore_backup
from services.core.editing import create
from services.core.errors import Conflict, Invalid
from services.core.invariants import check_all
from services.core.permissions import SYSTEM


@pytest.fixture
def saved(shop, tmp_path):
    """A shop with a customer and an upload, its backup and its keys."""
    index = crypto.phone_index("13800138000")
    create(Customer, {"number": "C1", "name": "王", "phone": "13800138000", "phone_bidx": index}, SYSTEM)
    files.store(b"%PDF-1.7 hello", "合同.pdf", "application/pdf")
    made, keys = make_backup(shop.settings, tmp_path / "b.tar")
    create(Warehouse, {"code": "LATE", "name": "后来的"}, SYSTEM)
    return shop.settings, made, keys


def _reopen(settings):
    startup.open_data(settings)


def test_a_backup_restores_rows_uploads_and_keys(saved, tmp_path):
    settings, made, keys = saved
    core_db.disconnect()
    other = dataclasses.replace(settings, data_dir=tmp_path / "other")
    other.data_dir.mkdir()
    restore_backup(other, made, keys)
    _reopen(other)
    assert Customer.get().phone == "13800138000"
    assert Warehouse.select().count() == 0
    stored = files.StoredFile.get()
    assert files.path_of(stored).read_bytes() == b"%PDF-1.7 hello"
    assert [verdict.plain for verdict in check_all() if not verdict.holds] == []


def test_what_a_restore_replaces_is_kept_beside_it(saved):
    settings, made, keys = saved
    core_db.disconnect()
    restore_backup(settings, made, keys)
    _reopen(settings)
    assert Warehouse.select().count() == 0
    aside = next(settings.data_dir.glob("before-restore-*"))
    assert (aside / "zhanggui.db").exists()


def test_without_the_right_key_nothing_is_touched(saved, tmp_path):
    settings, made, _ = saved
    core_db.disconnect()
    stranger = tmp_path / "stranger"
    crypto.open_keys(stranger)
    crypto.open_keys(settings.data_dir)
    wrong = stranger / "keys" / crypto.KEY_FILE
    with pytest.raises(Conflict):
        restore_backup(settings, made, wrong)
    _reopen(settings)
    assert Warehouse.select().count() == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "none"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(saved, tmp_path, damage):
    settings, made, keys = saved
    core_db.disconnect()
    data = bytearray(made.read_bytes())
    broken = tmp_path / "broken.tar"
    if damage == "cut":
        broken.write_bytes(data[: len(data) // 2])
    elif damage == "flip":
        with tarfile.open(made) as archive:
            start = archive.getmember("database").offset_data
        data[start + 5000] ^= 0xFF
        broken.write_bytes(data)
    with pytest.raises(Invalid):
        restore_backup(settings, broken, keys)
    _reopen(settings)
    assert Warehouse.select().count() == 1


def test_a_database_with_another_key_file_does_not_open(shop):
    startup.open_data(shop.settings)
    db.close()
    shutil.rmtree(shop.settings.data_dir / "keys")
    with pytest.raises(Conflict, match="key"):
        startup.open_data(shop.settings)


def test_a_restore_that_stops_midway_leaves_a_whole_database(saved, monkeypatch):
    settings, made, keys = saved
    core_db.disconnect()

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("services.core.backup.os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        restore_backup(settings, made, keys)
    monkeypatch.undo()
    _reopen(settings)
    assert Warehouse.select().count() == 1


def test_no_password_stands_in_a_command_that_everybody_can_list():
    url, secret = backup._without_password("postgresql://zg:p%40ss@db.lan:5433/shop?sslmode=require")
    assert (url, secret) == ("postgresql://zg@db.lan:5433/shop?sslmode=require", "p@ss")
    assert backup._without_password("postgresql://db.lan/shop") == ("postgresql://db.lan/shop", "")


def test_an_upload_under_way_does_not_stop_a_backup(saved, tmp_path):
    settings, _, _ = saved
    half = settings.data_dir / "files" / "ab.part"
    half.write_bytes(b"half")
    made, _ = make_backup(settings, tmp_path / "again.tar")
    with tarfile.open(made) as archive:
        assert "files/ab.part" not in archive.getnames()


def test_a_key_file_is_whole_or_absent(tmp_path, monkeypatch):
    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("services.core.crypto.os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        crypto.open_keys(tmp_path)
    assert not (tmp_path / "keys" / crypto.KEY_FILE).exists()
    monkeypatch.undo()
    assert crypto.open_keys(tmp_path)


def test_a_lost_key_is_noticed_before_a_backup_is_made_with_another(shop):
    startup.open_data(shop.settings)
    core_db.disconnect()
    shutil.rmtree(shop.settings.data_dir / "keys")
    with pytest.raises(Conflict, match="key"):
        startup.open_data(shop.settings, migrate=False)
