"""A map drawn on the server: outlines of kelurahan and numbered pins. Prints, and needs no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

from shapely import MultiPolygon, Polygon
from shapely.geometry import shape as to_shape

from hub.store.views_trends import Spot
from normalizer.region import Area, Region

WIDTH, TALLEST, EDGE = 420, 460, 12
DETAIL = 700
"""The longer side of the map is drawn with so many steps."""
SMALLEST, GROWTH = 9.0, 1.6
"""Radius of a pin without open reports, and how it grows with the root of their number."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A spot on the map, with its number in the list."""

    number: int
    x: float
    y: float
    radius: float
    spot: Spot


@dataclass(frozen=True, slots=True)
class Map:
    """What the template draws."""

    width: float
    height: float
    outlines: Sequence[tuple[str, str]]
    """Name, and the path."""
    pins: Sequence[Pin]


@dataclass(frozen=True, slots=True)
class Paper:
    """Turns longitude and latitude into places on the paper."""

    west: float
    north: float
    scale: float
    squeeze: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Give x and y."""
        x = (lon - self.west) * self.squeeze * self.scale + EDGE
        return round(x, 1), round((self.north - lat) * self.scale + EDGE, 1)


def draw(region: Region, area: str, spots: Sequence[Spot]) -> Map | None:
    """Draw an area with its spots; the whole region as far as there are some. None where nothing is to be seen."""
    homes = {spot.kelurahan[:8] for spot in spots}
    near = [one for one in region.areas if (f"{one.code}.".startswith(f"{area}.") if area else one.kecamatan in homes)]
    if not near or not spots:
        return None
    shapes = [(one.name, _shape(one)) for one in near]
    boxes = [shape.bounds for _, shape in shapes]
    west, south = (min(box[at] for box in boxes) for at in (0, 1))
    east, north = (max(box[at] for box in boxes) for at in (2, 3))
    squeeze = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * EDGE) / ((east - west) * squeeze), (TALLEST - 2 * EDGE) / (north - south))
    paper = Paper(west, north, scale, squeeze)
    step = max(east - west, north - south) / DETAIL
    outlines = [(name, " ".join(_rings(shape, step, paper))) for name, shape in shapes]
    width, height = paper.place(east, south)
    return Map(width + EDGE, height + EDGE, outlines, [_pin(at, spot, paper) for at, spot in enumerate(spots, 1)])


def _shape(area: Area) -> Polygon | MultiPolygon:
    made: Any = to_shape({"type": "MultiPolygon", "coordinates": area.polygons})
    return made  # type: ignore[no-any-return]  # shapely says only that it is some geometry


def _rings(shape: Polygon | MultiPolygon, step: float, paper: Paper) -> Iterator[str]:
    plain: Any = shape.simplify(step)
    for part in plain.geoms if isinstance(plain, MultiPolygon) else (plain,):
        if isinstance(part, Polygon) and not part.is_empty:
            corners = [paper.place(*corner[:2]) for corner in part.exterior.coords]
            yield "M" + "L".join(f"{x} {y}" for x, y in corners) + "z"


def _pin(number: int, spot: Spot, paper: Paper) -> Pin:
    lat, lon = spot.centre
    return Pin(number, *paper.place(lon, lat), round(SMALLEST + GROWTH * sqrt(spot.open), 1), spot)
