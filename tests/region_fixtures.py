"""A region pack for tests: the made-up city of docs/regions.md, put together as the page says."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "regions.md"
FILES = re.compile(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def made_up_city(folder: Path) -> Path:
    """Write the pack that the page shows: four squares on the equator."""
    folder.mkdir(parents=True)
    for name, text in FILES.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    return folder
