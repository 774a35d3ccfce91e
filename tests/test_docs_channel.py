"""The page for integrators: its example is installed nowhere, and still keeps every promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "add-a-channel.md"
FILES = re.compile(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BACKEND = "import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"


def test_the_example_keeps_the_contract(tmp_path: Path) -> None:
    files = dict(FILES.findall(PAGE.read_text(encoding="utf-8")))
    assert set(files) == {"aduan_lamps/__init__.py", "pyproject.toml", "aduan_lamps/README.md", "test_lamps.py"}
    for name, text in {**files, "conftest.py": BACKEND}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_lamps.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{PAGE.parent.parent}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
