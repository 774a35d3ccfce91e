"""The morning at LAPOR!: formal reports with labels of its own, agencies that answer, and secret ones in an export."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sandbox.day.model import MINUTE, Day, Event, Voice
from sandbox.day.words import Words

FIRST_ID = 9_170_001
LABELS = {
    "banjir": "BANJIR",
    "saluran-air": "DRAINASE (GORONG-GORONG/PARIT)",
    "jalan-rusak": "JALAN BERLUBANG",
    "trotoar": "TROTOAR",
    "lampu-jalan": "PENERANGAN JALAN",
    "sampah": "PENGELOLAAN SAMPAH",
    "parkir-liar": "PARKIR LIAR",
    "bantuan-sosial": "BANTUAN SOSIAL",
    "kependudukan": "KTP (KARTU TANDA PENDUDUK)",
}
STEPS = (
    ("Terdisposisi", (20, 70), 0.5),
    ("Proses", (20, 80), 0.6),
    ("Selesai", (20, 80), 0.5),
    ("Ditanggapi oleh pelapor", (15, 40), 0.3),
)
"""Status, minutes since the last, and how likely it follows. The last goes back: the reporter is not content."""


class Streams:
    """Files reports into a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._next = FIRST_ID

    def report(self, voice: Voice) -> None:
        """Let a citizen report. Secret ones are not in the list, only in what the admin site exports."""
        rng, name = self._rng, str(self._next)
        self._next += 1
        row = self._row(voice, name)
        secret = rng.random() < 0.06
        if secret:
            row["rahasia"] = "1"
        self._day.events.append(Event(voice.at, "export" if secret else "stream", name, row))
        self._day.hear(voice, name)
        if not secret:
            self._work_on(name, voice.at)

    def _row(self, voice: Voice, name: str) -> dict[str, Any]:
        rng, incident = self._rng, voice.incident
        nameless = rng.random() < 0.35
        return {
            "TrackingID": f"#{name}",
            "judul": self._words.subject(incident, rng),
            "isi": self._words.formal(incident, voice.at, rng),
            "tanggal": self._day.local(voice.at, "%d-%m-%Y %H:%M WIB"),
            "sumber": rng.choice(("Website", "Aplikasi", "SMS", "WhatsApp")),
            "status": "Belum",
            "kategori": LABELS.get(incident.kind, "TOPIK LAINNYA"),
            "klasifikasi": "Pengaduan" if incident.placed else "Permintaan Informasi",
            "pelapor": "Anonim" if nameless else f"Warga Contoh {voice.citizen}",
            "anonim": "1" if nameless else "0",
            "rahasia": "0",
        }

    def _work_on(self, name: str, at: timedelta) -> None:
        for status, (low, high), likely in STEPS:
            if self._rng.random() >= likely:
                return
            at += self._rng.randint(low, high) * MINUTE
            answer = self._words.pick("agency", self._rng) if status in {"Proses", "Selesai"} else ""
            self._day.events.append(Event(at, "disposition", name, {"status": status, "answer": answer}))
