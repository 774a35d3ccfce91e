"""stdout carries results, stderr everything for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


class Misuse(Exception):
    """The command was given something that cannot be; its text says what would be right."""


def to_people() -> Console:
    """Give the console for progress and words."""
    return Console(stderr=True)


def say(text: str) -> None:
    """Tell the person at the terminal something."""
    to_people().print(text, markup=False, highlight=False, soft_wrap=True)


def give(result: Any) -> None:
    """Print the command's one JSON document."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2, default=str) + "\n")


def table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows for people; nothing where there are none."""
    if not rows:
        say("none")
        return
    grid = Table(box=None, pad_edge=False)
    for name in rows[0]:
        grid.add_column(name)
    for row in rows:
        grid.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(grid, markup=False)
