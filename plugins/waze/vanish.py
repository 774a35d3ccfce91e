"""When an alert has ended. No field says so: it is gone from the feed, and gone must be told from a broken feed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import Any
from uuid import UUID

HOUR = 3_600_000
"""Milliseconds. Half of a feed may end in an hour, never between two polls: that is a feed cut short."""
ROOM = 240_000
"""Bytes of JSON that the memory may take; a cursor has 256 kB. About 11,000 alerts."""
PACKED = 20
"""Letters of a UUID in base 85."""


def pack(ids: Iterable[str]) -> list[str]:
    """Write ids compactly: all UUIDs in one base 85 text, then the others as they are."""
    ordered = sorted(ids)
    uuids = [UUID(text) for text in ordered if _is_uuid(text)]
    dense = base64.b85encode(b"".join(uuid.bytes for uuid in uuids)).decode()
    return [dense, *(text for text in ordered if not _is_uuid(text))]


def unpack(packed: Sequence[str]) -> list[str]:
    """Give back what `pack` wrote."""
    dense, *others = packed
    raw = base64.b85decode(dense)
    return [str(UUID(bytes=raw[at : at + 16])) for at in range(0, len(raw), 16)] + others


@dataclass(slots=True)
class FeedMemory:
    """What one feed held, and how many good polls each complaint has been missing from it."""

    end: int = 0
    """Newest window end seen, milliseconds since 1970."""
    good: int = 0
    """Window end of the last good poll."""
    missed: dict[str, int] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """Alerts of the last good poll of which no complaint came: they only tell how much of the feed is gone."""

    def take(self, end: int, complaints: set[str], skipped: set[str]) -> None:
        """Note a poll. Presence always counts; absence only in a good poll."""
        present = complaints | skipped
        if end > self.end and not self._halved(end, present):
            for uuid in self.missed.keys() - present:
                self.missed[uuid] += 1
            self.others = skipped - self.missed.keys()
            self.good = end
        self.missed |= dict.fromkeys(complaints | (present & self.missed.keys()), 0)
        self.end = max(self.end, end)

    def _halved(self, end: int, present: set[str]) -> bool:
        before = self.others | {uuid for uuid, misses in self.missed.items() if not misses}
        return 2 * len(before - present) >= max(len(before), 1) and end - self.good < HOUR

    def forget(self, room: int) -> None:
        """Keep only as many complaints as fit into this many bytes. The end of the others goes unnoticed."""
        self.others = set()
        costs = accumulate(PACKED if _is_uuid(uuid) else len(uuid) + 4 for uuid in self.missed)
        self.missed = {uuid: self.missed[uuid] for uuid, cost in zip(self.missed, costs, strict=True) if cost < room}

    def dump(self) -> dict[str, Any]:
        """Give it as JSON values."""
        by_misses = groupby(sorted(self.missed, key=self.missed.__getitem__), key=self.missed.__getitem__)
        missed = {str(misses): pack(ids) for misses, ids in by_misses}
        return {"end": self.end, "good": self.good, "missed": missed, "others": pack(self.others)}

    @classmethod
    def load(cls, state: dict[str, Any]) -> FeedMemory:
        """Read what `dump` gave."""
        missed = {uuid: int(misses) for misses, ids in state["missed"].items() for uuid in unpack(ids)}
        return cls(state["end"], state["good"], missed, set(unpack(state["others"])))


class Memory:
    """The feeds of a channel, by a key that does not give their address away."""

    def __init__(self, cursor: Any, keys: Iterable[str]) -> None:
        feeds = (cursor or {}).get("feeds", {})
        self.feeds = {key: FeedMemory.load(feeds[key]) if key in feeds else FeedMemory() for key in keys}

    @property
    def known(self) -> set[str]:
        """Alerts that are complaints and have not ended."""
        return {uuid for feed in self.feeds.values() for uuid in feed.missed}

    def ended(self, after: int) -> list[str]:
        """Take out the complaints that every feed which had them has missed in this many good polls."""
        fewest: dict[str, int] = {}
        for feed in self.feeds.values():
            for uuid, misses in feed.missed.items():
                fewest[uuid] = min(misses, fewest.get(uuid, misses))
        gone = sorted(uuid for uuid, misses in fewest.items() if misses >= after)
        for feed in self.feeds.values():
            feed.missed = {uuid: misses for uuid, misses in feed.missed.items() if fewest[uuid] < after}
        return gone

    def dump(self) -> dict[str, Any]:
        """Give the cursor, within `ROOM` whatever the feeds hold."""
        cursor = self._state()
        if len(json.dumps(cursor)) > ROOM:
            for feed in self.feeds.values():
                feed.forget(ROOM // len(self.feeds))
            cursor = self._state()
        return cursor

    def _state(self) -> dict[str, Any]:
        return {"feeds": {key: feed.dump() for key, feed in self.feeds.items()}}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
