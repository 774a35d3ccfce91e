"""What a running channel remembers for some minutes: who is writing just now, and what was changed or taken away.

All of it is a help, none of it is needed: after a restart a message finds its complaint by its day (see README.md).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

ROOM = 20_000
"""People, and posts or comments; the longest unheard are forgotten first."""
MOST_PARTS = 20


@dataclass
class Burst:
    """Messages of one person within two minutes: one complaint, named by the first that came."""

    start: str
    at: datetime
    matter: str = ""
    """First message of what they announced as a new matter; later messages belong to it."""
    parts: dict[str, tuple[datetime, Any]] = field(default_factory=dict)

    @property
    def told(self) -> list[Any]:
        """Give its messages in the order of their times."""
        return [raw for _, raw in sorted(self.parts.values(), key=lambda part: part[0])]


@dataclass
class Memory:
    """Bounded; one for each instance of the channel."""

    span: timedelta
    keep: timedelta
    """How long a conversation lasts."""
    _bursts: OrderedDict[str, Burst] = field(default_factory=OrderedDict)
    _changed: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    _removed: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def join(self, person: str, mid: str, at: datetime, raw: Any, *, fresh: bool) -> Burst:
        """Put a message to those that its person has just written. `fresh`: it says that it begins a new matter."""
        before = self._bursts.get(person)
        if before is not None and mid in before.parts:
            before.parts[mid] = (before.parts[mid][0], raw)
            return before
        if before is not None and not fresh and abs(at - before.at) <= self.span and len(before.parts) < MOST_PARTS:
            before.parts[mid] = (at, raw)
            return before
        burst = Burst(mid, at, mid if fresh else self._matter(before, at), {mid: (at, raw)})
        if before is None or at >= before.at:
            _keep(self._bursts, person, burst)
        return burst

    def _matter(self, before: Burst | None, at: datetime) -> str:
        return before.matter if before is not None and abs(at - before.at) <= self.keep else ""

    def change(self, name: str, at: datetime) -> None:
        """Note that a post or comment was edited."""
        _keep(self._changed, name, max(at, self._changed.get(name, at)))

    def remove(self, name: str) -> None:
        """Note that a post or comment was taken away."""
        _keep(self._removed, name, None)

    def is_overtaken(self, name: str, at: datetime, *, edit: bool = False) -> bool:
        """Say whether something newer is known of a post or comment. An edit of the same second came later."""
        changed = self._changed.get(name)
        return name in self._removed or (changed is not None and (at < changed or (at == changed and not edit)))


def _keep(memory: OrderedDict[str, Any], name: str, value: Any) -> None:
    memory[name] = value
    memory.move_to_end(name)
    if len(memory) > ROOM:
        memory.popitem(last=False)
