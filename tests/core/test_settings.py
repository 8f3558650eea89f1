"""Settings come from the environment; a malformed one is one readable sentence."""

from pathlib import Path

import pytest

from services.core.settings import SettingError, load_settings


def test_defaults_need_nothing():
    settings = load_settings({})
    assert (settings.host, settings.port, settings.is_sqlite) == ("127.0.0.1", 8080, True)
    assert settings.sqlite_path == Path("data/zhanggui.db")


@pytest.mark.parametrize(
    "env",
    [
        {"PORT": "0"},
        {"PORT": "http"},
        {"DATABASE_URL": "mysql://x"},
        {"DEMO": "perhaps"},
        {"LOG_LEVEL": "LOUD"},
        {"SSL_CERT": "/tmp/none.pem"},
        {"SSL_CERT": "/nowhere/a", "SSL_KEY": "/nowhere/b"},
        {"BCRYPT_COST": "3"},
    ],
)
def test_a_malformed_setting_names_itself(env):
    with pytest.raises(SettingError, match=next(iter(env))):
        load_settings(env)


def test_a_setting_is_read():
    settings = load_settings(
        {"PORT": "9000", "DATABASE_URL": "postgresql://u@h/d", "DEMO": "1", "DATA_DIR": "/srv/x"}
    )
    assert (settings.port, settings.is_sqlite, settings.demo, settings.data_dir) == (
        9000,
        False,
        True,
        Path("/srv/x"),
    )
