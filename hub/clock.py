"""Time as an argument: everything that asks for now is handed a clock, so that tests and simulations own the hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from normalizer.complaint import in_utc

Clock = Callable[[], datetime]
"""Gives now, in UTC."""


def system_clock() -> datetime:
    """Give the machine's time, in UTC."""
    return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = in_utc(now)

    def __call__(self) -> datetime:
        """Give the time it stands at."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and give the new time; raises ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError("a clock does not go back")
        self._now += by
        return self._now
