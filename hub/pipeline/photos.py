"""Fetches the photos of complaints by jobs of their own, under limits; what they tell is understood at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import httpx2
import structlog

from hub.fetch import FetchError, fetch
from hub.images import ImageError, examine
from hub.pipeline.again import Again
from hub.pipeline.prepare import Preparer
from hub.plugin import Addition, Attachment, Complaint
from hub.store import intake, photos
from hub.store.engine import StoreError
from hub.store.store import Store

AT_ONCE = 4
BATCH = 16
REST = 2.0
MAX_BYTES = 20_000_000
TIMEOUT = 30.0
SCHEDULE = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360, 1440))
Network = IPv4Network | IPv6Network
_log = structlog.get_logger()


@dataclass
class PhotoJobs:
    """Works through what is due. A photo that cannot be had never holds up its complaint."""

    store: Store
    http: httpx2.AsyncClient
    preparer: Preparer
    again: Again
    networks: Mapping[str, Sequence[Network]]
    """Private networks that photos may come from: by channel, and for all under the empty name."""
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self) -> None:
        """Work for ever."""
        while True:
            if not await self.run_once():
                await asyncio.sleep(REST)

    async def run_once(self) -> int:
        """Fetch what is due now; give how many were tried."""
        now = self.store.now()
        due = await self.store.write(lambda connection: photos.lease_photos(connection, now, BATCH))
        await asyncio.gather(*(self._work(row) for row in due))
        return len(due)

    async def _work(self, row: Any) -> None:
        async with self._room:
            try:
                values, spot = await self._keep(row)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a picture does to its reader is this picture's own
                values, spot = self._later(row, error), None
        now = self.store.now()
        settled = await self.store.write(lambda connection: photos.settle_photo(connection, row.id, values, now))
        if not settled or row.complaint is None:
            return
        tells = spot is not None or values.get("likeness") is not None
        if tells and await self.again.understand(row.complaint, "photo", photo=spot):
            return
        if values["state"] == "ready":
            await self.again.tell(row.complaint, "photo")

    async def _keep(self, row: Any) -> tuple[dict[str, Any], tuple[float, float] | None]:
        data, media_type = await self._bytes(row)
        if row.kind != "photo":
            content = await asyncio.to_thread(self.store.blobs.put, data)
            return {"state": "kept", "content": content, "media_type": media_type[:80], "reason": ""}, None
        picture = await asyncio.to_thread(examine, data)
        content = await asyncio.to_thread(self.store.blobs.put, picture.clean)
        spot = (picture.lat, picture.lon) if picture.lat is not None and picture.lon is not None else None
        return {
            "state": "ready",
            "content": content,
            "media_type": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "lat": picture.lat,
            "lon": picture.lon,
            "likeness": picture.likeness,
            "reason": "",
        }, spot

    async def _bytes(self, row: Any) -> tuple[bytes, str]:
        if row.url:
            allowed = (*self.networks.get("", ()), *self.networks.get(row.channel, ()))
            got = await fetch(self.http, row.url, networks=allowed, max_bytes=MAX_BYTES, timeout=TIMEOUT)
            return got.body, got.media_type
        file = await self._attached(row)
        return file.data, file.media_type

    async def _attached(self, row: Any) -> Attachment:
        """Read the file out of its raw item again: bytes are stored once."""
        item = await self.store.read(lambda connection: intake.load_item(connection, row.raw_item))
        if item is None:
            raise FileNotFoundError("its raw item is gone")
        prepared = await asyncio.to_thread(self.preparer.read, item)
        for reading in prepared.readings:
            complaint = reading.complaint if isinstance(reading, Addition) else reading
            if isinstance(complaint, Complaint) and len(complaint.attachments) > row.position:
                found: Attachment = complaint.attachments[row.position]
                return found
        raise FileNotFoundError("the raw item no longer holds it")

    def _later(self, row: Any, error: Exception) -> dict[str, Any]:
        told = isinstance(error, FetchError | ImageError | FileNotFoundError)
        reason = str(error)[:200] if told else f"bug: {type(error).__name__}"
        tried = row.attempts + 1
        permanent = not isinstance(error, FetchError) or error.permanent
        if permanent or tried > len(SCHEDULE):
            return {"state": "failed", "attempts": tried, "reason": reason}
        return {
            "state": "due",
            "attempts": tried,
            "reason": reason,
            "next_at": self.store.now() + SCHEDULE[tried - 1],
        }
