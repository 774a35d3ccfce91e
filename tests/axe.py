"""Looks for barriers on a page with axe-core, inside the Chromium of `tests.browser`."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.browser import Browser

FOLDER = Path(__file__).with_name("npm")
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = """
axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then(({violations}) => violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.target.join(" ")} ${node.failureSummary}`)))
"""


def violations(browser: Browser) -> list[str]:
    """Give what is wrong with the page that the browser shows: rule, element and why, a line each."""
    if not browser.run("typeof axe !== 'undefined'"):
        browser.run(_script())
    found = browser.run(LOOK % list(RULES))
    assert isinstance(found, list)
    return [" ".join(str(line).split()) for line in found]


@cache
def _script() -> str:
    """Read axe-core; installed by the lock file where it is not there. Skips without npm, fails in CI."""
    if not SCRIPT.is_file():
        _install()
    return SCRIPT.read_text(encoding="utf-8")


def _install() -> None:
    npm = shutil.which("npm")
    why = "npm is not installed"
    if npm is not None:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, check=False, timeout=120)  # noqa: S603 - npm, found above
        why = f"npm ci failed in {FOLDER.name}" if done.returncode else ""
    if why and os.environ.get("CI") == "true":
        pytest.fail(f"pages were not looked at for barriers: {why}")
    if why:
        pytest.skip(why)
