"""LAPOR!'s words for a status and the hub's, both ways. The full list of theirs is not public."""

from __future__ import annotations

from collections.abc import Mapping

from normalizer.report import STATUSES, Status

THEIRS: Mapping[str, Status] = {
    # Filters of the public page, and what copies of it write.
    "belum": "menunggu",
    "belum diproses": "menunggu",
    "menunggu": "menunggu",
    "menunggu diproses": "menunggu",
    "proses": "proses",
    "diproses": "proses",
    "sedang diproses": "proses",
    "selesai": "selesai",
    "selesai otomatis": "selesai",
    # Texts seen on the public page in 2025: the agency answered; the reporter answered the agency, so it goes on.
    "ditindaklanjuti oleh instansi": "proses",
    "ditanggapi oleh pelapor": "proses",
    "terdisposisi": "disposisi",
}
OURS: Mapping[Status, str] = {
    "menunggu": "Belum",
    "koordinasi": "Proses",
    "disposisi": "Proses",
    "proses": "Proses",
    "selesai": "Selesai",
    "ditolak": "Selesai",
    "berakhir": "Selesai",
}
"""The nearest of the three words of the public page; the words of a reply say the rest."""
WAITING = "menunggu"


def status_of(said: str, further: Mapping[str, str]) -> str:
    """Give the hub's status for a text; an unknown text stays as it is, and changes nothing.

    `further`: words of the settings and their meaning, which count before ours.
    """
    words = " ".join(said.lower().split())
    known = {" ".join(name.lower().split()): status for name, status in further.items()}
    return known.get(words) or THEIRS.get(words) or said


def is_known(status: str) -> bool:
    """Say whether it is a status of the hub."""
    return status in STATUSES
