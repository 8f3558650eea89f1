"""Journeys: a real server, a real Chromium, and what a person does.

    def test_a_clerk_takes_an_order(server, page, sign_in):
        sign_in(page, "operations")
        page.goto("/orders")

`server` is shared by all journeys of a run (world "staffed"); `new_server("empty")` gives one of its own.
`new_page(server)` opens another browser profile: another person. A journey fails on a page error, a console error, an
answer ≥ 500, a request to another host, or an invariant that does not hold at its end; what a journey provokes on
purpose it names with `watch.allow("409")`. Trace, picture and server log of a failed one are in tests/artifacts/.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import browser as browsers
from tests import engines
from tests.journeys.server import ROOT, Server
from tests.journeys.worlds import PASSWORD
from tests.report import (  # noqa: F401 - hooks of pytest
    pytest_configure,
    pytest_runtest_logreport,
    pytest_sessionfinish,
)

ARTIFACTS = ROOT / "tests" / "artifacts"
WINDOW = {"width": 1440, "height": 900}
PATIENCE_MS = 10_000


@dataclass
class Watch:
    """What went wrong in the browsers of one journey, less what it provokes on purpose."""

    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Problems that match the pattern are part of the journey."""
        self.allowed.append(pattern)

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    @property
    def unexpected(self) -> list[str]:
        """What nobody announced."""
        return [each for each in self.problems if not any(re.search(one, each) for one in self.allowed)]


# ── servers ──────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where the shops of this run live."""
    made = Path(tempfile.mkdtemp(prefix="zhanggui-journeys-", dir=engines.quick_folder()))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def world(folder: Path) -> Callable[[str], Path]:
    """`world("staffed")`: a fresh copy of a prepared data folder; each world is built once a run."""

    def copy(name: str) -> Path:
        template = folder / f"world-{name}"
        if not template.exists():
            env = {**os.environ, "DATA_DIR": str(template), "BCRYPT_COST": "4", "DATABASE_URL": ""}
            command = [sys.executable, "-m", "tests.journeys.worlds", name]
            subprocess.run(command, cwd=ROOT, env=env, check=True)
        target = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
        shutil.copytree(template, target, dirs_exist_ok=True)
        return target

    return copy


@pytest.fixture(scope="session")
def shared_server(world: Callable[[str], Path]) -> Iterator[Server]:
    """The server that most journeys share."""
    started = Server(world("staffed")).start()
    yield started
    started.stop()


@pytest.fixture
def server(shared_server: Server, watch: Watch) -> Server:
    """The shared server; whoever uses it leaves it running."""
    watch.servers.append(shared_server)
    return shared_server


@pytest.fixture
def new_server(world: Callable[[str], Path], watch: Watch) -> Iterator[Callable[..., Server]]:
    """`new_server("empty", SSL_CERT=…)`: a server of its own, with settings."""
    started: list[Server] = []

    def start(name: str = "staffed", **settings: str) -> Server:
        made = Server(world(name), **settings).start()
        started.append(made)
        watch.servers.append(made)
        return made

    yield start
    for each in started:
        each.stop()


# ── browsers ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run."""
    program = browsers.find_browser()
    if program is None:
        pytest.exit(browsers.MISSING, returncode=1)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(browsers.FLAGS))
        yield started
        started.close()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """What goes wrong; fails the journey at its end."""
    made = Watch()
    yield made
    broken = [line for server in made.servers for line in server.broken_invariants()]
    if request.node.stash.get(FAILED, False):
        for number, server in enumerate(made.servers):
            shutil.copyfile(server.log, _artifacts(request) / f"server-{number}.log")
    if made.unexpected or broken:
        pytest.fail("\n".join([*made.unexpected, *broken]), pytrace=False)


@pytest.fixture
def new_page(
    chromium: Browser, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """`new_page(server, locale="en-GB", viewport=…)`: a browser profile of its own, watched and traced."""
    contexts: list[BrowserContext] = []

    def open_(server: Server, locale: str = "zh-CN", **options: object) -> Page:
        given = {"viewport": WINDOW, "ignore_https_errors": True, "timezone_id": "Asia/Shanghai", **options}
        context = chromium.new_context(base_url=server.url, locale=locale, **given)
        context.set_default_timeout(PATIENCE_MS)
        context.tracing.start(snapshots=True, screenshots=True)
        contexts.append(context)
        _watch(context, server, watch)
        return context.new_page()

    yield open_
    failed = request.node.stash.get(FAILED, False) or bool(watch.unexpected)
    for number, context in enumerate(contexts):
        _close(context, _artifacts(request) / f"browser-{number}" if failed else None)


@pytest.fixture
def page(server: Server, new_page: Callable[..., Page]) -> Page:
    """A browser at the shared server, in which nobody has signed in."""
    return new_page(server)


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """`sign_in(page, "operations")`: through the form, as that role's person."""

    def do(page: Page, login: str, password: str = PASSWORD, path: str = "/") -> None:
        page.goto(f"/sign-in?next={path}")
        page.locator("input[name=login]:visible").fill(login)
        page.locator("input[name=password]:visible").fill(password)
        page.locator("form[action='/sign-in'] button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return do


def _watch(context: BrowserContext, server: Server, watch: Watch) -> None:
    host = urlsplit(server.url).netloc

    def asked(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != host:
            watch.note(f"request to another host: {url}")

    context.on("request", lambda request: asked(request.url))
    context.on("weberror", lambda error: watch.note(f"page error: {error.error}"))
    context.on("console", lambda said: watch.note(f"console: {said.text}") if said.type == "error" else None)
    context.on(
        "response",
        lambda answer: watch.note(f"answer {answer.status}: {answer.url}") if answer.status >= 500 else None,
    )


def _close(context: BrowserContext, artifacts: Path | None) -> None:
    if artifacts is None:
        context.tracing.stop()
    else:
        for number, page in enumerate(context.pages):
            page.screenshot(path=f"{artifacts}-{number}.png")
        context.tracing.stop(path=f"{artifacts}-trace.zip")
    context.close()


# ── what failed leaves its traces ────────────────────────────────────────────

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.failed and report.when != "teardown":
        item.stash[FAILED] = True
    return report


def _artifacts(request: pytest.FixtureRequest) -> Path:
    made = ARTIFACTS / re.sub(r"[^\w-]+", "_", request.node.name)
    made.mkdir(parents=True, exist_ok=True)
    return made
