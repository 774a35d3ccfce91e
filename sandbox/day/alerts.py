"""The morning on Waze: partner feed alerts (specification 3.0) that appear, and vanish when nobody confirms them."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from sandbox.day.incidents import moved
from sandbox.day.model import LENGTH, MINUTE, Day, Event, Spot, Voice, read_spots
from sandbox.day.words import Words

TAPPED = {
    "banjir": ("HAZARD_WEATHER_FLOOD",),
    "jalan-rusak": ("HAZARD_ON_ROAD_POT_HOLE",),
    "lampu-lalu-lintas": ("HAZARD_ON_ROAD_TRAFFIC_LIGHT_FAULT",),
    "pohon": ("HAZARD_ON_ROAD_OBJECT", "HAZARD_ON_ROAD"),
    "bahaya-jalan": ("HAZARD_ON_ROAD_OBJECT", "HAZARD_ON_ROAD_OIL"),
    "kecelakaan": ("ACCIDENT_MAJOR", "ACCIDENT_MINOR", ""),
}
LIVES = {"banjir": (20, 60), "jalan-rusak": (150, 700), "lampu-lalu-lintas": (20, 90), "kecelakaan": (16, 45)}
"""Minutes until an alert vanishes."""
NOISE = (
    ("JAM", "JAM_HEAVY_TRAFFIC", 70),
    ("JAM", "JAM_STAND_STILL_TRAFFIC", 30),
    ("JAM", "JAM_MODERATE_TRAFFIC", 60),
    ("HAZARD", "HAZARD_WEATHER_HEAVY_RAIN", 30),
    ("HAZARD", "HAZARD_ON_ROAD_CONSTRUCTION", 15),
    ("HAZARD", "HAZARD_ON_SHOULDER_CAR_STOPPED", 35),
    ("ROAD_CLOSED", "ROAD_CLOSED_CONSTRUCTION", 8),
)
"""What drivers tap besides: never a complaint."""


class Alerts:
    """Taps alerts into a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng

    def tap(self, voice: Voice) -> None:
        """Let a driver report an incident."""
        rng, incident = self._rng, voice.incident
        subtype = rng.choice(TAPPED[incident.kind])
        lat, lon = moved(incident.lat, incident.lon, 30, rng)
        said = self._said(voice)
        alert = self._alert(voice.at, "ACCIDENT" if incident.kind == "kecelakaan" else "HAZARD", subtype, incident.spot)
        alert |= {"location": {"x": lon, "y": lat}, "reliability": rng.choice((5, 6, 6, 7, 8, 10))}
        if said or rng.random() < 0.4:
            alert["reportDescription"] = said
        self._show(voice.at, alert, rng.randint(*LIVES.get(incident.kind, (25, 120))))
        self._day.hear(voice, alert["uuid"])

    def make_noise(self) -> None:
        """Let drivers report jams, rain, works and stopped cars."""
        spots = read_spots("spots.csv")
        for kind, subtype, count in NOISE:
            for _ in range(count):
                at = self._rng.uniform(0, LENGTH / MINUTE) * MINUTE
                alert = self._alert(at, kind, subtype, self._rng.choice(spots))
                self._show(at, alert, self._rng.randint(6, 90))

    def _said(self, voice: Voice) -> str:
        """People rarely type while driving; a fallen tree has no button of its own."""
        if voice.incident.kind == "pohon":
            return self._words.core(voice.incident, self._rng) if self._rng.random() < 0.5 else "pohon tumbang"
        return self._words.core(voice.incident, self._rng)[:100] if self._rng.random() < 0.12 else ""

    def _alert(self, at: timedelta, kind: str, subtype: str, spot: Spot) -> dict[str, Any]:
        rng = self._rng
        lat, lon = moved(spot.lat, spot.lon, 60, rng)
        alert: dict[str, Any] = {
            "uuid": str(UUID(int=rng.getrandbits(128), version=4)),
            "type": kind,
            "subtype": subtype,
            "country": "ID",
            "location": {"x": lon, "y": lat},
            "roadType": rng.choice((1, 2, 2, 6, 7)),
            "magvar": rng.randrange(360),
            "reportRating": rng.randint(0, 5),
            "reportByMunicipalityUser": "false",
            "confidence": rng.choice((0, 0, 0, 1, 2)),
            "reliability": rng.choice((5, 5, 6, 7)),
            "pubMillis": int((self._day.start + at).timestamp()) * 1000,
        }
        if rng.random() < 0.92:
            alert["street"] = spot.street.replace("Jalan ", rng.choice(("Jl. ", "Jl ", "")), 1)
        if rng.random() < 0.83:
            alert["city"] = spot.kota
        return alert

    def _show(self, at: timedelta, alert: dict[str, Any], minutes: int) -> None:
        self._day.events.append(Event(at, "alert", alert["uuid"], alert))
        self._day.events.append(Event(at + minutes * MINUTE, "gone", alert["uuid"]))
