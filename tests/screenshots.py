"""`make screenshots`: every page of the demo shop as pictures in docs/images, light and dark, and on a phone.

The demo shop is built once into .bench/ and used again; `make screenshots ARGS="orders home"` makes only these.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import browser as browsers
from tests.engines import apt_install
from tests.journeys.server import ROOT, Server
from ui_pages import registry

TARGET = ROOT / "docs" / "images"
DEMO = ROOT / ".bench" / "demo"
BUILDING_S = 300
SETTLE_MS = 1200
LOOKS = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
}


def main(wanted: list[str]) -> int:
    """Make the pictures; returns the exit code."""
    _have_chinese_letters()
    program = browsers.find_or_install()
    if program is None:
        print(browsers.MISSING)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    DEMO.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = Server(DEMO, demo=True, patience_s=BUILDING_S).start()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program, args=list(browsers.FLAGS))
            for look in LOOKS:
                _shoot(chromium, server, look, wanted)
            chromium.close()
    finally:
        server.stop()
    return 0


def _shoot(chromium: Browser, server: Server, look: str, wanted: list[str]) -> None:
    context = chromium.new_context(
        base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **LOOKS[look]
    )
    page = context.new_page()
    if not wanted or "sign-in" in wanted:
        page.goto("/sign-in")
        _save(page, "sign-in", look)
    _enter(page)
    for path, name in _pages():
        if not wanted or name in wanted:
            page.goto(path)
            _save(page, name, look)
    context.close()


def _enter(page: Page) -> None:
    page.goto("/sign-in")
    page.locator(".roles button").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _pages() -> list[tuple[str, str]]:
    shown = [page.path for page in registry.discover() if "{" not in page.path]
    return [(path, path.strip("/").replace("/", "-") or "home") for path in shown]


def _save(page: Page, name: str, look: str) -> None:
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=TARGET / f"{name}-{look}.png", animations="disabled")
    print(f"docs/images/{name}-{look}.png", flush=True)


def _have_chinese_letters() -> None:
    """Without a Chinese font every picture shows boxes: root on Debian installs one, anybody else is told."""
    listed = shutil.which("fc-list")
    has = bool(
        listed and subprocess.run([listed, ":lang=zh"], capture_output=True, check=False).stdout.strip()
    )
    if has or Path("/System/Library/Fonts").is_dir():
        return
    if os.geteuid() == 0 and shutil.which("apt-get") and apt_install("fonts-noto-cjk", "fontconfig"):
        return
    print(
        "No Chinese font was found; the pictures will show boxes. Install one, such as fonts-noto-cjk.",
        flush=True,
    )


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
