"""Opening and closing a shop's data: folder, keys, database, uploads, and the lock against a second server."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models import Text
from services.core import crypto, db, files, migrations, options
from services.core.errors import Conflict, DomainError, Unavailable
from services.core.options import store_option
from services.core.settings import Settings
from services.core.text import Said

FINGERPRINT = "core.key_fingerprint"
STARTED = "core.started"


def open_data(settings: Settings, *, migrate: bool = True) -> bool:
    """Connect everything below the domains; returns whether a new key file was made. Raises Conflict, Unavailable."""
    os.umask(0o077)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.data_dir.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        settings.data_dir.chmod(0o700)
    made_key = crypto.open_keys(settings.data_dir)
    db.connect(settings)
    files.open_store(settings.data_dir)
    options.forget_options()
    if migrate:
        migrations.migrate()
    elif migrations.pending():
        text = Text(
            "数据库结构不是最新的,请先运行 python main.py migrate",
            "The database needs python main.py migrate first",
        )
        raise Unavailable(text, retryable=False)
    _check_key()
    return made_key


def close_data() -> None:
    """Close the database and the worker threads."""
    db.disconnect()


def _check_key() -> None:
    ours = crypto.keyring().fingerprint
    known = options.OptionValue.get_or_none(options.OptionValue.key == FINGERPRINT)
    if known is None:
        with db.transaction():
            store_option(FINGERPRINT, ours)
    elif known.value != ours:
        text = Text(
            "密钥文件与数据库不匹配:请把原来的 {file} 放回数据目录",
            "The key file does not fit this database: put the original {file} back into the data folder",
        )
        raise Conflict(Said(text, file=f"keys/{crypto.KEY_FILE}"))


@contextmanager
def server_lock(settings: Settings) -> Iterator[None]:
    """Hold the data folder's lock; a second server, or a command that must run alone, is refused. Raises Conflict."""
    path = lock_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout:
        text = Text(
            "数据目录 {folder} 正被另一个掌柜使用,请先停止它",
            "The data folder {folder} is in use by another 掌柜; stop it first",
        )
        raise Conflict(Said(text, folder=str(settings.data_dir))) from None


def is_server_running(settings: Settings) -> bool:
    """Whether a server holds the lock of this data folder."""
    path = lock_path(settings)
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def lock_path(settings: Settings) -> Path:
    """Where the lock file is."""
    return settings.data_dir / "server.lock"


def is_first_start() -> bool:
    """Whether this data folder has never served before."""
    return options.OptionValue.get_or_none(options.OptionValue.key == STARTED) is None


def mark_started() -> None:
    """Remember that the first start is over."""
    with db.transaction():
        store_option(STARTED, True)


@contextmanager
def building(settings: Settings) -> Iterator[None]:
    """Build the demo shop; when this is killed, the next start knows that what it left is only half."""
    mark = _half_built(settings)
    mark.touch()
    try:
        yield
        mark_started()
    except DomainError:  # refused before it wrote anything
        mark.unlink()
        raise
    mark.unlink()


def discard_half_built(settings: Settings) -> None:
    """Put aside a demo shop whose building never ended, and begin anew. Raises Conflict on PostgreSQL."""
    mark = _half_built(settings)
    if not mark.exists() or not is_first_start():
        mark.unlink(missing_ok=True)
        return
    if not settings.is_sqlite:
        text = Text(
            "演示店只建了一半:请换一个空的数据库", "The demo shop was built only half: give an empty database"
        )
        raise Conflict(text)
    close_data()
    for suffix in ("-wal", "-shm", ""):
        left = Path(f"{settings.sqlite_path}{suffix}")
        if left.exists():
            left.replace(settings.data_dir / f"half-built.db{suffix}")
    mark.unlink()
    open_data(settings)


def _half_built(settings: Settings) -> Path:
    return settings.data_dir / "half-built"
