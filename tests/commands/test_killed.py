"""A process killed at any commit leaves all of a verb or nothing of it, and every rule holds at the next start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import quick_folder

ROOT = Path(__file__).parents[2]
VERBS = 16


@pytest.fixture(scope="module")
def crashes(tmp_path_factory):
    """What each crash left: {(before, nth): outcome}."""
    folder = (
        tmp_path_factory.mktemp("killed")
        if quick_folder() is None
        else Path(quick_folder()) / "zhanggui-killed"
    )
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.commands.killed", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    subprocess.run(["rm", "-rf", str(folder)], check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {(row["before"], row["nth"]): row for row in rows}


def test_every_commit_was_hit(crashes):
    assert len([key for key in crashes if key[0] and crashes[key]["code"] == 9]) == VERBS
    assert crashes[True, VERBS + 1]["code"] == 0


def test_every_rule_holds_after_every_crash(crashes):
    assert {key: row["broken"] for key, row in crashes.items() if row["broken"]} == {}


def test_a_verb_killed_before_its_commit_left_nothing(crashes):
    for nth in range(2, VERBS + 1):
        killed, previous = crashes[True, nth], crashes[False, nth - 1]
        assert (killed["counts"], killed["figures"]) == (previous["counts"], previous["figures"]), nth


def test_a_verb_killed_after_its_commit_is_there(crashes):
    for nth in range(1, VERBS + 1):
        assert crashes[False, nth]["counts"] != crashes[True, nth]["counts"], nth
