"""What the channel remembers between pulls: the status each report had, and which dropped files it has read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

ROOM = 120_000
"""Bytes of JSON for the reports; a cursor has 256 kB. About 2,500 reports, those seen last."""
MOST_FILES = 500
MOST_ROWS = 5000
"""Rows of status files that are remembered, over all files."""


class Window:
    """The cursor: statuses in the order in which reports were seen, files by the digest of their name."""

    def __init__(self, cursor: Any) -> None:
        state = cursor or {}
        self.polled: int = state.get("polled", 0)
        """The last whole pull, seconds since 1970: what moved since then moved after it."""
        self._seen: dict[str, tuple[str, int]] = {name: (s, at) for name, (s, at) in state.get("seen", {}).items()}
        self._files: dict[str, str] = dict(state.get("files", {}))
        self._rows: dict[str, list[str]] = {name: list(rows) for name, rows in state.get("rows", {}).items()}

    def see(self, name: str, status: str) -> int:
        """Note a report's status; give since when it may have it, 0 where it never moved.

        One without a status for once has not moved. The report then stands at the end of the window.
        """
        mark = status.lower()[:24]
        before, since = self._seen.pop(name, (mark, 0))
        if mark and mark != before:
            since = self.polled
        self._seen[name] = (mark or before, since)
        return since

    def has_read(self, file: str, version: str) -> bool:
        """Say whether this version of a file was read to its end."""
        return self._files.get(file) == version

    def finish(self, file: str, version: str, rows: list[str]) -> None:
        """Note that this version of a file was read to its end; `rows`: of a status file, by digest."""
        self._files[file] = version
        self._rows.pop(file, None)
        if rows:
            self._rows[file] = rows

    def rows_of(self, file: str) -> list[str]:
        """Give the rows of a status file that were taken, by digest."""
        return list(self._rows.get(file, ()))

    def keep_files(self, names: Iterable[str]) -> None:
        """Forget the files that are no longer there."""
        there = set(names)
        self._files = {name: version for name, version in self._files.items() if name in there}
        self._rows = {name: rows for name, rows in self._rows.items() if name in there}

    def dump(self) -> dict[str, Any]:
        """Give the cursor, bounded: the longest unseen reports and rows are forgotten first."""
        newest = list(reversed(self._seen.items()))
        costs = accumulate(len(json.dumps(entry)) + 12 for entry in newest)
        kept = [entry for entry, cost in zip(newest, costs, strict=True) if cost <= ROOM]
        return {
            "polled": self.polled,
            "seen": {name: list(seen) for name, seen in reversed(kept)},
            "files": dict(self._files),
            "rows": self._newest_rows(),
        }

    def _newest_rows(self) -> dict[str, list[str]]:
        newest = list(reversed(self._rows.items()))
        costs = accumulate(len(rows) for _, rows in newest)
        return {name: rows for (name, rows), cost in zip(newest, costs, strict=True) if cost <= MOST_ROWS}
