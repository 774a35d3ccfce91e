"""Complaints from the desk of an office, in the shape of `aduan import`: the only ones that ask for secrecy."""

from __future__ import annotations

import random
from typing import Any

from sandbox.day.model import Day, Incident, Voice
from sandbox.day.words import Words

DESK = "loket-kecamatan"


def make_rows(day: Day, words: Words, incidents: list[Incident], rng: random.Random) -> list[dict[str, Any]]:
    """Write a few down at the desk. The first is `rahasia`."""
    rows = []
    for number, incident in enumerate(incidents, start=1):
        voice = Voice(incident, "email", incident.begin, 9000 + number)
        rows.append(
            {
                "id": f"loket-{number:03d}",
                "channel": DESK,
                "text": words.long(incident, voice.at, rng),
                "created_at": (day.start + voice.at).isoformat(),
                "address": words.place(incident, rng, "place_formal"),
                "reporter": f"0000-0000-{number:04d}",
                "anonim": number != 2,
                "rahasia": number == 1,
            }
        )
    return rows
