"""Chromium for the journeys: on PATH, else one Playwright already has, else installed, else a sentence that helps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.engines import apt_install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
MISSING = (
    "The browser journeys need Chromium or Chrome, and none was found.\n"
    "  Debian/Ubuntu:  apt-get install chromium\n"
    "  elsewhere:      .venv/bin/python -m playwright install chromium, or install Google Chrome\n"
    "  or say where it is:  CHROMIUM=/path/to/chrome make test"
)


def find_browser() -> Path | None:
    """The browser's program: $CHROMIUM, on PATH, at a known place, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    found = next(filter(None, map(shutil.which, NAMES)), None)
    candidates = [Path(found)] if found else [Path(place) for place in PLACES]
    return next((path for path in [*candidates, _own()] if path and path.exists()), None)


def find_or_install() -> Path | None:
    """The browser's program, installing one where that is possible; None when there is no way.

    Root on Debian takes the distribution's package first: Playwright's download lacks the system libraries there.
    """
    found = find_browser()
    if found:
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Chromium is missing: installing Debian's package …", flush=True)
        if apt_install("chromium") and find_browser():
            return find_browser()
    print("Chromium is missing: trying Playwright's download …", flush=True)
    try:
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, check=False, timeout=240, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print("The download did not end within 4 minutes.", flush=True)
    return find_browser()


def _own() -> Path | None:
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return Path(asked.stdout.strip()) if asked.returncode == 0 and asked.stdout.strip() else None
