"""A made-up LAPOR!, the channel on it, and a host that drops repeats as the hub does."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from hub.plugin import Complaint, FollowUp, Item, PluginError, Reading
from hub.testing import HttpWorld, ManualClock, make_context
from plugins.lapor.channel import Lapor
from sandbox.lapor import ADD_STREAM, REPORTS, STATUS, TOPICS, Stream, make_app

WIB = ZoneInfo("Asia/Jakarta")
BASE = "https://lapor.test"
TOKEN = "made-up-token-of-this-test"
ACCOUNT = {"email": "aduan@kota.test", "phone": "021 000", "first_name": "Aduan", "last_name": "Kota Contoh"}
OPTIONS: dict[str, Any] = {
    "base_url": BASE,
    "token": TOKEN,
    "paths": {"topics": TOPICS, "reports": REPORTS, "status": STATUS, "add_stream": ADD_STREAM},
    "paging": {"page": "page", "size": "limit", "limit": 200},
    "service_account": ACCOUNT,
}
FOLDER_ONLY: dict[str, Any] = {"base_url": "", "paths": {}}


def report(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Give a report as the stand-in shows it: all values are strings."""
    plain = {
        "TrackingID": f"#{9_160_000 + number}",
        "judul": f"Lubang contoh {number}",
        "isi": f"Ada lubang di Jalan Contoh nomor {number}",
        "tanggal": "9 jam yang lalu",
        "sumber": "Website",
        "status": "Belum",
        "kategori": "13",
        "klasifikasi": "Pengaduan",
    }
    return plain | changes


def lapor(
    transport: httpx2.AsyncBaseTransport | None = None, clock: ManualClock | None = None, **options: Any
) -> Lapor:
    parsed = Lapor.Options.model_validate(OPTIONS | options)
    return Lapor(parsed, make_context(transport=transport, clock=clock or ManualClock(), channel="lapor"))


def answering(document: Any) -> httpx2.MockTransport:
    return httpx2.MockTransport(lambda _: httpx2.Response(200, content=json.dumps(document)))


class Host:
    """Drops repeats and keeps the cursor, as the hub does."""

    def __init__(self, channel: Lapor) -> None:
        self.channel = channel
        self.cursor: Any = None
        self.marks: dict[str, str] = {}
        self.items: list[Item] = []
        """The new and changed items of the last pull."""
        self.error: PluginError | None = None

    @property
    def bad(self) -> list[str]:
        return [item.quarantine for item in self.items if item.quarantine]

    async def pull(self, pages: int = 10**6) -> list[Reading]:
        """Pull once, and be killed once so many pages are stored; give what the new and changed items mean."""
        self.items, self.error = [], None
        try:
            async for page in self.channel.pull(self.cursor):
                for item in page.items:
                    if self.marks.get(item.native_id) != item.mark:
                        self.items.append(item)
                    self.marks[item.native_id] = item.mark
                self.cursor = json.loads(json.dumps(page.cursor))
                pages -= 1
                if not pages:
                    break
        except PluginError as error:
            self.error = error
        return [reading for item in self.items if not item.quarantine for reading in self.channel.read(item)]


class Day:
    """The stand-in, the channel that polls it, and a clock of 15 minutes a poll."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        self.stream = Stream()
        app = make_app(self.stream, TOKEN)
        self.host = Host(lapor(httpx2.ASGITransport(app), self.clock, **options))

    @property
    def channel(self) -> Lapor:
        return self.host.channel

    async def poll(self) -> list[Reading]:
        self.clock.advance(timedelta(minutes=15))
        return await self.host.pull()


class Folder:
    """A folder for exports, the channel that reads it, and a clock."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.path = path
        self.clock = ManualClock()
        self.options = FOLDER_ONLY | {"export_folder": path} | options
        self.host = Host(lapor(clock=self.clock, **self.options))

    def drop(self, name: str, content: str | bytes, at: datetime | None = None) -> None:
        """Write a file as if at that time; now without one."""
        file = self.path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        seconds = (at or self.clock.now).timestamp()
        os.utime(file, (seconds, seconds))

    async def pull(self) -> list[Reading]:
        self.clock.advance(timedelta(minutes=15))
        return await self.host.pull()


class LaporWorld(HttpWorld):
    """The stand-in with three pages of reports, and bad rows before them."""

    def __init__(self, *bad: Any) -> None:
        self.stream = Stream()
        for number in range(510):
            self.stream.show(report(number, status="Selesai" if number < 3 else "Belum"))
        app = httpx2.ASGITransport(make_app(self.stream, TOKEN))

        async def answer(request: httpx2.Request) -> httpx2.Response:
            response = await app.handle_async_request(request)
            if not bad or request.url.path != REPORTS:
                return response
            rows = json.loads(await response.aread())
            return httpx2.Response(200, content=json.dumps([*bad, *rows]))

        super().__init__(answer)

    def effects(self) -> int:
        return len(self.stream.statuses) + len(self.stream.pushed)


def complaints(found: Sequence[Reading]) -> list[Complaint]:
    return [reading for reading in found if isinstance(reading, Complaint)]


def moves(found: Sequence[Reading]) -> list[str]:
    return [reading.status for reading in found if isinstance(reading, FollowUp)]


def follow_ups(found: Sequence[Reading]) -> list[FollowUp]:
    return [reading for reading in found if isinstance(reading, FollowUp)]


async def read_one(row: dict[str, Any], now: datetime | None = None, **options: Any) -> Complaint:
    """Give the complaint that one row of the list means."""
    clock = ManualClock(now or datetime(2026, 11, 20, 3, 0, tzinfo=UTC))
    paths = {"paths": {"reports": REPORTS}}
    (one,) = complaints(await Host(lapor(answering([row]), clock, **(paths | options))).pull())
    return one
