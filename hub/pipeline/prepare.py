"""Reads stored items by their sources and understands the complaints in them: before the transaction, never in it."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

from hub.citizen_note import FORMAT, read_note
from hub.plugin import Addition, Complaint, Item, Reading, Skip, Source
from hub.replies import bundled_wording
from hub.replies.echo import Echo
from hub.rows import read_row
from hub.store.blobs import Blobs
from hub.store.intake import RawItem
from hub.store.storable import make_storable
from normalizer.complaint import Understanding
from normalizer.duty import role_of
from normalizer.understand import Normalizer

Refine = Callable[[Complaint, Understanding], Understanding]
SMALL = 64
"""So few complaints are understood here; more are shared out to other processes."""


@dataclass(slots=True)
class Prepared:
    """A stored item with what it says, ready for the transaction."""

    item: RawItem
    readings: tuple[Reading, ...] = ()
    understood: tuple[Understanding | None, ...] = ()
    """One for each reading: of complaints and additions only."""
    problem: str = ""
    """Why it is quarantined."""


@dataclass
class Understander:
    """Runs the normalizer over many complaints, on all cores where that pays."""

    make: Callable[[], Normalizer]
    """Builds the normalizer, here and again in each helper: that is quicker than sending it there."""
    processes: int = 0
    """How many helpers; 0 = none, everything is done here."""
    normalizer: Normalizer = field(init=False, repr=False)
    _pool: ProcessPoolExecutor | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.normalizer = self.make()

    async def understand(self, complaints: Sequence[Complaint]) -> list[Understanding | str]:
        """Understand each complaint, in order; where the rules fail at one, the reason stands in its place."""
        if len(complaints) <= SMALL or self.processes == 0:
            return await asyncio.to_thread(_understand_all, self.normalizer, complaints)
        loop = asyncio.get_running_loop()
        size = -(-len(complaints) // self.processes)
        parts = [complaints[start : start + size] for start in range(0, len(complaints), size)]
        # Photos and documents stay here: the normalizer reads words and numbers only.
        slim = [[_without_files(complaint) for complaint in part] for part in parts]
        results = await asyncio.gather(*(loop.run_in_executor(self._workers(), _work, part) for part in slim))
        return [understanding for part in results for understanding in part]

    def close(self) -> None:
        """Let the helpers go."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self.make,),
            )
        return self._pool


_mine: Normalizer


def _begin(make: Callable[[], Normalizer]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _mine  # noqa: PLW0603 - a pool's process has no other place for what it is given once
    _mine = make()
    gc.freeze()


def _end_with_parent() -> None:
    """A hub that was killed outright cannot let its helpers go: they see for themselves that it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(complaints: Sequence[Complaint]) -> list[Understanding | str]:
    return _understand_all(_mine, complaints)


def _understand_all(normalizer: Normalizer, complaints: Sequence[Complaint]) -> list[Understanding | str]:
    return [_understand(normalizer, complaint) for complaint in complaints]


def _understand(normalizer: Normalizer, complaint: Complaint) -> Understanding | str:
    try:
        return normalizer.understand(complaint)
    except Exception as error:  # noqa: BLE001 - words that the rules choke on must not hold up the others
        return describe(error)


def _without_files(complaint: Complaint) -> Complaint:
    return complaint.model_copy(update={"attachments": ()}) if complaint.attachments else complaint


@dataclass(frozen=True, slots=True)
class Preparer:
    """Turns raw items into prepared ones. A bad item never fails its neighbours."""

    sources: Callable[[str], Source | None]
    understander: Understander
    refine: Refine
    blobs: Blobs
    echo: Echo = field(default_factory=lambda: Echo(bundled_wording()))

    async def prepare(self, items: Sequence[RawItem]) -> list[Prepared]:
        """Read and understand."""
        read = await asyncio.to_thread(lambda: [self.read(item) for item in items])
        wanted = [words for one in read for reading in one.readings if (words := _complaint_in(reading)) is not None]
        results = iter(await self.understander.understand(wanted))
        for one in read:
            self._fill(one, results)
        return read

    def _fill(self, one: Prepared, results: Iterator[Understanding | str]) -> None:
        understood: list[Understanding | None] = []
        for reading in one.readings:
            words = _complaint_in(reading)
            made = next(results) if words is not None else None
            if isinstance(made, str):
                one.problem, made = made, None
            understood.append(self.refine(words, made) if words is not None and made is not None else None)
        one.understood = tuple(understood)

    def read(self, item: RawItem) -> Prepared:
        """Ask the item's source what it means."""
        try:
            readings = self._readings(replace(item, body=item.body or self._body(item)))
            return Prepared(item, tuple(make_storable(self._heard(reading)) for reading in readings))
        except Exception as error:  # noqa: BLE001 - whatever a reader raises quarantines this item only
            return Prepared(item, problem=describe(error))

    def _heard(self, reading: Reading) -> Reading:
        """Two hubs must not thank each other for ever: what begins with our own words is no complaint."""
        words = _complaint_in(reading)
        if words is not None and self.echo.hears(words.words):
            return Skip(reason="an acknowledgement, not a complaint")
        return _with_role(reading) if isinstance(reading, Complaint) else reading

    def _body(self, item: RawItem) -> bytes:
        return self.blobs.get(item.blob) if item.blob else b""

    def _readings(self, item: RawItem) -> Sequence[Reading]:
        if item.meta.get("format") == "row":
            return [read_row(item.body, item.meta)]
        if item.meta.get("format") == FORMAT:
            return [read_note(Item(item.native_id, item.body))]
        source = self.sources(item.channel)
        if source is None:
            raise LookupError(f"no channel {item.channel} is configured that could read it")
        return source.read(Item(item.native_id, item.body, meta=item.meta))


def _with_role(complaint: Complaint) -> Complaint:
    """Note who reports by duty, where the channel did not say."""
    person = complaint.reporter
    role = role_of(person.name or person.handle, complaint.words) if person is not None and not person.role else ""
    if not role or person is None:
        return complaint
    return complaint.model_copy(update={"reporter": person.model_copy(update={"role": role})})


def _complaint_in(reading: Reading) -> Complaint | None:
    if isinstance(reading, Complaint):
        return reading
    return reading.complaint if isinstance(reading, Addition) else None


def describe(error: BaseException) -> str:
    """Name an error without what it was about: its words may be a citizen's."""
    if isinstance(error, LookupError) and error.args and str(error.args[0]).startswith("no channel"):
        return str(error.args[0])
    reason = str(error) if isinstance(error, ValueError) and len(error.args) == 1 and len(str(error)) < 120 else ""
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__
