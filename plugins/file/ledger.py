"""What the channel remembers of the files in its folder, as the host's cursor: how far each was read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

MOST_FILES = 1800
"""About 120 bytes each; a cursor has 256 kB."""
READING, DONE, UNREADABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it stood at one moment."""

    path: Path
    size: int
    mtime: int
    """Nanoseconds since 1970."""

    @property
    def key(self) -> str:
        """What it is remembered by: names of files may be names of people."""
        return hashlib.blake2b(self.path.name.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read, and what it looked like then."""

    size: int
    mtime: int
    position: int = 0
    """Bytes of the unpacked file."""
    line: int = 0
    bad: int = 0
    """Rows with problems up to there."""
    sum: str = ""
    """Of all bytes up to there."""
    state: int = READING


class Ledger:
    """A mark for each file that is there."""

    def __init__(self, cursor: Any, fields: str = "") -> None:
        """Recall. `fields` sums up what columns mean: where that has changed, files with problems are read again."""
        state = cursor or {}
        marks = {key: Mark(*values) for key, values in state.get("files", {}).items()}
        same = state.get("fields", fields) == fields
        self._marks = {key: mark for key, mark in marks.items() if same or not (mark.bad or mark.state == UNREADABLE)}
        self._fields = fields
        self._gone: list[Mark] = []

    def mark_of(self, look: Look) -> Mark | None:
        """Give the mark of a file that looks as it did; None for a new or changed one."""
        mark = self._marks.get(look.key)
        return mark if mark and (mark.size, mark.mtime) == (look.size, look.mtime) else None

    def beginnings(self, look: Look) -> Iterator[Mark]:
        """Give marks that a file may go on from: its own, then those of files as large (it was renamed or copied)."""
        own = self._marks.get(look.key)
        others = [mark for key, mark in self._marks.items() if key != look.key]
        twins = [mark for mark in others + self._gone if mark.size == look.size]
        return (mark for mark in ([own] if own else []) + twins if mark.position)

    def note(self, look: Look, mark: Mark) -> None:
        """Remember how far a file was read."""
        self._marks[look.key] = mark

    def keep_only(self, looks: Iterable[Look]) -> bool:
        """Forget files that are gone; say whether there were any. They may still turn out to have another name now."""
        here = {look.key for look in looks}
        self._gone = [mark for key, mark in self._marks.items() if key not in here]
        self._marks = {key: mark for key, mark in self._marks.items() if key in here}
        return bool(self._gone)

    def dump(self) -> dict[str, Any]:
        """Give the cursor."""
        return {"fields": self._fields, "files": {key: list(astuple(mark)) for key, mark in self._marks.items()}}
