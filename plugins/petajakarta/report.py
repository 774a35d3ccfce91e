"""One report of the map: its item, and what the item means.

Properties of v3: `pkey, created_at, source, status, url, image_url, disaster_type, is_training, report_data, tags,
title, text`; v2 has eight of them, the archive of 2017 has no `pkey`. The geometry is a GeoJSON point, longitude first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plugin import Attachment, Complaint, Item
from plugins.petajakarta.answer import Dialect
from plugins.petajakarta.values import (
    ZONES,
    depth_of,
    digest,
    is_video,
    link_of,
    place_of,
    text_of,
    time_of,
)

GENERATED = "teks-dibuat-kanal"
"""Tag of a complaint without words of its own: its text was written here."""
HINTS: Mapping[str, str] = {
    "flood": "banjir",
    "fire": "kebakaran",
    "earthquake": "bencana",
    "haze": "bencana",
    "typhoon": "bencana",
    "volcano": "bencana",
    "wind": "bencana",
}
NAMES: Mapping[str, str] = {
    "flood": "banjir",
    "fire": "kebakaran",
    "earthquake": "gempa bumi",
    "haze": "kabut asap",
    "typhoon": "siklon tropis",
    "volcano": "letusan gunung api",
    "wind": "angin kencang",
}
_USABLE_ID = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Report:
    """A feature and the dialect that it was answered in."""

    feature: Any
    dialect: Dialect

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties, empty where it has none."""
        found = self.feature.get("properties") if isinstance(self.feature, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def id(self) -> str:
        """Its id; made of what never changes in a row of the archive, empty where the row is a wreck."""
        row = self.properties
        if "pkey" not in row:
            return (
                f"arsip-{self._sum()}" if self.dialect == "v2" and time_of(row.get("created_at"), ZONES["v2"]) else ""
            )
        key = text_of(row["pkey"])
        return key if _USABLE_ID.fullmatch(key) else ""

    @property
    def native_id(self) -> str:
        """Its id, or one made of its content so that the same wreck is stored once."""
        return self.id or f"unusable-{digest(self.feature)}"

    @property
    def source(self) -> str:
        """Where the map has it from: `qlue`, `detik`, `grasp` (its own card), `twitter` or a new one; lower case."""
        return text_of(self.properties.get("source")).lower()[:40]

    @property
    def is_drill(self) -> bool:
        """Said by the row itself: the present server gives drills among real reports."""
        return self.properties.get("is_training") in (True, "true")

    @property
    def created_text(self) -> str:
        """The time as it is spelled."""
        return text_of(self.properties.get("created_at"))

    def item(self, polled: datetime) -> Item:
        """Make the item. What stands outside the mark makes no revision; votes on the map stand inside report_data."""
        body = json.dumps(self.feature, separators=(",", ":")).encode()
        meta = {"polled": polled.isoformat()}
        if not self.id:
            return Item(self.native_id, body, meta=meta, quarantine="no usable pkey")
        row = self.properties
        mark = digest([row.get(name) for name in ("status", "report_data", "text", "image_url")])
        return Item(self.native_id, body, mark, meta)

    def complaint(self, polled: datetime | None, *, photos: bool = True) -> Complaint:
        """Make the complaint; without a readable time it is as old as its first sight. Raises ValueError for wrecks."""
        row = self.properties
        created = time_of(self.created_text, ZONES[self.dialect]) or polled
        if created is None or not self.id:
            raise ValueError("no time" if self.id else "no usable pkey")
        place = place_of(self.feature.get("geometry"))
        title, text = text_of(row.get("title")), text_of(row.get("text"))
        return Complaint(
            native_id=self.id,
            created_at=created,
            created_text=self.created_text,
            title=title,
            text=text or ("" if title else self._words()),
            lat=place and place[0],
            lon=place and place[1],
            category_reported=self._disaster(),
            category_hint=HINTS.get(self._disaster(), ""),
            tags=self._tags(generated=not (title or text)),
            attachments=self._attachments() if photos else (),
        )

    def _words(self) -> str:
        """Say in plain words what a report without any states: its kind, and how deep the water is."""
        name, depth = NAMES.get(self._disaster(), "bencana"), self._depth()
        return f"Laporan {name} tanpa keterangan" + (f", kedalaman air {depth} cm." if depth else ".")

    def _disaster(self) -> str:
        """Give the kind of disaster. v2 and the archive know floods only and do not say so."""
        return text_of(self.properties.get("disaster_type")).lower()[:40] or ("flood" if self.dialect == "v2" else "")

    def _depth(self) -> int | None:
        return depth_of(self._data().get("flood_depth"))

    def _data(self) -> dict[str, Any]:
        found = self.properties.get("report_data")
        return found if isinstance(found, dict) else {}

    def _tags(self, *, generated: bool) -> tuple[str, ...]:
        """Give what the map says beside the words, as `name:value`."""
        found = self.properties.get("tags")
        area = found if isinstance(found, dict) else {}
        named = {
            "via": self.source,
            "flood_depth": str(self._depth() or ""),
            "report_type": text_of(self._data().get("report_type"))[:40],
            "area": text_of(area.get("local_area_id"))[:40],
            "region": text_of(area.get("instance_region_code"))[:40],
        }
        tags = [f"{name}:{value}" for name, value in named.items() if value]
        checked = text_of(self.properties.get("status")).lower() == "verified"
        return (*tags, *(["verified"] if checked else []), *([GENERATED] if generated else []))

    def _attachments(self) -> tuple[Attachment, ...]:
        link = link_of(self.properties.get("image_url"))
        return (Attachment(kind="video" if is_video(link) else "photo", url=link),) if link else ()

    def _sum(self) -> str:
        """Sum up who said what, where and when: the archive gives its rows no id."""
        row = self.properties
        said = [row.get(name) for name in ("created_at", "source", "title", "text", "image_url")]
        return digest([place_of(self.feature.get("geometry")), *said])
