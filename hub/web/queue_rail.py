"""The lanes of a work list as a rail: grouped by what they ask of a clerk, each with its key."""

from __future__ import annotations

from types import MappingProxyType

from hub.store.views_queue import LANES
from hub.web.language import mark

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (mark("To do"), ("semua", "darurat", "baru", "punya-saya", "tanpa-petugas")),
    (mark("Time left"), ("lewat", "hampir-lewat")),
    (mark("To look at"), ("perlu-lokasi", "perlu-kategori", "mungkin-duplikat", "dibantah", "rt-rw", "luar-wilayah")),
    (mark("Waiting for others"), ("menunggu-warga", "menunggu-crop", "diserahkan")),
)
"""Lanes as they stand in the rail; a lane that is in no group stands at its end."""
REST = mark("Finished")
LETTERS = MappingProxyType(
    {
        "semua": "s",
        "darurat": "d",
        "baru": "b",
        "punya-saya": "p",
        "tanpa-petugas": "t",
        "lewat": "l",
        "hampir-lewat": "h",
        "perlu-lokasi": "o",
        "perlu-kategori": "k",
        "mungkin-duplikat": "m",
        "dibantah": "i",
        "menunggu-warga": "w",
        "menunggu-crop": "c",
        "diserahkan": "a",
        "luar-wilayah": "u",
        "rt-rw": "r",
        "selesai": "e",
    }
)
"""The key that opens a lane, after `g`."""


def lane_groups() -> list[tuple[str, tuple[str, ...]]]:
    """Give the lanes in their groups; none is left out."""
    named = {lane for _, lanes in GROUPS for lane in lanes}
    groups = [(title, tuple(lane for lane in lanes if lane in LANES)) for title, lanes in GROUPS]
    groups.append((REST, tuple(lane for lane in LANES if lane not in named)))
    return [(title, lanes) for title, lanes in groups if lanes]
