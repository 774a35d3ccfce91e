"""One report of a feed: its item, and what the item means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.plugin import Attachment, Complaint, FollowUp, Item, Reporter
from plugins.qlue.generations import Fields, find
from plugins.qlue.values import (
    STATUSES,
    VIDEO,
    WAITING,
    digest,
    link_of,
    number_of,
    place_of,
    tags_of,
    text_of,
    time_of,
)

USABLE_ID = re.compile(r"[!-~]{1,24}")


@dataclass(frozen=True, slots=True)
class Marker:
    """A row of a feed and the map that reads it."""

    row: Any
    fields: Fields

    @property
    def id(self) -> str:
        """Its id; empty where the row has none that can be used."""
        name = text_of(self._at(self.fields.id))
        return name if USABLE_ID.fullmatch(name) else ""

    @property
    def native_id(self) -> str:
        """Its id, or one made of its content so that the same wreck is stored once."""
        return self.id or f"unusable-{digest(self.row)}"

    @property
    def status(self) -> str:
        """Its status in Qlue's word, lower case; empty where there is none."""
        return text_of(self._at(self.fields.status)).lower()[:24]

    @property
    def comments(self) -> int:
        """How many comments it has."""
        return int(min(number_of(self._at(self.fields.comments)) or 0, 10**6))

    def item(self, polled: datetime, since: int) -> Item:
        """Make the item. `since`: when the status before was last seen, seconds since 1970; 0 where it never moved."""
        body = json.dumps(self.row, separators=(",", ":")).encode()
        meta = {"polled": polled.isoformat()} | ({"since": str(since)} if since else {})
        if not self.id:
            return Item(self.native_id, body, meta=meta, quarantine="no usable id")
        return Item(self.native_id, body, self._mark(), meta)

    def complaint(self, zone: ZoneInfo, polled: datetime | None, category: str) -> Complaint:
        """Make the complaint. A report without a readable time is as old as its first sight."""
        said = self._at(self.fields.time)
        created = time_of(said, zone) or polled
        if created is None:
            raise ValueError("no time")
        place = place_of(self._at(self.fields.lat), self._at(self.fields.lon))
        text, user = text_of(self._at(self.fields.text)), text_of(self._at(self.fields.user))
        return Complaint(
            native_id=self.id,
            created_at=created,
            created_text=text_of(said),
            title=text_of(self._at(self.fields.title)),
            text=text,
            lat=place and place[0],
            lon=place and place[1],
            address=text_of(self._at(self.fields.address)),
            category_reported=text_of(self._at(self.fields.category)) or category,
            category_hint=self.fields.all_about,
            kelurahan_reported=next(filter(None, self._texts(self.fields.kelurahan)), ""),
            tags=tags_of([self._at(path) for path in self.fields.tags], text),
            reporter=Reporter(handle=user) if user else None,
            attachments=self._attachments(),
        )

    def follow_up(self, since: int, created: datetime) -> FollowUp | None:
        """Give the move of its status, back to waiting too; None while it waits as on its first day.

        When it moved is not said. It gets the earliest time that it can have, so that an entry of its history, which
        says what was done, is always the later one and counts.
        """
        status = self.status
        if not status or (status == WAITING and not since):
            return None
        return FollowUp(
            native_id=f"{self.id}:{status}:{since}",
            about=self.id,
            at=datetime.fromtimestamp(since, UTC) if since else created,
            status=STATUSES.get(status, status),
        )

    def _mark(self) -> str:
        """Sum up what counts as a change: comments and the name of the reporter do not."""
        fields = self.fields
        paths = (fields.title, fields.text, fields.image, fields.lat, fields.lon, fields.category, *fields.kelurahan)
        place = [number_of(self._at(path)) for path in (fields.lat, fields.lon)]
        return digest([self.status, place, self._texts(paths), [self._at(path) for path in fields.tags]])

    def _attachments(self) -> tuple[Attachment, ...]:
        link = link_of(self._at(self.fields.image))
        if not link:
            return ()
        said = text_of(self._at(self.fields.format)).lower()
        video = said != "image" if said else bool(VIDEO.search(link))
        return (Attachment(kind="video" if video else "photo", url=link),)

    def _texts(self, paths: Iterable[str]) -> list[str]:
        return [text_of(self._at(path)) for path in paths]

    def _at(self, path: str) -> Any:
        return find(self.row, path) if path else None
