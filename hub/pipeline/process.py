"""The processing loop: unread items become complaints and reports, in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from hub.metrics import Metrics
from hub.pipeline.batch import Batch
from hub.pipeline.house import House
from hub.pipeline.prepare import Prepared, Preparer
from hub.store.engine import StoreError
from hub.store.intake import RawItem, fresh_items, settle_items
from hub.store.store import Store

BATCH = 300
REST = 1.0
"""Seconds between two looks when nobody rings."""
_log = structlog.get_logger()


@dataclass
class Processor:
    """Reads what is unread. Several may work on one database."""

    store: Store
    preparer: Preparer
    house: House
    after: Callable[[], None] = lambda: None
    """Called after each batch: there may be something to deliver."""
    batch: int = BATCH
    metrics: Metrics = field(default_factory=Metrics)
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """Say that there is something to read."""
        self._bell.set()

    async def run(self) -> None:
        """Process for ever."""
        while True:
            self._bell.clear()
            if not await self.run_once():
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(REST):
                await self._bell.wait()
        except TimeoutError:
            return

    async def run_once(self) -> int:
        """Process all that is unread now; give how many items. The next batch is understood while one is written."""
        done = 0
        ahead = await self._prepare(0)
        while ahead:
            upcoming = asyncio.create_task(self._prepare(ahead[-1].item.id))
            try:
                await self._write(ahead)
            finally:
                following = await upcoming
            done += len(ahead)
            ahead = following
            self.after()
        return done

    async def _prepare(self, after: int) -> list[Prepared]:
        items: Sequence[RawItem] = await self.store.read(lambda connection: fresh_items(connection, self.batch, after))
        return await self.preparer.prepare(items) if items else []

    async def _write(self, prepared: Sequence[Prepared]) -> None:
        """Write a batch. An item that brings it down is found by halves and quarantined, the rest goes in."""
        now = self.store.now()
        try:
            with self.metrics.timed("batch"):
                tally = await self.store.write(lambda connection: Batch(connection, self.house, now).apply(prepared))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one poisonous item must not hold up all that came with it
            if len(prepared) == 1:
                await self._quarantine(prepared[0].item, error)
                return
            middle = len(prepared) // 2
            await self._write(prepared[:middle])
            await self._write(prepared[middle:])
            return
        self.tally.update(tally)
        for (channel, outcome), count in tally.items():
            self.metrics.item(channel, outcome, count)

    async def _quarantine(self, item: RawItem, error: Exception) -> None:
        _log.exception("an item cannot be processed", channel=item.channel, item=item.id)
        result = {("quarantined", "quarantined", f"bug: {type(error).__name__}"): [item.id]}
        await self.store.write(lambda connection: settle_items(connection, result))
        self.tally[item.channel, "quarantined"] += 1
