"""Fixtures for every test but the journeys: a fresh migrated shop, people to act, and a clock that stands still.

`shop` is a migrated database with the preset roles and nobody in it, copied from a template that is migrated once per
engine and run. A test marked `@pytest.mark.engine` runs on SQLite and on PostgreSQL, any other on SQLite only.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from models import Role, Staff, StaffRole
from services import identity
from services.core import clock, crypto, db, files, options
from services.core.migrations import migrate
from services.core.permissions import Actor
from services.core.settings import Settings
from tests import engines
from tests.report import (  # noqa: F401 - hooks of pytest
    pytest_configure,
    pytest_runtest_logreport,
    pytest_sessionfinish,
)

PASSWORD = "correct horse 电池 staple"
MIDDAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai, a Sunday
ENGINES = ("sqlite", "postgres")
BCRYPT_COST = 4


@dataclass(frozen=True)
class Shop:
    """The shop under test: where its data is and which engine it stands on."""

    engine: str
    settings: Settings

    @property
    def data_dir(self) -> Path:
        """The folder with keys, uploads and (on SQLite) the database."""
        return self.settings.data_dir


# ── engines and templates ────────────────────────────────────────────────────


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames and metafunc.definition.get_closest_marker("engine"):
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of this test: sqlite, or each in turn for tests marked `engine`."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def templates() -> Iterator["Templates"]:
    """Migrated databases to copy."""
    made = Templates()
    yield made
    made.remove()


class Templates:
    """One migrated database per engine, made at its first use."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="zhanggui-tests-", dir=engines.quick_folder()))
        self._cluster: engines.Cluster | None = None
        self._number = 0
        crypto.open_keys(self.folder)

    @cache  # noqa: B019 - one object a run
    def sqlite(self) -> Path:
        """The file to copy."""
        settings = Settings(data_dir=self.folder)
        self._migrate(settings)
        return settings.sqlite_path

    @cache  # noqa: B019
    def postgres(self) -> str:
        """The server's URL; its database `shop_template` is the template. Skips when there is no PostgreSQL."""
        server = os.environ.get(engines.URL_VARIABLE) or self._start()
        _sql(server, "CREATE DATABASE shop_template")
        self._migrate(Settings(data_dir=self.folder, database_url=_with_database(server, "shop_template")))
        return server

    def copy(self, engine: str) -> Settings:
        """Settings of a fresh copy."""
        self._number += 1
        data_dir = self.folder / f"shop-{self._number}"
        shutil.copytree(self.folder / "keys", data_dir / "keys")
        if engine == "sqlite":
            shutil.copyfile(self.sqlite(), data_dir / "zhanggui.db")
            return Settings(data_dir=data_dir, bcrypt_cost=BCRYPT_COST)
        server, name = self.postgres(), f"shop_{self._number}"
        _sql(server, f"CREATE DATABASE {name} TEMPLATE shop_template {_quickest(server)}")
        return Settings(data_dir=data_dir, database_url=_with_database(server, name), bcrypt_cost=BCRYPT_COST)

    def drop(self, settings: Settings) -> None:
        """Remove a copy."""
        shutil.rmtree(settings.data_dir, ignore_errors=True)
        if not settings.is_sqlite:
            _sql(self.postgres(), f"DROP DATABASE {settings.database_url.rpartition('/')[2]} WITH (FORCE)")

    def remove(self) -> None:
        """Remove everything."""
        if self._cluster:
            self._cluster.stop()
        elif os.environ.get(engines.URL_VARIABLE):
            _sql(os.environ[engines.URL_VARIABLE], "DROP DATABASE IF EXISTS shop_template WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> str:
        binaries = engines.find_binaries()
        if binaries is None:
            pytest.skip("PostgreSQL is missing: this test did not run on the second engine")
        self._cluster = engines.start(binaries)
        return self._cluster.url

    def _migrate(self, settings: Settings) -> None:
        db.connect(settings)
        migrate()
        identity.ensure_presets()
        if settings.is_sqlite:
            db.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.disconnect()


def _with_database(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"


def _sql(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


@cache
def _quickest(server: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        return "STRATEGY = FILE_COPY" if connection.info.server_version >= 150_000 else ""


# ── the shop ─────────────────────────────────────────────────────────────────


@pytest.fixture
def shop(engine: str, templates: Templates) -> Iterator[Shop]:
    """A fresh shop, connected on this thread."""
    settings = templates.copy(engine)
    options.forget_options()
    crypto.open_keys(settings.data_dir)
    files.open_store(settings.data_dir)
    db.connect(settings)
    yield Shop(engine, settings)
    db.disconnect()
    options.forget_options()
    templates.drop(settings)


# ── people ───────────────────────────────────────────────────────────────────


@pytest.fixture
def actor_of(shop: Shop) -> Callable[..., Actor]:
    """`actor_of("warehouse")`: the actor of a person with that preset role, made at the first call for this login."""
    known: dict[str, Actor] = {}

    def make(role: str, login: str = "") -> Actor:
        login = login or role
        if login not in known:
            known[login] = off_loop(_person, role, login, shop.settings.bcrypt_cost)
        return known[login]

    return make


@pytest.fixture
def owner(actor_of: Callable[..., Actor]) -> Actor:
    """An actor with every permission."""
    return actor_of("owner")


def _person(role: str, login: str, bcrypt_cost: int) -> Actor:
    with db.transaction():
        staff_id = db.insert_row(
            Staff,
            login=login,
            name=f"{role.title()} {login}" if login != role else role.title(),
            password_hash=_password_hash(bcrypt_cost),
            locale="zh",
        )
        db.insert_row(StaffRole, staff_id=staff_id, role_id=Role.get(Role.code == role).id)
    return identity.actor_of_staff(Staff.get_by_id(staff_id))


_hashes: dict[tuple[str, int], str] = {}


def _password_hash(bcrypt_cost: int) -> str:
    key = (crypto.keyring().fingerprint, bcrypt_cost)
    if key not in _hashes:
        _hashes[key] = crypto.hash_password(PASSWORD, bcrypt_cost)
    return _hashes[key]


def off_loop(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call `fn` here, or on a thread of its own where an event loop runs (queries are refused there)."""
    import asyncio

    if asyncio._get_running_loop() is None:
        return fn(*args, **kwargs)
    outcome: list[Any] = []

    def run() -> None:
        db.db.connect(reuse_if_open=True)
        try:
            outcome.append(fn(*args, **kwargs))
        except BaseException as failure:  # noqa: BLE001 - raised again by the caller
            outcome.extend((None, failure))
        finally:
            db.db.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if len(outcome) == 2:
        raise outcome[1]
    return outcome[0]


# ── time ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def midday() -> Iterator[datetime]:
    """The clock stands at noon of 2026-11-22 in Shanghai; nest `clock.freeze(…)` to move on."""
    with clock.freeze(MIDDAY):
        yield MIDDAY
