"""What reading and answering cost: posts and replies by UTC day and month, at X's prices.

Prices of the pay-per-use plan, US dollars (X's pricing page, August 2026). The same post read again within a UTC day is
free. Whether included authors are billed is not documented: they are not counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.plugin import Meter
from plugins.twitter.gate import Limit
from plugins.twitter.refusals import next_month

READ = 0.005
OWNED_READ = 0.001
"""A mention, where the account owns the developer app and reads with its own keys."""
USER_READ = 0.010
REPLY = 0.010
"""To somebody who called the account, without a link."""
READS_A_MONTH = 3_000_000

_COUNTED = ("posts_day", "posts_month", "replies_day", "replies_month", "usd_month")


class Spend:
    """Counters of this UTC day and month; those before the last stored cursor come back with it."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(_COUNTED, 0.0)
        self._day = ""
        self._is_loaded = False

    def load(self, stored: Any, now: datetime) -> None:
        """Add what an earlier run stored, once: from then on the counters here are the newer ones."""
        if not self._is_loaded and isinstance(stored, dict):
            self.turn(now)
            for name in _COUNTED:
                value = stored.get(name)
                since = str(stored.get("day", ""))
                if isinstance(value, int | float) and value >= 0 and self._still_counts(name, since):
                    self._counts[name] += value
        self._is_loaded = True

    def dump(self) -> dict[str, Any]:
        """Give the counters as a cursor keeps them."""
        return {"day": self._day, **{name: round(value, 4) for name, value in self._counts.items()}}

    def turn(self, now: datetime) -> None:
        """Begin a new day, and a new month, where one has begun."""
        today = f"{now:%Y-%m-%d}"
        if today != self._day:
            self._counts = {name: value for name, value in self._counts.items() if self._is_of(name, self._day, today)}
            self._counts = dict.fromkeys(_COUNTED, 0.0) | self._counts
            self._day = today

    def read(self, count: int, price: float, now: datetime) -> None:
        """Count posts, none of which was read earlier today."""
        self._add("posts", count, price * count, now)

    def replied(self, now: datetime) -> None:
        """Count one reply."""
        self._add("replies", 1, REPLY, now)

    def looked_up(self, now: datetime) -> None:
        """Count one look-up of an account."""
        self._add("", 0, USER_READ, now)

    @property
    def usd(self) -> float:
        """Dollars of this month."""
        return self._counts["usd_month"]

    def meters(self, budget: float, limits: Mapping[str, Limit], now: datetime) -> Iterator[Meter]:
        """Give the figures for people, and X's rate windows as last told."""
        self.turn(now)
        month, counts = next_month(now), self._counts
        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        yield Meter("Posts read today", counts["posts_day"], resets_at=tomorrow)
        yield Meter("Posts read this month", counts["posts_month"], READS_A_MONTH, resets_at=month)
        yield Meter("Replies this month", counts["replies_month"], resets_at=month)
        yield Meter("Estimated cost this month", round(counts["usd_month"], 2), budget, "USD", month)
        for path, window in limits.items():
            used = max(0, window.limit - window.remaining) if window.resets_at > now else 0
            yield Meter(f"Requests {path}", used, window.limit, resets_at=window.resets_at)

    def _add(self, what: str, count: int, usd: float, now: datetime) -> None:
        self.turn(now)
        self._counts["usd_month"] += usd
        if what:
            self._counts[f"{what}_day"] += count
            self._counts[f"{what}_month"] += count

    def _still_counts(self, name: str, since: str) -> bool:
        return self._is_of(name, since, self._day)

    @staticmethod
    def _is_of(name: str, since: str, today: str) -> bool:
        """Say whether a counter of one day is still that of another."""
        length = len("2026-11-20") if name.endswith("_day") else len("2026-11")
        return since[:length] == today[:length]


class Seen:
    """Ids of posts read lately, oldest first and bounded: what is read again is neither paid nor counted twice."""

    SIZE = 1500

    def __init__(self, stored: Any) -> None:
        known: Iterable[Any] = stored if isinstance(stored, list) else ()
        self._ids = dict.fromkeys(str(one) for one in known)

    def add(self, ids: Iterable[str]) -> int:
        """Remember them; give how many were not known."""
        fresh = [one for one in dict.fromkeys(ids) if one not in self._ids]
        self._ids.update(dict.fromkeys(fresh))
        for old in list(self._ids)[: max(0, len(self._ids) - self.SIZE)]:
            del self._ids[old]
        return len(fresh)

    def dump(self) -> list[str]:
        """Give them as a cursor keeps them."""
        return list(self._ids)
