"""The morning on Qlue: markers of the second generation, their statuses that go both ways, and their histories."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.day.incidents import moved
from sandbox.day.model import MINUTE, Day, Event, Voice
from sandbox.day.words import Words

FIRST_ID = 7_100_001
MONAS = (-6.1754, 106.8272)
"""Where an app puts its pin when it knows no position."""
PICTURES = 24
STEPS = (
    ("process", (35, 110), 0.30, "Petugas menuju lokasi."),
    ("complete", (30, 90), 0.6, "Sudah ditangani petugas di lapangan."),
    ("wait", (15, 40), 0.12, ""),
)
"""Status, minutes since the last, how likely it follows, and what the officials write."""


class Markers:
    """Pins reports into a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._next = FIRST_ID

    def pin(self, voice: Voice) -> None:
        """Let a citizen report an incident; some do it twice, a few minutes apart."""
        rng = self._rng
        lat, lon, placed = self._position(voice)
        text = self._text(voice, placed=placed)
        self._show(voice, voice.at, lat, lon, text)
        if rng.random() < 0.05:
            later = voice.at + rng.randint(3, 9) * MINUTE
            again = text if rng.random() < 0.6 else self._words.pick("resend", rng) + text
            self._show(voice, later, *moved(lat, lon, 8, rng) if lat else (lat, lon), again)

    def _position(self, voice: Voice) -> tuple[float, float, bool]:
        """Give latitude, longitude, and whether the words must say where it is: a position may miss or be wrong."""
        rng, incident, dice = self._rng, voice.incident, self._rng.random()
        if not incident.placed or dice < 0.08:
            return 0, 0, True
        if dice < 0.12:
            return *MONAS, True
        if dice < 0.18:
            return *moved(incident.lat, incident.lon, 900, rng), True
        return *moved(incident.lat, incident.lon, 25, rng), rng.random() < 0.5

    def _text(self, voice: Voice, *, placed: bool) -> str:
        tags = self._words.kinds[voice.incident.kind]["tags"]
        chosen = " ".join(f"#{tag}" for tag in self._rng.sample(tags, min(len(tags), self._rng.choice((0, 0, 1, 2)))))
        if chosen and not placed and self._rng.random() < 0.12:
            return chosen
        return f"{self._words.short(voice.incident, self._rng, placed=placed)} {chosen}".strip()

    def _show(self, voice: Voice, at: timedelta, lat: float, lon: float, text: str) -> None:
        name = str(self._next)
        self._next += 1
        marker = self._marker(voice, at, text, (lat, lon)) | {"id": int(name)}
        self._day.events.append(Event(at, "marker", name, marker))
        self._day.hear(voice, name)
        self._work_on(name, voice, at)

    def _marker(self, voice: Voice, at: timedelta, text: str, where: tuple[float, float]) -> dict[str, Any]:
        spot, rng = voice.incident.spot, self._rng
        known = where not in {(0, 0), MONAS} and spot.code
        picture = f"qlue-{rng.randrange(PICTURES):02d}.jpg"
        self._day.photos.setdefault(picture, None)
        return {
            "type": self._words.kinds[voice.incident.kind]["label"],
            "profile": {
                "username": f"warga_contoh_{voice.citizen:04d}",
                "timestamp": self._day.local(at, "%Y-%m-%d %H:%M:00"),
                "location": {"lat": where[0], "lng": where[1]},
                "detail": {
                    "status": "wait",
                    "kd_kel": None,
                    "name_kel": spot.kelurahan.upper() if known else "",
                    "desc": text,
                    "suggest": {"tags": []},
                    "comment_count": rng.choice((0, 0, 0, 1, 2)),
                    "image": f"/{picture}" if rng.random() < 0.7 else "",
                },
            },
        }

    def _work_on(self, name: str, voice: Voice, at: timedelta) -> None:
        """Let officials move the status, step by step, as far as they come today."""
        for status, (low, high), likely, note in STEPS:
            if self._rng.random() >= likely:
                return
            at += self._rng.randint(low, high) * MINUTE
            entry = {
                "tl_by": f"KELURAHAN {voice.incident.spot.kelurahan.upper()}",
                "username": f"petugas_contoh_{self._rng.randint(1, 40):02d}",
                "timestamp": self._day.local(at, "%Y-%m-%d %H:%M:%S"),
                "description": note,
                "file": "",
            }
            self._day.events.append(Event(at, "progress", name, {"status": status, "entry": entry if note else None}))


def with_photos(marker: dict[str, Any], address: Callable[[str], str]) -> dict[str, Any]:
    """Give a marker whose picture stands behind an address."""
    profile: dict[str, Any] = marker["profile"]
    picture = profile["detail"]["image"].lstrip("/")
    detail = profile["detail"] | {"image": address(picture) if picture else ""}
    return marker | {"profile": profile | {"detail": detail}}
