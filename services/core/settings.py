"""Process settings from the environment, read once and frozen.

Each has a default that works on a laptop; a malformed one stops the start with one readable sentence.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class SettingError(Exception):
    """A setting cannot be understood; the message names it and says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the process must know before it opens the database."""

    host: str = "127.0.0.1"
    port: int = 8080
    data_dir: Path = Path("data")
    database_url: str = ""
    ssl_cert: str = ""
    ssl_key: str = ""
    demo: bool = False
    bcrypt_cost: int = 12
    session_idle_minutes: int = 480
    session_days: int = 14
    trusted_proxies: str = ""
    upload_max_mb: int = 200
    log_level: str = "INFO"
    readers: int = 3

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the SQLite file in the data folder."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path:
        """Where the SQLite file is (meaningful only when is_sqlite)."""
        named = self.database_url.removeprefix("sqlite:///")
        return Path(named) if named else self.data_dir / "zhanggui.db"


BOUNDS = {
    "port": (1, 65535),
    "bcrypt_cost": (4, 16),
    "session_idle_minutes": (1, 43200),
    "session_days": (1, 365),
    "upload_max_mb": (1, 4096),
    "readers": (1, 32),
}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from `env` (default: the process environment). Raises SettingError."""
    env = os.environ if env is None else env
    given: dict[str, Any] = {}
    for setting in fields(Settings):
        raw = env.get(setting.name.upper(), "").strip()
        if raw:
            given[setting.name] = _parse(setting.name, raw)
    settings = Settings(**given)
    if bool(settings.ssl_cert) != bool(settings.ssl_key):
        raise SettingError("SSL_CERT and SSL_KEY belong together: give both or neither.")
    for name in ("ssl_cert", "ssl_key"):
        path = getattr(settings, name)
        if path and not Path(path).is_file():
            raise SettingError(f"{name.upper()}={path}: there is no such file.")
    return settings


def _parse(name: str, raw: str) -> Any:
    if name in BOUNDS:
        low, high = BOUNDS[name]
        if not raw.isdecimal() or not low <= int(raw) <= high:
            raise SettingError(f"{name.upper()}={raw}: give a whole number from {low} to {high}.")
        return int(raw)
    if name == "demo":
        if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise SettingError(f"DEMO={raw}: give 1 or 0.")
        return raw.lower() in {"1", "true", "yes"}
    if name == "data_dir":
        return Path(raw).expanduser()
    if name == "database_url" and not raw.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise SettingError("DATABASE_URL: give postgresql://user:password@host/name or sqlite:///path.")
    if name == "log_level":
        if raw.upper() not in LOG_LEVELS:
            raise SettingError(f"LOG_LEVEL={raw}: give one of {', '.join(LOG_LEVELS)}.")
        return raw.upper()
    return raw
