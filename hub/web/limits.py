"""Slows down whoever guesses passwords."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

KEPT = 10_000


class Attempts:
    """Counts failures by key within a window; forgets the longest untouched keys beyond ten thousand."""

    def __init__(self, limit: int, window: timedelta) -> None:
        self.limit = limit
        self.window = window
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """Give how long this key must wait, None where it may try."""
        times = self._failures.get(key, deque())
        while times and times[0] <= now - self.window:
            times.popleft()
        return times[0] + self.window - now if len(times) >= self.limit else None

    def fail(self, key: str, now: datetime) -> None:
        """Count a failure."""
        self._failures.setdefault(key, deque(maxlen=self.limit)).append(now)
        self._failures.move_to_end(key)
        if len(self._failures) > KEPT:
            self._failures.popitem(last=False)

    def clear(self, key: str) -> None:
        """Forget the failures of somebody who knew the password after all."""
        self._failures.pop(key, None)
