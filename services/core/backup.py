"""Backup and restore: one .tar with the database, the uploads and a manifest; the keys go to a file of their own.

The database is copied by SQLite's VACUUM INTO or pg_dump -Fc while people work. A restore checks hashes and the key's
fingerprint before it touches anything, and keeps the replaced data beside it.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from models import TABLES, Text, db
from services.core import crypto
from services.core.anchors import FILE as ANCHORS
from services.core.clock import now
from services.core.db import is_sqlite
from services.core.errors import Conflict, Invalid, Unavailable
from services.core.settings import Settings
from services.core.text import Said

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
BLOCK = 1024 * 1024


def make_backup(settings: Settings, target: Path) -> tuple[Path, Path]:
    """Write the backup to `target` (.tar) and the keys beside it (.keys); returns both paths. Raises Unavailable."""
    target.parent.mkdir(parents=True, exist_ok=True)
    keys = target.with_suffix(".keys")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DATABASE
        _dump_database(settings, dump)
        stored = (settings.data_dir / "files").rglob("*")
        uploads = sorted(path for path in stored if path.is_file() and path.suffix != ".part")
        manifest = {
            "format": FORMAT,
            "made_at": now().isoformat(),
            "engine": "sqlite" if is_sqlite() else "postgres",
            "key_fingerprint": crypto.keyring().fingerprint,
            "rows": {model._meta.table_name: model.select().count() for model in TABLES},  # type: ignore[attr-defined]
            "database_sha256": _sha256(dump),
            "files": {path.relative_to(settings.data_dir).as_posix(): _sha256(path) for path in uploads},
        }
        draft = target.with_suffix(".part")
        with tarfile.open(draft, "w") as archive:
            text = json.dumps(manifest, indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
            archive.add(dump, DATABASE)
            for path in uploads:
                archive.add(path, path.relative_to(settings.data_dir).as_posix())
        draft.rename(target)
    shutil.copyfile(settings.data_dir / "keys" / crypto.KEY_FILE, keys)
    keys.chmod(0o600)
    return target, keys


def restore_backup(settings: Settings, source: Path, keys: Path | None) -> dict[str, Any]:
    """Replace the data folder's content by the backup's; returns its manifest.

    The database must be closed. Raises Invalid for a damaged file, Conflict when the key does not fit: in both cases
    nothing was touched.
    """
    with _unpacked(source) as folder:
        manifest = _checked_manifest(folder)
        key_file = keys or settings.data_dir / "keys" / crypto.KEY_FILE
        _check_key(key_file, manifest)
        if (manifest["engine"] == "sqlite") != settings.is_sqlite:
            text = Text(
                "备份来自另一种数据库 {engine}", "The backup is of another kind of database: {engine}"
            )
            raise Conflict(Said(text, engine=manifest["engine"]))
        aside = settings.data_dir / f"before-restore-{_stamp(now())}"
        aside.mkdir(parents=True)
        if settings.is_sqlite:
            _swap_sqlite(settings, folder / DATABASE, aside)
        else:
            _run_postgres(
                "pg_restore",
                settings,
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                "-d",
                "{url}",
                str(folder / DATABASE),
            )
        uploads = settings.data_dir / "files"
        if uploads.exists():
            uploads.rename(aside / "files")
        if (folder / "files").exists():
            shutil.copytree(folder / "files", uploads)
        if keys is not None:
            place = settings.data_dir / "keys" / crypto.KEY_FILE
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if place.exists():
                shutil.copyfile(place, aside / crypto.KEY_FILE)
            shutil.copyfile(keys, place)
            place.chmod(0o600)
        for stale in (*settings.data_dir.glob("warehouse.duckdb*"), *settings.data_dir.glob(ANCHORS)):
            stale.rename(aside / stale.name)
        return manifest


def _dump_database(settings: Settings, dump: Path) -> None:
    if is_sqlite():
        db.execute_sql("VACUUM INTO ?", (str(dump),))
        return
    _run_postgres("pg_dump", settings, "-Fc", "--no-owner", "-f", str(dump), "{url}")


def _run_postgres(tool: str, settings: Settings, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        text = Text(
            "本机没有 {tool},请安装 PostgreSQL 客户端", "{tool} is not here; install the PostgreSQL client"
        )
        raise Unavailable(Said(text, tool=tool), retryable=False)
    url, secret = _without_password(settings.database_url)
    command = [program, *(url if part == "{url}" else part for part in arguments)]
    env = {**os.environ, **({"PGPASSWORD": secret} if secret else {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)  # noqa: S603 - fixed program
    if done.returncode:
        text = Text("{tool} 失败:{why}", "{tool} failed: {why}")
        raise Unavailable(Said(text, tool=tool, why=done.stderr.strip()[-300:]), retryable=False)


def _without_password(url: str) -> tuple[str, str]:
    """The address without its password, and the password: everybody on the machine reads the words of a command."""
    parts = urlsplit(url)
    secret = unquote(parts.password or "")
    user, _, place = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}@{place}" if user else place
    return urlunsplit(parts._replace(netloc=netloc)), secret


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    if not source.is_file():
        raise Invalid(Said(Text("没有文件 {name}", "There is no file {name}"), name=str(source)))
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        try:
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError, OSError):
            raise _damaged() from None
        yield Path(folder)


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        wanted = {DATABASE: manifest["database_sha256"], **manifest["files"]}
        intact = manifest["format"] == FORMAT and all(
            _sha256(folder / name) == sha for name, sha in wanted.items()
        )
    except (OSError, ValueError, KeyError):
        raise _damaged() from None
    if not intact:
        raise _damaged()
    return manifest


def _damaged() -> Invalid:
    return Invalid(Text("备份文件已损坏或不是掌柜的备份", "The backup is damaged or is no backup of 掌柜"))


def _check_key(key_file: Path, manifest: dict[str, Any]) -> None:
    fits = key_file.is_file() and crypto.fingerprint_of(key_file) == manifest["key_fingerprint"]
    if not fits:
        text = Text(
            "密钥不匹配:恢复需要备份时另存的 .keys 文件(--keys)",
            "The key does not fit: a restore needs the .keys file written with the backup (--keys)",
        )
        raise Conflict(text)


def _swap_sqlite(settings: Settings, dump: Path, aside: Path) -> None:
    """Put the restored file in place at once: a crash leaves the old database or the new one, never half of one."""
    path = settings.sqlite_path
    draft = path.with_name(f"{path.name}.restoring")
    shutil.copyfile(dump, draft)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    if path.exists():
        shutil.copyfile(path, aside / path.name)
    for suffix in ("-wal", "-shm"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            shutil.move(old, aside / old.name)
    draft.replace(path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%d-%H%M%S}"
