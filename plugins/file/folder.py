"""The folder: which files lie in it, which of them nobody writes any more, and where those go that are done."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import anyio

from plugins.file.book import kind_of
from plugins.file.ledger import Ledger, Look
from plugins.file.problems import report_of

DONE_FOLDER = "selesai"


def survey(folder: Path) -> list[Look]:
    """Look at every file of ours, the oldest first. Links, folders and hidden files are none. Raises OSError."""
    looks = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if kind_of(entry.name) and entry.is_file(follow_symlinks=False):
                stat = entry.stat(follow_symlinks=False)
                looks.append(Look(folder / entry.name, stat.st_size, stat.st_mtime_ns))
    return sorted(looks, key=lambda look: (look.mtime, look.path.name))


async def settled(
    looks: Sequence[Look], ledger: Ledger, rest: float, look_again: Callable[[], Awaitable[Sequence[Look]]]
) -> list[Look]:
    """Give the files that can be read: known ones, and new or changed ones that look the same after `rest` seconds."""
    fresh = [look for look in looks if ledger.mark_of(look) is None]
    if fresh and rest:
        await anyio.sleep(rest)
        again = set(await look_again())
        return [look for look in looks if look in again]
    return list(looks)


def put_away(look: Look) -> None:
    """Move a file, and its report, into the folder of what is done, unless it has changed. Overwrites nothing."""
    stat = look.path.stat(follow_symlinks=False)
    if (stat.st_size, stat.st_mtime_ns) != (look.size, look.mtime):
        return
    shelf = look.path.parent / DONE_FOLDER
    shelf.mkdir(exist_ok=True)
    goal = _free(shelf, look.path.name)
    report = report_of(look.path)
    if report.exists():
        report.rename(report_of(goal))
    look.path.rename(goal)


def _free(shelf: Path, name: str) -> Path:
    """Give a path that nothing stands at: a number before the name makes another."""
    number = 1
    goal = shelf / name
    while goal.exists() or report_of(goal).exists():
        number += 1
        goal = shelf / f"{number}-{name}"
    return goal
