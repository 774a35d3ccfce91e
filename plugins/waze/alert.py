"""One alert of a feed: read leniently, marked by what it means, turned into an item and a complaint."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.plugin import Attachment, Complaint, Item
from plugins.waze.kinds import STRONG, UNKNOWN, Verdict, judge, kind_of, spoken

USABLE_ID = re.compile(r"[!-~]{1,64}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unusable(ValueError):
    """The alert lacks what no complaint can do without; the text says what."""


def text_of(value: Any) -> str:
    """Give a string's text without NUL, lone surrogates and edge blanks; empty for any other value."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode().strip()


def number_of(value: Any) -> float | None:
    """Give a finite number, also from its spelling; None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Alert:
    """What the hub reads of an alert. Absent keys and null are empty; WEATHERHAZARD is the old name of HAZARD."""

    uuid: str
    type: str
    subtype: str
    lon: float
    lat: float
    street: str
    city: str
    description: str
    image: str
    published: int | None
    """Milliseconds since 1970, UTC."""

    @classmethod
    def parse(cls, raw: Any) -> Alert:
        """Read an alert; raises `Unusable` where id, type or place is missing."""
        if not isinstance(raw, dict):
            raise Unusable("not an object")
        lon, lat = _place(raw.get("location"))
        published = number_of(raw.get("pubMillis"))
        return cls(
            uuid=_id(raw.get("uuid")),
            type=_type(raw.get("type")),
            subtype=text_of(raw.get("subtype")).upper().replace("NO_SUBTYPE", ""),
            lon=lon,
            lat=lat,
            street=text_of(raw.get("street")),
            city=text_of(raw.get("city")),
            description=text_of(raw.get("reportDescription")),
            image=text_of(raw.get("imageUrl")),
            published=int(published) if published else None,
        )

    @property
    def name(self) -> str:
        """What Waze calls it."""
        return self.subtype or self.type

    def judge(self, *, strong: bool, jams: bool) -> Verdict:
        """Say what becomes of it."""
        said = spoken(self.subtype, self.description)
        return judge(kind_of(self.type, self.subtype), said, self.description, strong=strong, jams=jams)

    def mark(self, verdict: Verdict) -> str:
        """Sum up what it means. Reliability counts only where it turns the verdict, thumbs and confidence never."""
        return _hash([astuple(self), verdict.category, verdict.skip])

    def complaint(self, verdict: Verdict, polled: datetime | None) -> Complaint:
        """Make the complaint. A time ahead of the poll is that of the poll: phones run up to minutes fast."""
        photo = self.image.startswith(("https://", "http://"))
        nowhere = self.lat == self.lon == 0
        return Complaint(
            native_id=self.uuid,
            created_at=self._created(polled),
            created_text="" if self.published is None else str(self.published),
            title=verdict.label,
            text=self.description,
            lat=None if nowhere else self.lat,
            lon=None if nowhere else self.lon,
            address=", ".join(filter(None, (self.street, self.city))),
            category_reported=self.name,
            category_hint=verdict.category,
            attachments=(Attachment(url=self.image),) if photo else (),
        )

    def _created(self, polled: datetime | None) -> datetime:
        try:
            published = None if self.published is None else EPOCH + timedelta(milliseconds=self.published)
        except OverflowError:
            published = None
        known = [time for time in (published, polled) if time is not None]
        if not known:
            raise Unusable("no time")
        return min(known)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An alert in a poll: its item, whether a complaint comes of it, and its type where nobody knows it."""

    item: Item
    counts: bool
    unheard: str = ""


def is_strong(raw: dict[str, Any]) -> bool:
    """Whether other drivers confirmed it, or its reporter is one that Waze relies on."""
    return (number_of(raw.get("reliability")) or 0) >= STRONG


def sight(raw: Any, *, known: Collection[str], jams: bool, polled: datetime) -> Sighting:
    """Look at one alert of a poll. What is known as a complaint does not grow weak again."""
    body = json.dumps(raw, separators=(",", ":")).encode()
    meta = {"polled": polled.isoformat()}
    try:
        alert = Alert.parse(raw)
    except Unusable as problem:
        return Sighting(Item(_stand_in_id(raw), body, meta=meta, quarantine=str(problem)), counts=False)
    strong = alert.uuid in known or is_strong(raw)
    verdict = alert.judge(strong=strong, jams=jams)
    item = Item(alert.uuid, body, alert.mark(verdict), meta | ({"strong": "yes"} if strong else {}))
    return Sighting(item, not verdict.skip, alert.name if kind_of(alert.type, alert.subtype) is UNKNOWN else "")


def _id(value: Any) -> str:
    if not (isinstance(value, str) and USABLE_ID.fullmatch(value)):
        raise Unusable("no usable uuid")
    return value


def _type(value: Any) -> str:
    name = text_of(value).upper()
    if not name:
        raise Unusable("no type")
    return name.replace("WEATHERHAZARD", "HAZARD")


def _place(value: Any) -> tuple[float, float]:
    place = value if isinstance(value, dict) else {}
    lon, lat = number_of(place.get("x")), number_of(place.get("y"))
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        raise Unusable("no usable location")
    return lon, lat


def _stand_in_id(raw: Any) -> str:
    """Give the alert's own id, or one made of its content so that the same wreck is stored once."""
    try:
        return _id(raw.get("uuid") if isinstance(raw, dict) else None)
    except Unusable:
        return f"unusable-{_hash(raw)}"


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]
