"""Keeps one channel alive on its own: pulls, waits, backs off, parks; says what state it is in."""

from __future__ import annotations

import asyncio
import random
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from hub.pipeline.intake import take_items, take_page
from hub.plugin import (
    BadOptions,
    Channel,
    Item,
    NoPull,
    PluginError,
    Received,
    Request,
    Sink,
    Source,
    Throttled,
    TryAgain,
    Unauthorized,
)
from hub.settings import ChannelSettings
from hub.store.intake import Appended, channel_row, cursor_of, save_channel
from hub.store.store import Store

SHORTEST, LONGEST = 1.0, 900.0
"""Seconds: the rest after a first failure, and the longest one."""
CREDENTIALS_REST = 900.0
MAX_BUGS = 5
"""So many failures by bugs in a row park a channel."""
_log = structlog.get_logger()


@dataclass
class RunningChannel:
    """A configured channel and where it stands.

    States: starting, running, waiting, throttled, needs-credentials, parked, paused.
    """

    settings: ChannelSettings
    instance: Channel
    store: Store
    ring: Callable[[], None] = lambda: None
    """Called when there is something new to read."""
    state: str = "starting"
    reason: str = ""
    since: datetime | None = None
    began: datetime | None = None
    last_ok_at: datetime | None = None
    last_item_at: datetime | None = None
    fault: str = field(default="", repr=False)
    """The traceback of the last bug."""
    tally: Counter[str] = field(default_factory=Counter)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0
    bugs: int = 0
    lost_at: datetime | None = None
    """Since when it has failed without being well in between."""
    lost_as: str = ""
    """The state that its last failure put it in, whatever is tried meanwhile."""
    paused: bool = False
    reloads: int = 0

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self.settings.name

    @property
    def kind(self) -> str:
        """Which plugin's."""
        return self.instance.kind

    @property
    def title(self) -> str:
        """As pages show it."""
        return self.instance.title or self.kind

    @property
    def attribution(self) -> str:
        """What the source's terms ask to be shown."""
        return self.instance.attribution

    @property
    def source(self) -> Source | None:
        """The channel as a source."""
        return self.instance if isinstance(self.instance, Source) else None

    @property
    def sink(self) -> Sink | None:
        """The channel as a sink."""
        return self.instance if isinstance(self.instance, Sink) else None

    @property
    def is_silent(self) -> bool:
        """No item for longer than is usual here: no reports is not a dead feed, but somebody should look."""
        heard = self.last_item_at or self.began
        if self.source is None or self.state == "paused" or heard is None:
            return False
        return self.store.now() - heard > self.source.silent_after

    async def run(self) -> None:
        """Keep pulling for ever. Its failures are its own."""
        await self._recall()
        while True:
            rest = await self.run_once()
            self.wake.clear()
            try:
                async with asyncio.timeout(rest):
                    await self.wake.wait()
            except TimeoutError:
                continue

    async def run_once(self) -> float | None:
        """Pull once; give the seconds to rest, None for ever."""
        if self.source is None:
            await self._enter("waiting", "")
            return None
        if self.paused:
            await self._enter("paused", "")
            return None
        try:
            await self._enter("running", "")
            await self.pull()
        except NoPull:
            await self._enter("waiting", "")
            return None
        except Exception as error:  # noqa: BLE001 - a channel's failure is its own
            return await self._failed(error)
        await self._back()
        return self._every()

    async def pull(self) -> None:
        """Take in everything that is new. Raises what the source raises."""
        if self.source is None:
            return
        cursor = await self.store.read(lambda connection: cursor_of(connection, self.name))
        async with aclosing(self.source.pull(cursor)) as pages:  # type: ignore[type-var]  # generators can be closed
            async for page in pages:
                self._count(await take_page(self.store, self.name, page))
                self.failures = 0

    async def receive(self, request: Request) -> Received:
        """Take what was pushed: stored before it is answered."""
        if self.source is None:
            return Received(status=404)
        received = await self.source.receive(request)
        await self.take(received.items)
        return received

    async def take(self, items: Sequence[Item]) -> None:
        """Store items that were pushed, or written down on a page of the hub."""
        if not items:
            return
        taken = await take_items(self.store, self.name, items)
        self._count(taken)
        if not taken.items:
            _log.info("a push brought only what is here already", channel=self.name, repeats=taken.repeats)

    def _count(self, appended: Appended) -> None:
        now = self.store.now()
        self.last_ok_at = now
        self.tally["items"] += appended.items
        self.tally["repeats"] += appended.repeats
        self.tally["quarantined"] += appended.quarantined
        if appended.items:
            self.last_item_at = now
            self.ring()

    async def close(self) -> None:
        """Let the instance go."""
        await self.instance.close()

    def heed(self, *, paused: bool) -> None:
        """Rest, or go on, as an operator asked."""
        if paused != self.paused:
            self.paused = paused
            self.wake.set()

    async def replace(self, settings: ChannelSettings, instance: Channel) -> None:
        """Go on with another instance: its settings were read again."""
        before, self.settings, self.instance = self.instance, settings, instance
        self.failures = self.bugs = 0
        self.wake.set()
        await before.close()

    def _every(self) -> float:
        every = self.settings.every or (self.source.every if self.source is not None else timedelta(minutes=5))
        return every.total_seconds()

    async def _recall(self) -> None:
        row = await self.store.read(lambda connection: channel_row(connection, self.name))
        if row is not None:
            self.last_ok_at, self.last_item_at = row.last_ok_at, row.last_item_at
            self.paused, self.reloads = row.paused, row.reloads

    async def _back(self) -> None:
        if self.lost_at is not None:
            _log.info("channel is back", channel=self.name)
        self.lost_at, self.lost_as = None, ""
        self.failures = self.bugs = 0
        self.last_ok_at = self.store.now()
        await self._enter("waiting", "")

    async def _failed(self, error: Exception) -> float | None:
        match error:
            case Unauthorized():
                return await self._lost("needs-credentials", str(error), CREDENTIALS_REST)
            case BadOptions():
                return await self._lost("parked", str(error), None)
            case Throttled():
                until = error.until or self.store.now() + timedelta(seconds=60)
                rest = max(1.0, (until - self.store.now()).total_seconds())
                return await self._lost("throttled", str(error), rest)
            case TryAgain() if error.after is not None:
                return await self._lost("waiting", str(error), error.after.total_seconds())
            case PluginError():
                return await self._lost("waiting", str(error), self._backoff())
        return await self._broken(error)

    async def _broken(self, error: Exception) -> float | None:
        self.bugs += 1
        self.fault = "".join(traceback.format_exception(error))
        if self.lost_at is None:
            _log.error("channel failed by a bug", channel=self.name, exc_info=error)
        reason = f"bug: {type(error).__name__}"
        if self.bugs >= MAX_BUGS:
            return await self._lost("parked", reason, None)
        return await self._lost("waiting", reason, self._backoff())

    async def _lost(self, state: str, reason: str, rest: float | None) -> float | None:
        if self.lost_at is None:
            _log.warning("channel is lost", channel=self.name, state=state, reason=reason)
        self.lost_at, self.lost_as = self.lost_at or self.store.now(), state
        self.failures += 1
        await self._enter(state, reason)
        return rest

    def _backoff(self) -> float:
        # Full jitter: many channels of one dead server do not come back in step.
        return random.uniform(SHORTEST, max(SHORTEST, min(LONGEST, SHORTEST * 2**self.failures)))  # noqa: S311

    async def _enter(self, state: str, reason: str) -> None:
        if (state, reason) == (self.state, self.reason):
            return
        self.state, self.reason, self.since = state, reason, self.store.now()
        self.began = self.began or self.since
        values: dict[str, Any] = {"kind": self.kind, "state": state, "state_reason": reason[:500]}
        values["state_at"] = self.since
        if self.last_ok_at is not None:
            values["last_ok_at"] = self.last_ok_at
        await self.store.write(lambda connection: save_channel(connection, self.name, values))
