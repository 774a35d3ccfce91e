"""One report of LAPOR!: its item, and what the item means. From the interface or an export, the fields are the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.plugin import Complaint, FollowUp, Item, Reporter
from plugins.lapor import values
from plugins.lapor.categories import labels, split
from plugins.lapor.fields import Fields, Row, label_of
from plugins.lapor.statuses import WAITING, status_of
from plugins.lapor.times import absolute

NOBODY = "anonim"
"""How LAPOR! names a reporter who does not want to be named."""
CLASSIFICATIONS = {
    "pengaduan": "pengaduan",
    "aspirasi": "aspirasi",
    "permintaan informasi": "permintaan-informasi",
}
"""The three kinds on LAPOR!'s form, and how a complaint is tagged: `lapor:pengaduan`. README.md has their clocks."""
_CLOSES = re.compile(r"selesai otomatis dalam \d+ hari", re.IGNORECASE)
_ADDRESSED = re.compile(r"^terdisposisi ke\s+", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s().-]{7,}")
_CHANGES = ("title", "text", "status", "answer", "disposition", "category", "subcategory", "classification")
_FLAGS = ("anonim", "rahasia", "address", "lat", "lon")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and how it is read."""

    row: Row
    zone: ZoneInfo
    ours: str
    """How our own words are signed: they come back in LAPOR!'s answers."""
    statuses: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, row: Any, fields: Fields, zone: ZoneInfo, ours: str, statuses: Mapping[str, str]) -> Entry:
        """Take in a row; what is no object is an empty one."""
        return cls(fields.row(row if isinstance(row, dict) else {}), zone, ours, statuses)

    @property
    def id(self) -> str:
        """Tracking id, digits only; empty where there is none."""
        return values.tracking_id(self.row.raw("id"))

    @property
    def status(self) -> str:
        """Status in LAPOR!'s words."""
        return self.row.label("status")

    def item(self, body: bytes, collected: datetime, since: int, topic: str = "") -> Item:
        """Make the item.

        `since`: when the status before was last seen, seconds since 1970; 0 where it never moved. `topic`: the
        category's label where the row has its number.
        """
        if not self.id:
            return Item(f"unusable-{hashlib.sha256(body).hexdigest()[:32]}", body, quarantine="no tracking id")
        meta = {"collected": collected.isoformat()}
        meta |= {"since": str(since)} if since else {}
        meta |= {"topic": topic} if topic else {}
        return Item(self.id, body, self._mark(), meta)

    def complaint(self, meta: Mapping[str, str]) -> Complaint:
        """Make the complaint. One without a readable time is as old as its first sight. Raises ValueError."""
        row = self.row
        main, sub = self.category(meta)
        place = values.place_of(row.raw("lat"), row.raw("lon"))
        likely = labels().likely(main)
        return Complaint(
            native_id=self.id,
            created_at=self.created(meta),
            created_text=row.label("time"),
            title=row.text("title"),
            text=row.text("text"),
            lat=place and place[0],
            lon=place and place[1],
            address=row.text("address"),
            category_reported=" / ".join(filter(None, (main, sub))),
            category_hint=labels().sure(main, sub),
            tags=(*self._tags(), *([likely] if likely else [])),
            reporter=Reporter(handle=f"lapor:{self.id}", name=self._name()),
            anonim=values.is_anonim(row.raw("anonim")) or row.label("reporter").lower() == NOBODY,
            rahasia=values.is_rahasia(row.raw("rahasia")),
            attachments=values.attachments_of(row.raw("attachments")),
        )

    def follow_up(self, meta: Mapping[str, str]) -> FollowUp | None:
        """Give what the agency did, status and answer; None while the report waits as on its first day."""
        since, answer = int(meta.get("since", 0)), self._answer()
        status = status_of(self.status, self.statuses)
        if not answer and (status in ("", WAITING) and not since):
            return None
        told = absolute(self.row.label("updated"), self._collected(meta), self.zone)
        moved = datetime.fromtimestamp(since, UTC) if since else self.created(meta)
        closes = _CLOSES.search(self.row.label("closing") or self.status)
        mark = hashlib.sha256(answer.encode()).hexdigest()[:12] if answer else ""
        return FollowUp(
            native_id=":".join(filter(None, (self.id, status[:40].lower(), str(since), mark))),
            about=self.id,
            at=told or moved,
            status=status,
            note=answer,
            note_internal=closes[0] if closes else "",
            unit=_ADDRESSED.sub("", self.row.label("disposition")),
        )

    def created(self, meta: Mapping[str, str]) -> datetime:
        """Give when the citizen spoke; relative times count from when the row was collected."""
        collected = self._collected(meta)
        return absolute(self.row.label("time"), collected, self.zone) or collected

    def category(self, meta: Mapping[str, str]) -> tuple[str, str]:
        """Give main and sub label of the category; a topic number was looked up when the row came."""
        topic = meta.get("topic", "")
        return split(label_of(topic) or self.row.label("category"), self.row.label("subcategory"))

    def _collected(self, meta: Mapping[str, str]) -> datetime:
        return datetime.fromisoformat(meta["collected"])

    def _name(self) -> str:
        """Give the display name; none for `Anonim`, and none where a message from a phone shows its number."""
        name = self.row.label("reporter")
        return "" if name.lower() == NOBODY or _PHONE.fullmatch(name) else name

    def _tags(self) -> tuple[str, ...]:
        kind = CLASSIFICATIONS.get(self.row.label("classification").lower(), "")
        source = self.row.label("source").lower().split(" - ")[0].replace(" ", "-")[:24]
        return tuple(f"lapor:{tag}" for tag in (kind, source) if tag)

    def _answer(self) -> str:
        """Give the agency's words; ours that came back are none."""
        answer = self.row.text("answer")
        return "" if answer.endswith(self.ours) else answer

    def _mark(self) -> str:
        """Sum up what counts as a change: name, time and the days until it closes by itself do not."""
        row = self.row
        told = [row.label(name) for name in _CHANGES] + [str(row.raw(name)) for name in _FLAGS]
        told[2] = _CLOSES.sub("", told[2])
        told.append(json.dumps(row.raw("attachments"), default=str))
        return hashlib.sha256(json.dumps(told).encode("utf-8", "replace")).hexdigest()[:32]
