"""The unified report: one incident, one or more complaints. What CROP and the posko see."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from normalizer.complaint import Frozen, Handling, Instant, Place, Urgency

Status = Literal["menunggu", "koordinasi", "disposisi", "proses", "selesai", "ditolak", "berakhir"]
Reason = Literal[
    "",
    "bukan-masalah",
    "di-luar-wewenang",
    "di-luar-wilayah",
    "tidak-cukup-keterangan",
    "dicabut",
    "uji-coba",
]

STATUSES: tuple[Status, ...] = ("menunggu", "koordinasi", "disposisi", "proses", "selesai", "ditolak", "berakhir")
REASONS: tuple[Reason, ...] = (
    "bukan-masalah",
    "di-luar-wewenang",
    "di-luar-wilayah",
    "tidak-cukup-keterangan",
    "dicabut",
    "uji-coba",
)
NO_PHOTO: tuple[str, ...] = ("tidak-terlihat", "sudah-hilang", "tidak-pantas-difoto", "bukan-di-lapangan")
"""Why a finished report has no photo of the result."""
CLOSED: frozenset[str] = frozenset({"selesai", "ditolak", "berakhir"})
"""Finished, refused, or vanished by itself. Any may go back to an open status."""


class UnitShare(Frozen):
    """A unit's part in a report."""

    unit: str
    role: Literal["lead", "supporting"] = "lead"
    by: Literal["machine", "person"] = "machine"


class Member(Frozen):
    """One of a report's complaints, as third parties may see it."""

    channel: str
    id: str
    text: str = Field(repr=False)
    created_at: Instant
    anonim: bool
    rahasia: bool
    photos: tuple[str, ...] = ()


class Report(Frozen):
    """A report at one version, whole."""

    number: str
    version: int
    status: Status = "menunggu"
    reason: Reason = ""
    category: str
    urgency: Urgency
    handling: Handling = "open"
    place: Place
    units: tuple[UnitShare, ...] = ()
    queue: str = ""
    """Code of the unit whose work list it stands in."""
    created_at: Instant
    updated_at: Instant
    merged_into: str = ""
    complaint_count: int = 0
    complaints: tuple[Member, ...] = ()
    """The newest twenty."""

    @property
    def lead(self) -> str:
        """The code of the unit that must act, empty where nobody was named."""
        return next((share.unit for share in self.units if share.role == "lead"), "")
