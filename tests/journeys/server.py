"""The real program in a process of its own, on a free port and a data folder of its own."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.engines import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60
# NiceGUI behaves differently when it sees these.
HIDDEN = (
    "NICEGUI_SCREEN_TEST_PORT",
    "NICEGUI_USER_SIMULATION",
    "PYTEST_CURRENT_TEST",
    "PYTEST_VERSION",
    "DATABASE_URL",
)


class Server:
    """`main.py serve` on a data folder; `settings` are environment variables such as SSL_CERT="…".

    A first start makes the demo shop only with `demo=True`.
    """

    def __init__(
        self, data_dir: Path, *, demo: bool = False, patience_s: float = PATIENCE_S, **settings: str
    ) -> None:
        self.data_dir, self.patience_s = data_dir, patience_s
        self.options = () if demo else ("--empty",)
        self.port = free_port()
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        self.scheme = "https" if "SSL_CERT" in settings else "http"
        clean = {key: value for key, value in os.environ.items() if key not in HIDDEN}
        ours = {"HOST": "127.0.0.1", "PORT": str(self.port), "DATA_DIR": str(data_dir), "BCRYPT_COST": "4"}
        self.env = {**clean, **ours, **settings}
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """Start and wait until it answers. Raises RuntimeError with the end of its log."""
        with self.log.open("a") as log:
            command = [sys.executable, "main.py", "serve", *self.options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return self
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """End it as a person would, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same port and data."""
        self.stop()
        self.start()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of main.py on the same data; it may fail."""
        command = [sys.executable, "main.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)

    def broken_invariants(self) -> list[str]:
        """The rules that do not hold in this shop now."""
        told = self.run("check", "--json")
        if not told.stdout.startswith("["):
            return [told.stdout + told.stderr]
        return [f"{row['key']}: {row['offenders']}" for row in json.loads(told.stdout) if not row["holds"]]

    def _answers(self) -> bool:
        unverified = ssl._create_unverified_context() if self.scheme == "https" else None
        try:
            with urllib.request.urlopen(f"{self.url}/sign-in", timeout=2, context=unverified) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as refusal:
            return refusal.code < 500
        except OSError:
            return False

    def _end(self, how: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
