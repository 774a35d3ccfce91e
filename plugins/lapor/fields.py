"""What a field is called: names of LAPOR!'s that mean the same, and the row that is read by them.

Only `TrackingID` is known from LAPOR!'s own documents; the others are words of its form and of its public page.
Letter case, blanks and signs in a name count for nothing: `Tracking ID`, `tracking_id` and `TrackingID` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "id": ("TrackingID", "id laporan", "nomor laporan", "no laporan", "nomor tracking", "no tracking", "nomor", "id"),
    "title": ("judul", "judul laporan", "title"),
    "text": ("isi", "isi laporan", "isi pengaduan", "laporan", "deskripsi", "text", "body"),
    "reporter": ("pelapor", "nama pelapor", "nama", "reporter"),
    "time": ("tanggal laporan", "tanggal", "tanggal masuk", "waktu", "submitted", "created at"),
    "source": ("sumber", "sumber laporan", "kanal", "media", "source", "channel"),
    "status": ("status", "status laporan"),
    "updated": ("tanggal tindak lanjut", "tanggal status", "updated at"),
    "closing": ("selesai otomatis", "batas waktu", "auto close"),
    "disposition": ("disposisi", "terdisposisi", "terdisposisi ke", "instansi", "instansi tujuan"),
    "answer": ("tindak lanjut", "tanggapan", "jawaban"),
    "category": ("kategori", "kategori utama", "topik", "topic", "topic name", "topic id", "category"),
    "subcategory": ("sub kategori", "sub topik", "sub category"),
    "classification": ("klasifikasi", "klasifikasi laporan", "jenis laporan"),
    "anonim": ("anonim", "anonymous"),
    "rahasia": ("rahasia", "secret"),
    "lat": ("lat", "latitude", "lintang"),
    "lon": ("lon", "lng", "long", "longitude", "bujur"),
    "address": ("lokasi kejadian", "lokasi", "alamat", "address"),
    "attachments": ("lampiran", "foto", "attachments"),
    "note": ("note", "catatan"),
    "note_internal": ("note internal", "catatan internal"),
}
"""Meaning and the names it has, the surest first."""
MAX_DEPTH = 4
_SIGNS = re.compile(r"[\W_]+")


def plain(name: str) -> str:
    """Give a name without case, blanks and signs."""
    return _SIGNS.sub("", name).lower()


def text_of(value: Any) -> str:
    """Give the text of a string or number without NUL, lone surrogates, odd and outer blanks; else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).replace("\0", "").replace("\u00a0", " ").replace("\ufeff", "")
    return text.encode("utf-8", "replace").decode().strip()


def label_of(value: Any) -> str:
    """Give a label in one line, every run of blanks (NBSP too) as one."""
    return " ".join(text_of(value).split())


@dataclass(frozen=True, slots=True)
class Fields:
    """The names in use: those of the settings before the usual ones."""

    names: Mapping[str, tuple[str, ...]]

    @classmethod
    def make(cls, configured: Mapping[str, tuple[str, ...]]) -> Fields:
        """Read the settings."""
        return cls(
            {
                meaning: tuple(dict.fromkeys(plain(name) for name in (*configured.get(meaning, ()), *usual)))
                for meaning, usual in DEFAULTS.items()
            }
        )

    def row(self, row: Mapping[str, Any]) -> Row:
        """Take in a row; members inside members have dotted names."""
        return Row(dict(_flat(row)), self)

    def has(self, header: list[str], meaning: str) -> bool:
        """Say whether a header names this field."""
        return not {plain(name) for name in header}.isdisjoint(self.names[meaning])


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an answer or an export. A field that is not there is empty."""

    values: Mapping[str, Any]
    fields: Fields

    def raw(self, meaning: str) -> Any:
        """Give a field's value as it came: of the first of its names that holds something."""
        found = (self.values.get(name) for name in self.fields.names[meaning])
        return next((value for value in found if value not in (None, "", [])), None)

    def text(self, meaning: str) -> str:
        """Give a field's text."""
        return text_of(self.raw(meaning))

    def label(self, meaning: str) -> str:
        """Give a field's text in one line."""
        return label_of(self.raw(meaning))


def _flat(row: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        key = before + plain(str(name))
        if isinstance(value, dict) and depth < MAX_DEPTH:
            yield from _flat(value, key, depth + 1)
        else:
            yield key, value
