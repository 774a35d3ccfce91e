"""Where the map beside a list begins: at the outline of its unit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from normalizer.region import Area, Region

Bounds = tuple[float, float, float, float]
"""South, west, north, east."""
MOST_OUTLINES = 12


def outlined(region: Region, queue: str, kecamatan: Iterable[str]) -> list[str]:
    """Name the kecamatan whose kelurahan are drawn: the unit's own, else those of the rows."""
    if any(area.kecamatan == queue for area in region.areas):
        return [queue]
    return sorted({code for code in kecamatan if code})[:MOST_OUTLINES]


def bounds(region: Region, codes: Iterable[str]) -> Bounds:
    """Give the box around kelurahan or kecamatan; around the whole region where none is named."""
    return _bounds(_Key(region), tuple(codes))


class _Key:
    """A region as a key of a cache: by name and version."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._name = (region.code, region.version)

    def __hash__(self) -> int:
        return hash(self._name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other._name == self._name


@lru_cache(maxsize=512)
def _bounds(key: _Key, codes: tuple[str, ...]) -> Bounds:
    areas = [area for area in key.region.areas if not codes or {area.code, area.kecamatan} & set(codes)]
    points = [point for area in areas for point in _corners(area)]
    if not points:
        return _bounds(key, ())
    west, south = min(lon for lon, _ in points), min(lat for _, lat in points)
    east, north = max(lon for lon, _ in points), max(lat for _, lat in points)
    return round(south, 4), round(west, 4), round(north, 4), round(east, 4)


def _corners(area: Area) -> Iterable[tuple[float, float]]:
    return ((lon, lat) for polygon in area.polygons for lon, lat in polygon[0])


def tile_host(template: str) -> str:
    """Give scheme and host of the tiles: what pages must be allowed to load, and nothing else. Empty without tiles."""
    parts = urlsplit(template)
    return f"{parts.scheme}://{parts.netloc}" if template else ""
