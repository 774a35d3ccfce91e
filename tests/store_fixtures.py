"""A small house for tests of the store and the pipeline: a channel that says what it is told to say, and a hub's works.

Everything in it is made up.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hub.clock import Clock, ManualClock
from hub.pipeline.again import Again
from hub.pipeline.desk import Desk
from hub.pipeline.dispatch import Dispatcher
from hub.pipeline.house import House
from hub.pipeline.intake import take_items
from hub.pipeline.prepare import Preparer, Understander
from hub.pipeline.process import Processor
from hub.plugin import (
    Addition,
    Complaint,
    Delivery,
    Ended,
    FollowUp,
    Item,
    Manner,
    Notice,
    Outcome,
    Reading,
    Receipt,
    Reply,
    Reporter,
    Sink,
    Skip,
    Source,
)
from hub.replies import ReplyRules
from hub.store import tables
from hub.store.intake import Appended, NewItem, append_items
from hub.store.store import Store
from normalizer.complaint import Understanding
from normalizer.region import Region
from normalizer.understand import Normalizer

NOW = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Complaint, Addition, FollowUp, Ended, Outcome, Skip)}
HERE = (-6.2349, 106.8221)
"""A street corner in Jakarta Selatan."""


@dataclass(frozen=True)
class Database:
    """A database of its own for one test; any number of stores may be opened on it."""

    url: str
    blobs: Path

    @asynccontextmanager
    async def opened(self, clock: Clock) -> AsyncIterator[Store]:
        store = await Store(self.url, self.blobs, clock).open()
        try:
            yield store
        finally:
            await store.close()


def make_tables(url: str) -> None:
    async def make() -> None:
        await (await Store(url, Path("unused")).open()).close()

    asyncio.run(make())


# ---------------------------------------------------------------------------------------------------- what is said


def said(native_id: str, text: str = "banjir setinggi lutut", *, at: datetime = NOW, **others: Any) -> Complaint:
    """A complaint with a position, unless told otherwise; `who` is its reporter's handle."""
    who = others.pop("who", f"akun-{native_id}")
    place = dict(zip(("lat", "lon"), others.pop("here", HERE) or (None, None), strict=True))
    reporter = Reporter(handle=who) if who else None
    return Complaint(native_id=native_id, text=text, created_at=at, reporter=reporter, **place, **others)


def near(metres: float) -> tuple[float, float]:
    """A position so many metres north of the corner."""
    return HERE[0] + metres / 111_320, HERE[1]


def item(native_id: str, *readings: Reading, **members: Any) -> Item:
    """A raw item that reads as these."""
    spelled = [[type(reading).__name__, json.loads(reading.model_dump_json())] for reading in readings]
    return Item(native_id, json.dumps(spelled).encode(), **members)


def items(*readings: Any) -> list[Item]:
    """One raw item for each reading, under the reading's own id."""
    return [item(reading.native_id, reading) for reading in readings]


# ------------------------------------------------------------------------------------------------------- the channel


class Mouth(Source, Sink):
    """Reads what `item` spelled, and takes deliveries as its script says."""

    kind = "mouth"

    def __init__(self, name: str = "mouth", **manner: Any) -> None:
        self.name = name
        self.manner = Manner(**manner)  # type: ignore[misc]  # every test has its own
        self.got: list[Delivery] = []
        self.script: Callable[[Delivery], None] = lambda _delivery: None
        self.takes: Callable[[Notice | Reply], bool] = lambda parcel: isinstance(parcel, Reply)

    def read(self, item: Item) -> Sequence[Reading]:
        return [KINDS[kind].model_validate(value) for kind, value in json.loads(item.body)]

    def wants(self, parcel: Notice | Reply) -> bool:
        return self.takes(parcel)

    async def deliver(self, delivery: Delivery) -> Receipt:
        self.script(delivery)
        self.got.append(delivery)
        return Receipt(remote_id=delivery.key)


def officials(name: str = "crop", *, sealed: bool = False) -> Mouth:
    """A sink of reports, as CROP is one: sealed ones are not for it."""
    sink = Mouth(name)
    sink.takes = lambda parcel: isinstance(parcel, Notice) and (sealed or parcel.report.handling == "open")
    return sink


# --------------------------------------------------------------------------------------------------------- the works


@dataclass
class Works:
    """The pipeline of a hub without the hub: intake, processor, desk, dispatchers over one store."""

    store: Store
    region: Region
    normalizer: Normalizer
    mouths: dict[str, Mouth] = field(default_factory=dict)
    decides: frozenset[str] = frozenset()
    refine: Callable[[Complaint, Understanding], Understanding] = lambda _complaint, understanding: understanding

    rules: ReplyRules = field(default_factory=lambda: ReplyRules(acknowledgements=0))
    """Without thanks, unless a test is about them."""

    def __post_init__(self) -> None:
        self.house = House(self.region, dict(self.mouths), decides=self.decides, replies=self.rules)
        self.preparer = Preparer(self._source, Understander(lambda: self.normalizer), self.refine, self.store.blobs)
        self.processor = Processor(self.store, self.preparer, self.house)
        self.again = Again(self.store, self.normalizer, self.house, self.refine)
        self.desk = Desk(self.store, self.house, self.normalizer._placer)

    def _source(self, name: str) -> Source | None:
        return self.mouths.get(name)

    @property
    def clock(self) -> ManualClock:
        assert isinstance(self.store.clock, ManualClock)
        return self.store.clock

    def sized(self, batch: int) -> Works:
        """The same works, taking so many items in one transaction."""
        self.processor = replace(self.processor, batch=batch)
        return self

    async def take(self, channel: str, *said: Any) -> Appended:
        """Store items (or readings, each as an item) as if the channel had pushed them."""
        spelled = [one if isinstance(one, Item) else item(one.native_id, one) for one in said]
        return await take_items(self.store, channel, spelled)

    async def take_all(self, pieces: Sequence[tuple[str, Item]]) -> None:
        """Store items of several channels in their order, in one transaction."""
        rows = [(channel, NewItem(one.native_id, one.mark, one.body)) for channel, one in pieces]
        await self.store.write(lambda connection: append_items(connection, rows, self.store.now()))

    async def hear(self, channel: str, *said: Any) -> Counter[str]:
        """Take items in and process them; how many came to what."""
        before = Counter(self.processor.tally)
        await self.take(channel, *said)
        await self.processor.run_once()
        return Counter({what: count for (_, what), count in (self.processor.tally - before).items()})

    async def deliver(self, channel: str, *, lease: str = "one") -> int:
        """Try what is due on a channel until nothing is."""
        dispatcher, tried = Dispatcher(self.store, channel, self.mouths[channel], lease=lease), 0
        while count := await dispatcher.run_once():
            tried += count
        return tried

    async def later(self, channel: str, by: timedelta) -> int:
        """Let time pass, then deliver."""
        self.clock.advance(by)
        return await self.deliver(channel)

    # ------------------------------------------------------------------------------------------------ what is there

    async def rows(self, table: str, *order: str, **where: Any) -> list[Any]:
        """Rows of a table, by its key unless another order is named."""
        chosen = tables.metadata.tables[table]
        statement = select(chosen).order_by(*(chosen.c[name] for name in order or [c.name for c in chosen.primary_key]))
        for name, value in where.items():
            statement = statement.where(chosen.c[name] == value)
        return await self.store.read(lambda connection: list(connection.execute(statement)))

    async def report(self, **where: Any) -> Any:
        """The only report there is (of those asked for)."""
        (row,) = await self.rows("reports", **where)
        return row

    async def complaint(self, native_id: str) -> Any:
        (row,) = await self.rows("complaints", native_id=native_id)
        return row

    async def report_of(self, native_id: str) -> Any:
        return await self.report(id=(await self.complaint(native_id)).report)

    async def deliveries(self, **where: Any) -> list[Any]:
        return await self.rows("deliveries", **where)
