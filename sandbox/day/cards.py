"""The morning on the flood map: terse reports with a depth, a drill, copies of Qlue's, and pins that nobody moved."""

from __future__ import annotations

import random
from datetime import UTC, timedelta
from typing import Any

from sandbox.day.incidents import moved
from sandbox.day.markers import MONAS
from sandbox.day.model import LENGTH, MINUTE, Day, Event, Voice
from sandbox.day.words import Words

FIRST_KEY = 240_001
DEPTHS = {"semata kaki": 10, "20 cm": 20, "sebetis": 30, "30 cm": 30, "selutut": 45, "50 cm": 50, "setengah": 50}
DEEPEST = 70
PICTURES = 10
SHOWN = timedelta(hours=1)
"""So long the map shows a report: what a hub asks for."""


class Cards:
    """Puts reports on the map of a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._next = FIRST_KEY

    def pin(self, voice: Voice) -> None:
        """Let a citizen report a flood by its depth; some leave the pin where the map put it and say the place."""
        rng, incident = self._rng, voice.incident
        depth = depth_of(incident.detail)
        where = self._words.place(incident, rng, rng.choice(("place", "place_short")))
        unmoved, dice = rng.random() < 0.06, rng.random()
        lat, lon = MONAS if unmoved else moved(incident.lat, incident.lon, 25, rng)
        text = f"banjir {depth} cm {where}" if unmoved or dice < 0.4 else f"{depth} cm" if dice < 0.6 else ""
        data = {"report_type": "flood", "flood_depth": depth}
        self._day.hear(voice, self._show(voice, lat=lat, lon=lon, text=text, report_data=data))

    def copy(self, markers: list[Event]) -> None:
        """Show some of Qlue's reports as the map has them: without their id."""
        for marker in markers:
            profile = marker.body["profile"]
            at, spot = marker.at + 2 * MINUTE, profile["location"]
            row = {"source": "qlue", "lat": spot["lat"], "lon": spot["lng"], "text": profile["detail"]["desc"]}
            name = self._put(at, {**row, "created_at": self._stamp(marker.at), "image_url": None})
            self._day.truth["petajakarta", name] = self._day.truth["qlue", marker.name]

    def drill(self, voice: Voice) -> None:
        """Show what was only practised."""
        at = self._rng.uniform(0, LENGTH / MINUTE) * MINUTE
        lat, lon = voice.incident.lat, voice.incident.lon
        data = {"report_type": "flood", "flood_depth": 100}
        row = {"lat": lat, "lon": lon, "text": "simulasi banjir", "is_training": True, "report_data": data}
        self._put(at, {**row, "created_at": self._stamp(at)})

    def _show(self, voice: Voice, **row: Any) -> str:
        picture = f"peta-{self._rng.randrange(PICTURES):02d}.jpg" if self._rng.random() < 0.4 else None
        if picture:
            self._day.photos.setdefault(picture, None)
        return self._put(voice.at, {**row, "created_at": self._stamp(voice.at), "image_url": picture})

    def _put(self, at: timedelta, row: dict[str, Any]) -> str:
        name = str(self._next)
        self._next += 1
        self._day.events.append(Event(at, "card", name, {"pkey": name, **row}))
        self._day.events.append(Event(at + SHOWN, "uncard", name))
        return name

    def _stamp(self, at: timedelta) -> str:
        instant = (self._day.start + at).astimezone(UTC)
        return f"{instant:%Y-%m-%dT%H:%M:%S}.000Z"


def depth_of(detail: str) -> int:
    """Give centimetres for how people say how deep the water is."""
    return next((depth for words, depth in DEPTHS.items() if words in detail), DEEPEST)
