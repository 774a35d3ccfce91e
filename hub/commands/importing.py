"""`aduan import`: complaints from a file of JSON lines, through the same intake and processing as every channel's."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from hub.commands.screen import to_people
from hub.host import Hub
from hub.rows import Row, parse_row
from hub.store.intake import NewItem, append_items

CHUNK = 1000
BATCH = 1000
"""Nobody waits for single complaints of a file, so more of them share a transaction than in a serving hub."""
CHUNK_BYTES = 8_000_000
MAX_LINE = 1_000_000


@dataclass
class Imported:
    """What a file came to."""

    lines: int = 0
    repeats: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    """Each bad line with its number and what is wrong."""


class Import:
    """One run over one file."""

    def __init__(self, hub: Hub, file: Path) -> None:
        self.hub = hub
        self.file = file
        self.result = Imported()
        self._zone = ZoneInfo(hub.region.zone)
        hub.processor.batch = BATCH

    async def run(self) -> Imported:
        """Take the file in and process everything unread."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=(people := to_people()),
            transient=True,
            disable=not people.is_terminal,
        ) as progress:
            bar = progress.add_task(self.file.name, total=None)
            self.hub.processor.after = lambda: progress.update(bar, completed=sum(self.hub.processor.tally.values()))
            taking = asyncio.create_task(self._take_all())
            while not taking.done():
                if not await self.hub.processor.run_once():
                    await asyncio.wait([taking], timeout=0.05)
            await taking
            progress.update(bar, total=self.result.lines)
            await self.hub.processor.run_once()
        return self.result

    async def _take_all(self) -> None:
        for chunk in _chunks(self.file):
            items = await asyncio.to_thread(self._items, chunk)
            now = self.hub.store.now()
            appended = await self.hub.store.write(lambda c, items=items, now=now: append_items(c, items, now))  # type: ignore[misc]
            self.hub.processor.ring()
            self.result.repeats.update(appended.repeated)

    def _items(self, chunk: Sequence[tuple[int, bytes]]) -> list[tuple[str, NewItem]]:
        items = []
        meta = {"format": "row", "zone": self.hub.region.zone, "at": self.hub.store.now().isoformat()}
        for number, line in chunk:
            if not line.strip():
                continue
            self.result.lines += 1
            try:
                row = _read(line, self._zone, self.hub.store.now())
            except ValueError as error:
                self.result.bad.append(f"{self.file}:{number}: {_plain(error)}")
                continue
            items.append((row.channel, NewItem(row.id, hashlib.sha256(line).hexdigest(), line, meta=meta)))
        return items


def _read(line: bytes, zone: ZoneInfo, now: datetime) -> Row:
    if len(line) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE:,} bytes")
    return parse_row(line, zone, now)


def _chunks(file: Path) -> Iterator[list[tuple[int, bytes]]]:
    chunk: list[tuple[int, bytes]] = []
    size = 0
    for number, line in enumerate(_lines(file), start=1):
        chunk.append((number, line))
        size += len(line)
        if len(chunk) == CHUNK or size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _lines(file: Path) -> Iterator[bytes]:
    """Give each line; of one that is too long only so much that it is seen to be."""
    with file.open("rb") as stream:
        while line := stream.readline(MAX_LINE + 2):
            rest = line
            while len(rest) == MAX_LINE + 2 and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE + 2)
            yield line.rstrip(b"\r\n")


def _plain(error: ValueError) -> str:
    """Say what is wrong with which member, without its value: it may be a citizen's."""
    if not isinstance(error, ValidationError):
        return str(error)
    problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
    return "; ".join(problems)
