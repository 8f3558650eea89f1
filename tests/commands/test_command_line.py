"""The command line, as a person uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models import Text, Warehouse
from services.core import startup
from services.core.errors import Conflict
from services.core.startup import server_lock
from tests.factories import make_warehouse

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(shop):
    """Run main.py on the shop's data; returns (exit code, what it printed)."""
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("NICEGUI", "PYTEST"))},
        "DATA_DIR": str(shop.data_dir),
        "BCRYPT_COST": "4",
        "LANG": "en_GB.UTF-8",
        "LC_ALL": "",
    }

    def run(*arguments: str, **changes: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "main.py", *arguments],
            cwd=ROOT,
            env={**env, **changes},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_people_are_added_listed_and_reset(command):
    password = "violet kettle thursday"
    assert command("user", "add", "ann", "--name", "Ann", "--role", "agent", "--password", password)[0] == 0
    code, text = command("user", "list")
    assert (code, "ann" in text, "agent" in text) == (0, True, True)
    code, text = command("user", "add", "ann", "--name", "Ann", "--password", password)
    assert (code, "That login is taken" in text, "Traceback" in text) == (1, True, False)
    code, text = command("user", "add", "bob", "--name", "Bob", "--password", "short", LANG="zh_CN.UTF-8")
    assert (code, "密码至少 10 个字符" in text) == (1, True)
    assert command("user", "reset", "nobody", "--password", password)[0] == 1


def test_a_key_is_printed_once(command):
    code, text = command("apikey", "create", "--role", "warehouse")
    assert code == 0
    assert text.strip().splitlines()[-1].startswith("zg_")


def test_check_says_what_holds(command):
    code, text = command("check", "--json")
    verdicts = json.loads(text)
    assert code == 0
    assert {row["key"] for row in verdicts} >= {"I4", "I12", "I14"}
    assert all(row["holds"] for row in verdicts)


def test_backup_works_beside_a_server_and_migrate_does_not(command, shop, tmp_path):
    with server_lock(shop.settings):
        code, text = command("backup", str(tmp_path / "x.tar"))
        assert (code, (tmp_path / "x.tar").exists(), (tmp_path / "x.keys").exists()) == (0, True, True), text
        code, text = command("migrate")
        assert (code, "server is running" in text) == (1, True)
        code, text = command("serve")
        assert (code, "in use by another" in text, "Traceback" in text) == (1, True, False)


@pytest.mark.parametrize("setting", [{"PORT": "many"}, {"DATABASE_URL": "mysql://x"}])
def test_a_malformed_setting_is_one_sentence(command, setting):
    code, text = command("serve", **setting)
    assert code == 1
    assert next(iter(setting)) in text
    assert "Traceback" not in text


def test_help_is_there_for_every_command(command):
    code, text = command("--help")
    assert code == 0
    for name in ("serve", "check", "backup", "restore", "migrate", "user", "apikey"):
        assert name in text


def test_a_demo_shop_that_was_built_only_half_is_put_aside_at_the_next_start(shop):
    with pytest.raises(KeyboardInterrupt), startup.building(shop.settings):
        make_warehouse("HALF")
        raise KeyboardInterrupt
    startup.discard_half_built(shop.settings)
    assert not Warehouse.select().exists()
    assert (shop.data_dir / "half-built.db").exists()


def test_a_refused_demo_and_a_shop_in_use_lose_nothing(shop):
    make_warehouse("REAL")
    with pytest.raises(Conflict), startup.building(shop.settings):
        raise Conflict(Text("满", "full"))
    startup.discard_half_built(shop.settings)
    startup.mark_started()
    (shop.data_dir / "half-built").touch()
    startup.discard_half_built(shop.settings)
    assert Warehouse.get().code == "REAL"
