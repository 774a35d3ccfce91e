"""What the channel remembers of the reports it saw: their status, since when, and whose history is to be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from plugins.qlue.values import WAITING

ROOM = 200_000
"""Bytes of JSON for the reports; a cursor has 256 kB. About 4,000 reports, those seen last."""
LONGEST_QUEUE = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """A report as it was seen last."""

    status: str
    comments: int
    since: int
    """When the status before was last seen, seconds since 1970; 0 where it has not moved yet."""


class Window:
    """A sliding window of reports, the last seen last, and a queue of those whose history is due."""

    def __init__(self, cursor: Any) -> None:
        state = cursor or {}
        self._seen = {name: Seen(*values) for name, values in state.get("seen", {}).items()}
        self._due: dict[str, None] = dict.fromkeys(state.get("due", ()))
        self.polled: int = state.get("polled", 0)
        """The last whole poll, seconds since 1970: what moved since then moved after it."""

    @property
    def due(self) -> list[str]:
        """Reports whose history is to be fetched, the longest waiting first."""
        return list(self._due)

    def see(self, name: str, status: str, comments: int) -> int:
        """Note a report; give since when it may have its status. One that is missing for once has not moved."""
        before = self._seen.pop(name, None)
        if before is None:
            self._seen[name] = Seen(status, comments, 0)
            is_news = status not in {"", WAITING}
        else:
            status = status or before.status
            since = before.since if before.status == status else self.polled
            self._seen[name] = Seen(status, comments, since)
            is_news = (before.status, before.comments) != (status, comments)
        if is_news:
            self._due[name] = None
        return self._seen[name].since

    def fetched(self, name: str) -> None:
        """Take a report out of the queue: its history is here."""
        del self._due[name]

    def postpone(self, name: str) -> None:
        """Put a report at the end of the queue: its history could not be had."""
        self.fetched(name)
        self._due[name] = None

    def dump(self) -> dict[str, Any]:
        """Give the cursor, bounded whatever the feed holds: the longest unseen are forgotten first."""
        newest = list(reversed(self._seen.items()))
        costs = accumulate(len(name) + len(seen.status) + 32 for name, seen in newest)
        kept = [entry for entry, cost in zip(newest, costs, strict=True) if cost <= ROOM]
        seen = {name: [one.status, one.comments, one.since] for name, one in reversed(kept)}
        return {"polled": self.polled, "seen": seen, "due": self.due[-LONGEST_QUEUE:]}
