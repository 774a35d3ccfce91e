"""Reads the stops of a GTFS feed: places that everybody knows, with names that follow a timetable's habits."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TextIO, cast

from rich.progress import Progress

from hub.gazetteer.readings import STREET, Bad, Left, Point, Reading, Unreadable, position
from hub.gazetteer.tables import records

STOPS = "stops.txt"
KINDS = {"": "bus_stop", "0": "bus_stop", "1": "halte_brt"}
"""By location_type. 2 is an entrance, 3 a node of a path, 4 a place to board."""
_NUMBERED = frozenset(
    "smpn sman smkn mtsn man sdn smp sma smk sd tk min slb terminal gate gerbang pintu blok km no nomor rw rt sektor "
    "tahap zona kodim koramil lantai sisi ruko".split()
)
"""Words whose number belongs to them: SMPN 1 is a school, Pasar Kenari 1 one side of a road."""
_DIRECTION = re.compile(r"^(.*?(\w+)\W*)\s[1-4]$")
_OPPOSITE = re.compile(r"^(sbr|sebrang|seberang)\b\.?\s*", re.IGNORECASE)

_STREET = re.compile(r"(jl|jln|jalan|gg|gang)\b", re.IGNORECASE)


def read_gtfs(path: Path, kind: str, progress: Progress) -> Iterator[Reading]:
    """Give the stops and stations of a feed, or of its `stops.txt` alone. Raises Unreadable."""
    if not zipfile.is_zipfile(path):
        with progress.open(
            path, "r", encoding="utf-8-sig", errors="surrogateescape", newline="", description=path.name
        ) as stream:
            yield from _stops(stream, kind)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(archive)
            with archive.open(member) as packed:
                read = progress.wrap_file(cast("BinaryIO", packed), total=member.file_size, description=STOPS)
                yield from _stops(io.TextIOWrapper(read, "utf-8-sig", "surrogateescape", newline=""), kind)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError) as error:
        raise Unreadable(f"the archive is damaged or locked: {error}") from None


def stop_name(name: str) -> str:
    """Give the name without the number of its direction, and of what lies opposite the name of what it is opposite."""
    name = _OPPOSITE.sub("", " ".join(name.split()))
    numbered = _DIRECTION.match(name)
    return numbered[1] if numbered and numbered[2].lower() not in _NUMBERED else name


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    for member in archive.infolist():
        if PurePosixPath(member.filename).name == STOPS:
            return member
    raise Unreadable(f"there is no {STOPS} in the archive")


def _stops(stream: TextIO, kind: str) -> Iterator[Reading]:
    for line, row in records(stream, ("stop_name", "stop_lat", "stop_lon")):
        yield Bad(f"{STOPS} line {line}", row) if isinstance(row, str) else _stop(f"{STOPS} line {line}", row, kind)


def _stop(where: str, row: dict[str, str], kind: str) -> Reading:
    sort = row.get("location_type", "").strip()
    if sort not in KINDS or (sort != "1" and row.get("parent_station", "").strip()):
        return Left("platforms and entrances of a station")
    try:
        at = position(row["stop_lat"], row["stop_lon"])
    except ValueError as error:
        return Bad(where, str(error))
    name = stop_name(row["stop_name"])
    return Point(where, name, kind or (STREET if _STREET.match(name) else KINDS[sort]), at)
