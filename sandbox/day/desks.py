"""The morning at the city's own doors: its web form, the counters of the kecamatan, and a kelurahan's spreadsheet.

Plain fields only: whoever runs a hub in the same process hands forms and entries in.
"""

from __future__ import annotations

import base64
import random
from datetime import timedelta
from hashlib import sha256

from sandbox.day.incidents import moved
from sandbox.day.model import LENGTH, MINUTE, Day, Event, Incident, Voice
from sandbox.day.photos import draw
from sandbox.day.words import Words

OFFLINE = (120 * MINUTE, 190 * MINUTE)
"""The line of one counter is down between these times; what it wrote down comes when it is back."""
SHEETS = (200 * MINUTE, LENGTH + 5 * MINUTE)
"""When the kelurahan saves its spreadsheet."""
COLUMNS = ("No", "Tanggal", "Jam", "Uraian", "Lokasi", "Pelapor")


class Desks:
    """Writes forms, entries and rows into a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._rows: list[tuple[timedelta, dict[str, str]]] = []

    def fill_in(self, voice: Voice) -> None:
        """Let a citizen fill in the form; some press Enter twice, some have a photo that says where it was taken."""
        rng, incident = self._rng, voice.incident
        key = self._key("formulir", voice)
        pinned = incident.placed and rng.random() < 0.55
        lat, lon = moved(incident.lat, incident.lon, 20, rng) if pinned else (None, None)
        sealed = incident.kind == "pungli"
        form = {
            "key": key,
            "at": (self._day.start + voice.at).isoformat(),
            "text": self._words.filled_in(incident, rng),
            "address": self._words.place(incident, rng, "place_formal") if rng.random() < 0.6 else "",
            "kelurahan": incident.spot.code if incident.placed and rng.random() < 0.5 else "",
            "lat": lat,
            "lon": lon,
            "accuracy": 25.0 if pinned else None,
            "name": f"Warga Contoh {voice.citizen}" if rng.random() < 0.6 else "",
            "contact": f"warga{voice.citizen}@example.org" if rng.random() < 0.5 else "",
            "anonim": sealed or rng.random() < 0.4,
            "rahasia": not sealed and rng.random() < 0.08,
            "photos": [self._photo(voice)] if incident.placed and rng.random() < 0.25 else [],
        }
        self._day.events.append(Event(voice.at, "form", key, form))
        if rng.random() < 0.12:
            self._day.events.append(Event(voice.at + MINUTE / 60, "form", key, form))
        self._day.hear(voice, key)

    def note_down(self, voice: Voice) -> None:
        """Let a clerk write down what somebody says; some are heads of an RT on duty, some counters are offline."""
        rng, incident = self._rng, voice.incident
        key = self._key("loket", voice)
        head = incident.placed and rng.random() < 0.15
        text = self._words.duty(incident, rng) if head else self._words.noted(incident, rng)
        entry = {
            "id": key,
            "at": (self._day.start + voice.at).isoformat(),
            "text": text,
            "name": f"Ketua RT Contoh {voice.citizen}" if head else f"Warga Contoh {voice.citizen}",
            "phone": f"0000-0001-{voice.citizen:04d}" if rng.random() < 0.8 else "",
            "address": self._words.place(incident, rng, "place_formal"),
            "kelurahan": incident.spot.code if incident.placed else "",
            "category": "" if incident.kind == "uji-coba" else incident.kind,
            "anonim": rng.random() < 0.7,
            "role": "rt" if head else "",
            "desk": f"loket-{rng.randint(1, 3)}",
        }
        down = entry["desk"] == "loket-2" and OFFLINE[0] <= voice.at < OFFLINE[1]
        self._day.events.append(Event(OFFLINE[1] if down else voice.at, "entry", key, entry))
        self._day.hear(voice, key)

    def list_up(self, voice: Voice) -> None:
        """Let the kelurahan note a complaint in its spreadsheet."""
        incident, number = voice.incident, str(len(self._rows) + 1)
        row = {
            "No": f"kel-{number}",
            "Tanggal": self._day.local(voice.at, "%d/%m/%Y"),
            "Jam": self._day.local(voice.at, "%H.%M"),
            "Uraian": self._words.row(incident, self._rng),
            "Lokasi": self._words.place(incident, self._rng, "place_formal"),
            "Pelapor": f"Warga Contoh {voice.citizen}",
        }
        self._rows.append((voice.at, row))
        self._day.hear(voice, row["No"])

    def save_sheets(self) -> None:
        """Save the spreadsheet, at noon with more rows than before, and with one that is no date."""
        rows = sorted(self._rows, key=lambda one: one[0])
        if not rows:
            return
        for number, saved in enumerate(SHEETS):
            listed = [row for at, row in rows if at <= saved]
            if number:
                listed.append(rows[0][1] | {"No": "kel-0", "Tanggal": "kemarin lusa"})
            self._day.events.append(Event(saved, "sheet", "aduan-kelurahan.csv", {"rows": listed}))
        self._day.refusable += 1

    def _photo(self, voice: Voice) -> dict[str, str]:
        spot = self._near(voice.incident)
        taken = self._day.local(voice.at, "%Y:%m:%d %H:%M:%S")
        picture = draw(f"formulir-{voice.citizen}", spot, taken)
        return {"media_type": "image/jpeg", "data": base64.b64encode(picture).decode()}

    def _near(self, incident: Incident) -> tuple[float, float] | None:
        return moved(incident.lat, incident.lon, 15, self._rng) if self._rng.random() < 0.7 else None

    def _key(self, purpose: str, voice: Voice) -> str:
        """Make the key that a form or a desk makes by chance."""
        return sha256(f"{purpose} {voice.citizen}".encode()).hexdigest()[:22]
