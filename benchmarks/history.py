"""A city's complaints over many days, understood once and told again and again: elsewhere, at other times.

Understanding a million complaints takes a quarter of an hour; moving what was understood of a few of them takes less
than a minute, and leaves as many to a square kilometre and a day as there were.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from benchmarks.stream import PER_DAY, START, Stream, read_streets
from hub.lexicons import load_categories, load_words
from hub.regions import load_region
from hub.store.tables import dump_json
from normalizer.blocking import keys
from normalizer.categories import Categorizer
from normalizer.complaint import Complaint, Reporter, Understanding
from normalizer.facts import METRES
from normalizer.placewords import street as street_key
from normalizer.understand import Normalizer
from sandbox.day.incidents import moved
from sandbox.day.model import Incident, Spot

PATTERN = 20_000
"""Complaints that are understood; the others are these again."""
SCATTER = 300.0
"""Metres from a known point of a street, so that incidents lie all over the city."""


@dataclass(frozen=True, slots=True)
class Told:
    """A complaint of the pattern, understood."""

    after: timedelta
    incident: Incident
    understanding: Understanding
    rest: dict[str, Any]
    """What its second layer says in every copy."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One complaint of the store."""

    id: int
    report: int
    at: datetime
    street: int
    facts: dict[str, Any]
    keys: tuple[int, ...]
    told: Told


@dataclass(frozen=True, slots=True)
class Spell:
    """Where and when the pattern's incident happens once more."""

    report: int
    street: int
    north: float
    east: float
    address: dict[str, Any]

    def tell(self, facts: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Move what is known of a complaint: all about one incident to one place, the address along with it."""
        new = {**facts, "h": int(at.timestamp() // 3600), "x": facts.get("x", 0) ^ self.report}
        new |= {name: value for name, value in self.address.items() if name in facts}
        if "p" in facts:
            lat, lon, radius = facts["p"]
            new["p"] = [round(lat + self.north, 6), round(lon + self.east, 6), radius]
        return new


class City:
    """A history of complaints, as long as it is asked for: the same every time."""

    def __init__(self) -> None:
        region = load_region("jakarta")
        self.streets = read_streets(region)
        normalizer = Normalizer(region, Categorizer(load_categories(), load_words()))
        self._pattern = [_told(normalizer, row, incident) for row, incident in islice(Stream(), PATTERN)]

    def history(self, count: int) -> Iterator[Stored]:
        """Give so many complaints, oldest first."""
        for lap in range(-(-count // PATTERN)):
            dice, spells = random.Random(lap), dict[str, Spell]()
            begin = START + lap * timedelta(days=PATTERN / PER_DAY)
            for number, told in enumerate(self._pattern[: count - lap * PATTERN], start=lap * PATTERN + 1):
                spell = spells.get(told.incident.id)
                if spell is None:
                    spell = spells[told.incident.id] = self._again(told.incident, number, dice)
                at = begin + told.after
                facts = spell.tell(told.understanding.facts, at)
                yield Stored(number, spell.report, at, spell.street, facts, keys(facts), told)

    def _again(self, incident: Incident, report: int, dice: random.Random) -> Spell:
        street = dice.randrange(len(self.streets))
        spot = self.streets[street]
        lat, lon = moved(spot.lat, spot.lon, SCATTER, dice)
        address = {
            "k": spot.code,
            "st": street_key(spot.street) or incident.id,
            "rt": [dice.randint(1, 14)],
            "rw": [dice.randint(1, 12)],
        }
        return Spell(report, street, lat - incident.lat, lon - incident.lon, address)

    def part(self, share: float) -> frozenset[int]:
        """Give the streets of so large a share of the city, those next to each other."""
        middle = self.streets[0]
        nearest = sorted(range(len(self.streets)), key=lambda at: _apart(middle, self.streets[at]))
        return frozenset(nearest[: max(1, round(share * len(nearest)))])


def _told(normalizer: Normalizer, row: dict[str, Any], incident: Incident) -> Told:
    complaint = Complaint(
        native_id=row["id"],
        created_at=datetime.fromisoformat(row["created_at"]),
        text=row["text"],
        lat=row.get("lat"),
        lon=row.get("lon"),
        reporter=Reporter(handle=row["reporter"]),
    )
    understood = normalizer.understand(complaint)
    members = understood.model_dump(exclude={"facts", "keys", "probes"})
    spelled = {name: dump_json(value) if isinstance(value, dict | tuple) else value for name, value in members.items()}
    return Told(complaint.created_at - START, incident, understood, {"cause": "arrived", **spelled})


def _apart(one: Spot, other: Spot) -> float:
    return METRES * math.hypot(one.lat - other.lat, one.lon - other.lon)
