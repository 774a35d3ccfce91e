"""The cursor: where each of the two lists stands, which page of it comes next, and what was spent.

A list is read in rounds, newest post first. The id of a round's first post becomes the next round's `since_id` only
with the round's last page: were it kept earlier, a kill between two pages would lose the older ones.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from plugins.twitter.gone import Watch
from plugins.twitter.meter import Seen
from plugins.twitter.values import id_at, id_of, text_of, time_of

REACH = timedelta(days=7) - timedelta(minutes=5)
"""How far back X's search goes; an older since_id is refused."""
START_LEEWAY = 4 * 60 * 1000 << 22
"""Four of the five minutes above: so long a round that reads by time may last before its start is out of reach."""
MAX_TOKEN = 500
EDITS = 200
"""Edited posts whose newest version is remembered."""


@dataclass(slots=True)
class Round:
    """One reading of a list from the newest post down to where the last one ended."""

    since: str
    """Read with every page of the round."""
    newest: str
    """What the next round starts at, once this one is through."""
    start: str = ""
    """Read by time instead, where `since` lies too far back for search."""
    tokens: list[str] = field(default_factory=list)
    """Tokens of the pages asked for, the last one being next: one that comes twice is a loop."""

    @property
    def token(self) -> str:
        """Token of the next page; empty for the first."""
        return self.tokens[-1] if self.tokens else ""

    def turn(self, token: str) -> bool:
        """Go on to the next page; False where there is none, or where it was read before."""
        if not token or token in self.tokens or len(token) > MAX_TOKEN:
            return False
        self.tokens.append(token)
        return True


@dataclass(slots=True)
class Place:
    """How far a list was read."""

    since: str = ""
    round: Round | None = None

    def begin(self, now: datetime, overlap: timedelta, first: timedelta, reach: timedelta | None) -> Round:
        """Give the round that was cut, or a new one. It starts a little early: X may list a post late.

        Where the list reaches no farther back than `reach`, a round that was cut longer ago starts again.
        """
        oldest = id_at(now - reach) if reach else 0
        if self.round is None or _begun(self.round) < oldest:
            start = id_at(now - (overlap if self.since else first))
            since = min(start, int(self.since)) if self.since else start
            self.round = Round(str(since), self.since or str(start))
            if reach and since < oldest:
                self.round.start = f"{now - reach:%Y-%m-%dT%H:%M:%SZ}"
        return self.round

    def end(self) -> None:
        """Be through with the round."""
        if self.round is not None:
            self.since, self.round = self.round.newest, None


class State:
    """Everything that must survive a restart. Built from any JSON; `dump` gives it back."""

    def __init__(self, cursor: Any, account: str) -> None:
        stored = cursor if isinstance(cursor, dict) else {}
        same = text_of(stored.get("account")).lower() == account.lower()
        self.account = account
        self.account_id = id_of(stored.get("account_id")) if same else ""
        self.places = {"mentions": _place(stored.get("mentions") if same else None)}
        self.places["search"] = _place(stored.get("search"))
        self.seen = Seen(stored.get("seen"))
        self.spend = stored.get("spend")
        self.watch = Watch(stored.get("watch"))
        edits = stored.get("edits")
        self._edits = {str(name): id_of(one) for name, one in edits.items()} if isinstance(edits, dict) else {}

    def is_outdated(self, native_id: str, post_id: str) -> bool:
        """Say whether a later version of an edited post was given already; remember this one if not."""
        if native_id == post_id and native_id not in self._edits:
            return False
        if int(post_id or 0) < int(self._edits.get(native_id) or 0):
            return True
        self._edits[native_id] = post_id
        while len(self._edits) > EDITS:
            del self._edits[next(iter(self._edits))]
        return False

    def dump(self, spend: dict[str, Any]) -> dict[str, Any]:
        """Give the cursor."""
        return {
            "account": self.account,
            "account_id": self.account_id,
            **{name: asdict(place) for name, place in self.places.items()},
            "seen": self.seen.dump(),
            "edits": dict(self._edits),
            "watch": self.watch.dump(),
            "spend": spend,
        }


def _begun(part: Round) -> int:
    """Give from which id a round reads."""
    start = time_of(part.start)
    return id_at(start) + START_LEEWAY if start else int(part.since)


def _place(stored: Any) -> Place:
    if not isinstance(stored, dict):
        return Place()
    cut = stored.get("round")
    if not isinstance(cut, dict) or not id_of(cut.get("since")):
        return Place(id_of(stored.get("since")))
    tokens = cut.get("tokens")
    known = [str(token) for token in tokens] if isinstance(tokens, list) else []
    start = text_of(cut.get("start"))
    return Place(id_of(stored.get("since")), Round(id_of(cut["since"]), id_of(cut.get("newest")), start, known))
