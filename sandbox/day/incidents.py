"""What happens on this morning, and who complains of it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from sandbox.day.model import LENGTH, MINUTE, Channel, Incident, Kind, Spot, Voice, read_spots, read_toml

METRES = 110_600.0
"""In a degree, near enough at Jakarta."""
CHANNELS: tuple[Channel, ...] = get_args(Channel)
OUTSIDE_KINDS = ("banjir", "jalan-rusak", "sampah")


def read_kinds() -> list[Kind]:
    """Give the kinds of incident, in the order of their file."""
    return [
        Kind(
            code=code,
            incidents=table["incidents"],
            voices=tuple(table["voices"]),
            scatter=table["scatter"],
            lasts=tuple(table["lasts"]),
            channels={channel: table[channel] for channel in CHANNELS if channel in table},
            placed=table.get("placed", True),
            turns=table.get("turns", False),
        )
        for code, table in read_toml("kinds.toml").items()
    ]


def moved(lat: float, lon: float, metres: float, rng: random.Random) -> tuple[float, float]:
    """Give a point about so many metres away, in any direction."""
    angle, far = rng.uniform(0, 2 * math.pi), abs(rng.gauss(0, metres))
    return round(lat + far * math.sin(angle) / METRES, 6), round(lon + far * math.cos(angle) / METRES, 6)


def make_incidents(rng: random.Random, details: dict[str, list[str]]) -> list[tuple[Incident, Kind]]:
    """Let everything happen: at most one incident of a kind at one spot."""
    spots, made = read_spots("spots.csv"), []
    for kind in read_kinds():
        for number, spot in enumerate(rng.sample(spots, kind.incidents), start=1):
            made.append((_incident(f"{kind.code}-{number:03d}", kind, spot, details[kind.code], rng), kind))
    kinds = {kind.code: kind for kind in read_kinds()}
    for number, spot in enumerate(read_spots("outside.csv"), start=1):
        kind = kinds[OUTSIDE_KINDS[number % len(OUTSIDE_KINDS)]]
        few = replace(kind, voices=(1, 3))
        made.append((_incident(f"luar-{number:03d}", kind, spot, details[kind.code], rng), few))
    return made


def _incident(name: str, kind: Kind, spot: Spot, details: Sequence[str], rng: random.Random) -> Incident:
    lat, lon = moved(spot.lat, spot.lon, 35, rng)
    lasts = min(rng.randint(*kind.lasts) * MINUTE, LENGTH - 10 * MINUTE)
    begin = rng.uniform(0, (LENGTH - lasts) / MINUTE) * MINUTE
    return Incident(
        id=name,
        kind=kind.code,
        spot=spot,
        lat=lat,
        lon=lon,
        rt=rng.randint(1, 14),
        rw=rng.randint(1, 12),
        house=rng.randint(1, 90),
        detail=rng.choice(details),
        begin=begin,
        lasts=lasts,
        placed=kind.placed,
    )


def make_voices(incidents: Sequence[tuple[Incident, Kind]], rng: random.Random) -> list[Voice]:
    """Let people complain, most of them early, each once; in the order of time."""
    voices = [voice for incident, kind in incidents for voice in _complain(incident, kind, rng)]
    voices.sort(key=lambda voice: (voice.at, voice.incident.id))
    return [replace(voice, citizen=number) for number, voice in enumerate(voices, start=1)]


def _complain(incident: Incident, kind: Kind, rng: random.Random) -> Iterator[Voice]:
    low, high = kind.voices
    count = low + min(int(rng.expovariate(1) * (high - low) / 2.6), high - low)
    channels = list(kind.channels)
    for _ in range(count):
        turn = channels[int(incident.id[-3:]) % len(channels)]
        channel = turn if kind.turns else rng.choices(channels, list(kind.channels.values()))[0]
        late = timedelta(minutes=min(rng.expovariate(3), 1) * incident.lasts / MINUTE)
        yield Voice(incident, channel, incident.begin + late, 0)
