"""The channel: polls every feed, gives all its alerts, and says which ones have ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from hub.plugin import (
    Audience,
    BadOptions,
    Context,
    Ended,
    Item,
    Page,
    PluginError,
    Reading,
    Secret,
    Skip,
    Source,
    Throttled,
    Unauthorized,
)
from plugins.waze.alert import Alert, is_strong, sight
from plugins.waze.feed import poll, sum_up
from plugins.waze.vanish import Memory

PAGE = 500
AHEAD = timedelta(minutes=5)
"""How far a feed's clock may run before ours."""
REST = timedelta(hours=1)
"""How long a refused feed is left alone while others of the channel answer."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What a feed answered."""

    key: str
    end: int
    """Milliseconds since 1970, UTC."""
    alerts: Sequence[Any]


class Waze(Source):
    """Alerts of Waze for Cities partner feeds. Anonymous, and without a way back."""

    kind: ClassVar[str] = "waze"
    title: ClassVar[str] = "Waze"
    audience: ClassVar[Audience] = "public"
    attribution: ClassVar[str] = "Data provided by Waze App. Learn more at Waze.com"
    every: ClassVar[timedelta] = timedelta(minutes=2)
    silent_after: ClassVar[timedelta] = timedelta(hours=2)

    class Options(BaseModel):
        """One URL for each area that the partner manages; the token inside it is the password."""

        model_config = ConfigDict(hide_input_in_errors=True)

        feeds: list[Secret] = Field(min_length=1, description="Feed URLs from the Waze Partner Hub, one for each area.")
        include_jams: bool = Field(default=False, description="Take heavy and standing jams as complaints.")
        ended_after: int = Field(
            default=3, ge=1, description="Good polls that an alert must be missing from before it counts as ended."
        )

    options: Options

    def __init__(self, options: BaseModel, context: Context) -> None:
        super().__init__(options, context)
        urls = [secret.get_secret_value().strip() for secret in self.options.feeds]
        for number, url in enumerate(urls, start=1):
            if not url.lower().startswith(("http://", "https://")):
                raise BadOptions(f"feed {number} is no http or https address")
        self._urls = {hashlib.sha256(url.encode()).hexdigest()[:12]: url for url in urls}
        self._resting: dict[str, tuple[datetime, PluginError]] = {}
        self._unheard: set[str] = set()

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give every alert of every feed that answers, then raise for those that do not.

        Only the last page moves the cursor: all before it can be given again, the host drops repeats.
        """
        polls, failures = await self._poll_all()
        memory = Memory(cursor, self._urls)
        items = self._take(polls, memory)
        items += [ended_item(uuid) for uuid in memory.ended(self.options.ended_after)]
        chunks = [items[at : at + PAGE] for at in range(0, len(items), PAGE)] or [[]]
        if polls:
            for chunk in chunks[:-1]:
                yield Page(chunk, cursor)
            yield Page(chunks[-1], memory.dump())
        if failures:
            raise sum_up(failures, len(self._urls), self.every)

    def read(self, item: Item) -> Sequence[Reading]:
        """Give the complaint, its end, or the reason why there is none. Raises `Unusable` for a wreck."""
        body = json.loads(item.body)
        if body == ended_body(item.native_id):
            return [Ended(native_id=item.native_id, why="vanished")]
        alert = Alert.parse(body)
        strong = is_strong(body) or item.meta.get("strong") == "yes"
        verdict = alert.judge(strong=strong, jams=self.options.include_jams)
        if verdict.skip:
            return [Skip(reason=verdict.skip)]
        polled = item.meta.get("polled")
        return [alert.complaint(verdict, datetime.fromisoformat(polled) if polled else None)]

    async def _poll_all(self) -> tuple[list[Poll], dict[int, PluginError]]:
        polls: list[Poll] = []
        failures: dict[int, PluginError] = {}
        for number, (key, url) in enumerate(self._urls.items(), start=1):
            try:
                polls.append(await self._poll(key, url))
            except PluginError as problem:
                failures[number] = problem
        if not polls:
            self._resting.clear()  # nothing else to spare: the host paces the channel as a whole
        return polls, failures

    async def _poll(self, key: str, url: str) -> Poll:
        now = self.context.clock()
        until, problem = self._resting.get(key, (now, None))
        if problem and now < until:
            raise problem
        try:
            answer = await poll(self.context.http, url, now)
        except (Unauthorized, Throttled) as refusal:
            self._resting[key] = ((isinstance(refusal, Throttled) and refusal.until) or now + REST, refusal)
            raise
        return Poll(key, window_end(answer.end, now), answer.alerts)

    def _take(self, polls: Sequence[Poll], memory: Memory) -> list[Item]:
        """Make the items, each alert once though areas overlap, and note in the memory who was there."""
        known, now = memory.known, self.context.clock()
        items: dict[str, Item] = {}
        for answer in polls:
            seen = [sight(raw, known=known, jams=self.options.include_jams, polled=now) for raw in answer.alerts]
            for sighting in seen:
                items.setdefault(sighting.item.native_id, sighting.item)
                self._hear(sighting.unheard)
            complaints = {sighting.item.native_id for sighting in seen if sighting.counts}
            everybody = {sighting.item.native_id for sighting in seen}
            memory.feeds[answer.key].take(answer.end, complaints, everybody - complaints)
        return list(items.values())

    def _hear(self, name: str) -> None:
        """Log a type that the table does not know, once, and not without end."""
        if name and name not in self._unheard and len(self._unheard) < 100:
            self._unheard.add(name)
            self.context.log.warning("unknown Waze type", type=name[:100])


def ended_body(uuid: str) -> dict[str, str]:
    """Say that an alert is gone; no alert of a feed looks like this."""
    return {"uuid": uuid, "gone": "ended"}


def ended_item(uuid: str) -> Item:
    """Give the item of an alert that is gone. Should it come back, it is a revision again."""
    return Item(uuid, json.dumps(ended_body(uuid)).encode(), fingerprint="ended")


def window_end(reported: int | None, now: datetime) -> int:
    """Give the end of a feed's window; ours where the feed names none, or one that cannot be yet."""
    ours = int(now.timestamp() * 1000)
    latest = ours + int(AHEAD.total_seconds() * 1000)
    return ours if reported is None else min(reported, latest)
