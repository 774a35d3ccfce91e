"""CROP as a channel: reports go out as signed events, what officials did comes back as follow-ups."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

import httpx2

from hub.plugin import (
    Audience,
    Delivery,
    Item,
    Notice,
    Reading,
    Receipt,
    Received,
    Rejected,
    Reply,
    Request,
    Sink,
    Source,
    TryAgain,
)
from plugins.crop.answers import refusal
from plugins.crop.follow_ups import follow_up, take
from plugins.crop.options import CropOptions
from plugins.crop.proof import proof
from plugins.crop.snapshot import event_json, snapshot

_KEY = re.compile(r"[!#-\-/-\[\]-~]+")
"""Printable, and none of the dot (it separates the signed parts), the quote and the backslash (the key is quoted)."""


class Crop(Source, Sink):
    """A sink of reports and a source of follow-ups. It pulls nothing: CROP calls."""

    kind: ClassVar[str] = "crop"
    title: ClassVar[str] = "CROP"
    audience: ClassVar[Audience] = "private"
    silent_after: ClassVar[timedelta] = timedelta(days=4)
    options: CropOptions

    class Options(CropOptions):
        """Settings of a CROP channel."""

    # ------------------------------------------------------------------------------------------------------- out

    def wants(self, parcel: Notice | Reply) -> bool:
        """Reports that pass the filters; a sealed one never."""
        if not isinstance(parcel, Notice) or parcel.report.handling == "sealed":
            return False
        return self.options.admits(parcel.report)

    def tells(self, notice: Notice) -> str:
        """Sum of the snapshot without its version and cause; events other than the ordinary two count themselves."""
        told = snapshot(notice, self.options).model_dump_json(exclude={"version", "cause"})
        event = "" if notice.event in {"report.created", "report.updated"} else notice.event
        return hashlib.sha256(f"{event}\n{told}".encode()).hexdigest()

    def due(self, notice: Notice, before: Notice | None, last: datetime | None) -> datetime | None:
        """An update waits for its interval unless status, urgency, place or units have changed."""
        if notice.event != "report.updated" or before is None or last is None:
            return None
        if _headline(notice) != _headline(before):
            return None
        return last + timedelta(seconds=self.options.min_interval)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post the event. CROP honours the key, so a repeat is safe; an unknown outcome is looked up all the same."""
        if not isinstance(delivery.parcel, Notice):
            raise Rejected("CROP takes reports, not replies")
        if not _KEY.fullmatch(delivery.key):
            raise Rejected("this delivery key cannot be signed")
        if not self.options.posts(delivery.parcel.event):
            return Receipt(note="not posted: the option `events` leaves it out")
        if delivery.uncertain and await self._has(delivery.key):
            return Receipt(remote_id=delivery.key, note="an earlier try had arrived")
        body = event_json(delivery.parcel, delivery.key, self.context.source_name, self.options)
        error = refusal(await self._post(delivery.key, body), self.context.clock())
        if error:
            raise error
        return Receipt(remote_id=delivery.key)

    async def _post(self, key: str, body: str) -> httpx2.Response:
        headers = self._proof(key, body) | {"content-type": "application/json", "idempotency-key": f'"{key}"'}
        try:
            return await self.context.http.post(
                str(self.options.url), content=body.encode(), headers=headers, timeout=self.options.timeout
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise TryAgain("CROP cannot be reached") from None
        except httpx2.RequestError as error:
            raise TryAgain(f"CROP's answer was lost ({type(error).__name__})", uncertain=True) from None

    async def _has(self, key: str) -> bool:
        """Look an event up. Only an answer that names the key counts: many servers answer 200 to everything."""
        url = httpx2.URL(str(self.options.url))
        address = url.copy_with(path=f"{url.path.rstrip('/')}/{quote(key, safe='')}")
        try:
            answer = await self.context.http.get(address, headers=self._proof(key, ""), timeout=self.options.timeout)
            found = answer.json() if answer.status_code == 200 else None
        except (httpx2.RequestError, ValueError):
            return False
        return isinstance(found, dict) and found.get("id") == key

    def _proof(self, key: str, body: str) -> dict[str, str]:
        return proof(self.options.auth, self.options.secrets, key, self.context.clock(), body)

    # -------------------------------------------------------------------------------------------------------- in

    async def receive(self, request: Request) -> Received:
        """Take one follow-up; a repeated id is answered as the first was, and has no second effect."""
        return await take(request, self.options, self.context)

    def read(self, item: Item) -> Sequence[Reading]:
        """One follow-up."""
        return [follow_up(item, self.options)]


def _headline(notice: Notice) -> tuple[object, ...]:
    """What an official must know at once."""
    report, place = notice.report, notice.report.place
    where = (place.result, place.level, place.lat, place.lon, place.kelurahan, place.kecamatan)
    return report.status, report.urgency, where, frozenset((share.unit, share.role) for share in report.units)
