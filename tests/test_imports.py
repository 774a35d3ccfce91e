"""The arrows between the packages hold: what pyproject.toml promises of imports is checked with the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_contract_about_imports_is_kept() -> None:
    check = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(check), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    assert result.returncode == 0, result.stdout + result.stderr
