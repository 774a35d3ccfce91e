"""What a recorded day is made of. Truth stands apart: nothing that a hub is shown tells which incident it is about."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
LENGTH = timedelta(hours=6, minutes=30)
"""Complaints come between 05:30 and 12:00."""
TAIL = timedelta(minutes=30)
"""Statuses and ends still come for a while."""
MINUTE = timedelta(minutes=1)
Channel = Literal["waze", "qlue", "email", "twitter", "lapor", "petajakarta", "facebook", "balaiwarga", "posko", "file"]
Deed = Literal[
    "alert",
    "gone",
    "marker",
    "progress",
    "mail",
    "tweet",
    "retype",
    "stream",
    "disposition",
    "export",
    "card",
    "uncard",
    "wall",
    "form",
    "entry",
    "sheet",
]
"""What can become visible: an alert on Waze and its end, a marker on Qlue and its status, a mail, a post on X and its
edit, a report at LAPOR!, its status and the admin's export, a card on the flood map and its end, anything on the
Facebook page, a web form, an entry at the counter, rows of a spreadsheet."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A street with the offices that it belongs to. `code` is empty outside Jakarta, `landmark` where none is near."""

    street: str
    kelurahan: str
    code: str
    kecamatan: str
    kota: str
    postal: str
    lat: float
    lon: float
    landmark: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How often a kind of incident happens, and who complains of it where."""

    code: str
    incidents: int
    voices: tuple[int, int]
    scatter: float
    """Metres that people stand apart."""
    lasts: tuple[int, int]
    """Minutes."""
    channels: Mapping[Channel, float]
    placed: bool
    turns: bool = False
    """The channels take turns, instead of being chosen by chance."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that happened."""

    id: str
    kind: str
    spot: Spot
    lat: float
    lon: float
    rt: int
    rw: int
    house: int
    detail: str
    begin: timedelta
    lasts: timedelta
    placed: bool
    """False where it has no place, like a question about social aid."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who complains of an incident: when, where, and as the how-manieth citizen of the day."""

    incident: Incident
    channel: Channel
    at: timedelta
    citizen: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What a complaint is really about."""

    incident: str
    kind: str
    kelurahan: str
    """Code; empty without a place or outside Jakarta."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that becomes visible at a channel. `name` is the channel's own id of what it is about."""

    at: timedelta
    do: Deed
    name: str
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a citizen answers, once, to the first reply that holds certain words."""

    words: str
    on: str = ""
    """Words of the reply; empty: any reply."""
    photo: bool = False


@dataclass
class Day:
    """A day, ready to be replayed."""

    start: datetime
    events: list[Event] = field(default_factory=list)
    truth: dict[tuple[Channel, str], Truth] = field(default_factory=dict)
    photos: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    """Photos that the city's photo server has, and where each was taken as far as its file tells."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Complaints from the desk, in the shape of `aduan import`."""
    talkers: dict[tuple[Channel, str], Answer] = field(default_factory=dict)
    """Who answers when they are answered, by address or id: once, to a mail, a post or a message."""
    refusable: int = 0
    """How much of it nobody can be asked to read: mails, rows of a spreadsheet."""
    unreachable: set[str] = field(default_factory=set)
    """Addresses that bounce."""

    def hear(self, voice: Voice, name: str) -> None:
        """Note what a complaint is really about."""
        incident = voice.incident
        code = incident.spot.code if incident.placed else ""
        self.truth[voice.channel, name] = Truth(incident.id, incident.kind, code)

    def rename(self, channel: Channel, name: str, real: str) -> None:
        """Note the id that a channel gave to what stood here under a name of its own."""
        if (truth := self.truth.pop((channel, name), None)) is not None:
            self.truth[channel, real] = truth

    def local(self, at: timedelta, form: str) -> str:
        """Spell a time of the day as clocks in Jakarta show it."""
        return f"{(self.start + at).astimezone(ZONE):{form}}"


def read_spots(name: str) -> list[Spot]:
    """Read a file of spots that stands beside this module."""
    with (files(__package__) / name).open(encoding="utf-8") as lines:
        rows: Iterator[dict[str, Any]] = csv.DictReader(lines)
        return [Spot(**row | {"lat": float(row["lat"]), "lon": float(row["lon"])}) for row in rows]


def read_toml(name: str) -> dict[str, Any]:
    """Read a file of tables that stands beside this module."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
