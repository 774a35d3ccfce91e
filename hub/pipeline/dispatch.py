"""Delivers what is due: leased, in order for each report, by a durable schedule, behind a breaker for each channel."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from hub.metrics import Metrics
from hub.pipeline.outbox import PARCEL
from hub.plugin import (
    Delivery,
    PluginError,
    Rejected,
    Reply,
    Reporter,
    Sink,
    Throttled,
    TryAgain,
    Unauthorized,
    WindowClosed,
)
from hub.store import deliveries, people
from hub.store.deliveries import Leased
from hub.store.intake import save_channel
from hub.store.store import Store

SCHEDULE = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Rest before each try, after Standard Webhooks 1.0: 75 h 35 min 5 s in all, then the delivery is dead."""
IN_FLIGHT = 32
RATE_WINDOW = timedelta(minutes=15)
"""`Manner.rate` is kept on average over this time, as X counts (100 posts in 15 minutes)."""
BREAK_AFTER = 3
"""So many failures in a row open the breaker."""
MAX_BREAK = timedelta(minutes=5)
PATIENCE = timedelta(days=30)
"""How long a reply waits for its citizen to write first."""
UNAUTHORIZED_BREAK = timedelta(minutes=15)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a try ended: what is written to its row, and what it says about the channel."""

    values: Mapping[str, Any]
    healthy: bool = True
    """False where the channel itself seems to be down."""
    until: datetime | None = None
    """The channel asks for a rest until then."""
    state: str = ""
    """The channel's state, where it should change."""


@dataclass
class Dispatcher:
    """One channel's deliveries."""

    store: Store
    channel: str
    sink: Sink
    lease: str = field(default_factory=lambda: secrets.token_hex(8))
    jitter: random.Random = field(default_factory=random.Random)
    metrics: Metrics = field(default_factory=Metrics)
    patience: timedelta = PATIENCE
    state: str = ""
    """What the last try says of the channel: empty while all is well."""
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    _recent: deque[datetime] = field(default_factory=deque)
    """When the tries of the last quarter of an hour began, where the channel takes only so many."""

    async def run(self, rest: float = 1.0) -> None:
        """Deliver for ever."""
        while True:
            self.bell.clear()
            if not await self.run_once():
                await self._wait(rest)

    async def _wait(self, rest: float) -> None:
        try:
            async with asyncio.timeout(rest):
                await self.bell.wait()
        except TimeoutError:
            return

    async def run_once(self) -> int:
        """Try what is due now; give how many were tried."""
        now = self.store.now()
        room = self._room(now)
        if room <= 0:
            await self._rest_until(self._recent[0] + RATE_WINDOW)
            return 0
        leased, probe = await self.store.write(lambda connection: self._lease(connection, now, room))
        if not leased:
            return 0
        self._recent.extend([now] * len(leased))
        endings = await asyncio.gather(*(self._try(one, probe=probe) for one in leased))
        await self._heed(endings)
        return len(leased)

    def _room(self, now: datetime) -> int:
        """Say how many the channel takes now: the most urgent of what is due go first, the others wait their turn."""
        if not self.sink.manner.rate:
            self._recent.clear()
            return IN_FLIGHT
        while self._recent and self._recent[0] + RATE_WINDOW <= now:
            self._recent.popleft()
        most = max(1, int(self.sink.manner.rate * (RATE_WINDOW / timedelta(minutes=1))))
        return min(IN_FLIGHT, most - len(self._recent))

    async def _rest_until(self, until: datetime) -> None:
        now = self.store.now()
        waits = await self.store.write(lambda c: deliveries.postpone(c, self.channel, now, until))
        self.state = "throttled" if waits else ""

    def _lease(self, connection: Connection, now: datetime, room: int) -> tuple[list[Leased], bool]:
        deliveries.reclaim(connection, now, alone=False)
        failures, open_until = deliveries.breaker_of(connection, self.channel)
        if open_until is not None and open_until > now:
            return [], False
        probe = failures >= BREAK_AFTER
        return deliveries.lease_due(connection, self.channel, self.lease, now, room, probe=probe), probe

    async def _try(self, leased: Leased, *, probe: bool) -> Ending:
        ending = await self._deliver(leased)
        values = dict(ending.values)
        if probe and not ending.healthy:
            # While the channel is down its rows only wait: a probe burns none of their tries.
            values = {
                "state": "due",
                "uncertain": values.get("uncertain", leased.uncertain),
                "reason": values["reason"],
            }
        await self.store.write(lambda connection: deliveries.settle(connection, leased.id, self.lease, values))
        self.metrics.delivery(self.channel, leased.kind, str(values["state"]))
        return ending

    async def _deliver(self, leased: Leased) -> Ending:
        now = self.store.now()
        try:
            parcel = PARCEL.validate_json(leased.parcel)
            to = await self._citizen(leased.reporter) if leased.kind == "reply" and leased.reporter else None
            delivery = Delivery(
                leased.key, parcel, leased.parcel, leased.attempts + 1, leased.uncertain, to, leased.heard_at
            )
            delivery = await self._in_window(delivery, leased.reporter, now)
            receipt = await self.sink.deliver(delivery)
        except PluginError as error:
            return self._ending(leased, error, now)
        except Exception as error:  # noqa: BLE001 - a bug in a plugin is retried with a cap, never fatal to the host
            _log.error("delivery failed by a bug", channel=self.channel, key=leased.key, exc_info=error)
            return self._ending(leased, TryAgain(f"bug: {type(error).__name__}", uncertain=True), now)
        return Ending(
            {
                "state": "sent",
                "remote_id": receipt.remote_id,
                "reason": receipt.note,
                "settled_at": self.store.now(),
                "attempts": leased.attempts + 1,
                "uncertain": False,
            }
        )

    async def _in_window(self, delivery: Delivery, reporter: str | None, now: datetime) -> Delivery:
        """Try no reply that the channel would refuse because its citizen has been silent for too long.

        What they said of other complaints counts too. Raises WindowClosed.
        """
        if not isinstance(delivery.parcel, Reply) or delivery.heard_at is None:
            return delivery
        window = self.sink.manner_of(delivery.parcel.reply_context).window
        if window is None or now - delivery.heard_at <= window:
            return delivery
        heard_at = await self.store.read(lambda connection: people.heard_at(connection, reporter)) if reporter else None
        if heard_at is None or now - heard_at > window:
            raise WindowClosed("the citizen must write first")
        return replace(delivery, heard_at=heard_at)

    async def _citizen(self, key: str) -> Reporter:
        found = await self.store.read(lambda connection: people.reporter(connection, key))
        if found is None:
            raise Rejected("the reporter was erased")
        return found

    def _ending(self, leased: Leased, error: PluginError, now: datetime) -> Ending:
        reason = str(error)[:500] or type(error).__name__
        match error:
            case Rejected():
                state = "undeliverable" if leased.kind == "reply" else "dead"
                return Ending({"state": state, "reason": reason, "settled_at": now, "attempts": leased.attempts + 1})
            case WindowClosed():
                waits = {"state": "waiting", "waits_for": "citizen", "reason": reason, "next_at": now + self.patience}
                return Ending({**waits, "attempts": leased.attempts + 1})
            case Unauthorized():
                waits = {"state": "due", "reason": reason, "next_at": now}
                return Ending(waits, healthy=False, until=now + UNAUTHORIZED_BREAK, state="needs-credentials")
            case Throttled():
                # A time that has passed is no time: it would be tried again and again without a pause.
                until = error.until if error.until is not None and error.until > now else now + SCHEDULE[1]
                waits = {"state": "due", "reason": reason, "next_at": until}
                return Ending(waits, until=until, state="throttled")
        again = error if isinstance(error, TryAgain) else TryAgain(reason)
        return Ending(self._later(leased, again, reason, now), healthy=False)

    def _later(self, leased: Leased, error: TryAgain, reason: str, now: datetime) -> dict[str, Any]:
        attempts = leased.attempts + 1
        values = {"attempts": attempts, "uncertain": error.uncertain or leased.uncertain, "reason": reason}
        if attempts >= len(SCHEDULE):
            return {**values, "state": "dead", "settled_at": now}
        rest = error.after or SCHEDULE[attempts] * self.jitter.uniform(0.9, 1.1)
        return {**values, "state": "due", "next_at": now + rest}

    async def _heed(self, endings: list[Ending]) -> None:
        """Open or close the breaker by what the tries say of the channel."""
        now = self.store.now()
        asked = max((ending.until for ending in endings if ending.until is not None), default=None)
        self.state = next((ending.state for ending in endings if ending.state), "")
        healthy = any(ending.healthy and ending.until is None for ending in endings)
        await self.store.write(lambda connection: self._breaker(connection, now, asked, healthy=healthy))

    def _breaker(self, connection: Connection, now: datetime, asked: datetime | None, *, healthy: bool) -> None:
        failures, _ = deliveries.breaker_of(connection, self.channel)
        if asked is not None:
            save_channel(connection, self.channel, {"failures": max(failures, BREAK_AFTER), "open_until": asked})
        elif healthy:
            if failures:
                deliveries.wake_channel(connection, self.channel, now)
        else:
            failures += 1
            over = max(0, failures - BREAK_AFTER)
            rest = min(MAX_BREAK, timedelta(seconds=5 * 2 ** min(over, 10)))
            until = now + rest if failures >= BREAK_AFTER else None
            save_channel(connection, self.channel, {"failures": failures, "open_until": until})
            self.state = "waiting" if failures >= BREAK_AFTER else ""
