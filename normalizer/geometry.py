"""Positions on the ground: which area holds a point, how far its border is, and which readings of a pair are sound."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from normalizer.region import Area, Region, Ring

Position = tuple[float, float]
"""Latitude, longitude."""

SHORE = 300.0
"""Metres off a mainland coast that still belong to it: enough for every stop of a Jakarta gazetteer."""
SEA = 3000.0
"""Metres off an island."""
BLUR = 25.0
"""Metres by which two maps of the same border differ in nine of ten places that they differ at."""
PIN = 25.0
"""Metres around a default pin within which a position says nothing."""

_RING = np.array([(math.sin(step * math.pi / 3), math.cos(step * math.pi / 3)) for step in range(6)])


@dataclass(frozen=True, slots=True)
class Spotting:
    """Where a point lies. Areas by their index in `Region.areas`."""

    area: int
    metres_to_border: float | None
    """To the nearest neighbouring area; None where it has none, as an island."""
    neighbour: int | None
    metres_off: float = 0.0
    """How far outside the area it lies, taken in all the same."""


class Boundaries:
    """The areas of a region on a plane in metres, true to 0.5 % over a hundred kilometres."""

    def __init__(self, region: Region) -> None:
        latitude = math.radians(sum(area.lat for area in region.areas) / len(region.areas))
        # Metres a degree by the series of the WGS 84 ellipsoid.
        self._up = 111_132.954 - 559.822 * math.cos(2 * latitude) + 1.175 * math.cos(4 * latitude)
        self._right = 111_412.84 * math.cos(latitude) - 93.5 * math.cos(3 * latitude)
        self._shapes = np.array([self._multipolygon(area) for area in region.areas], dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self._waters = shapely.unary_union([self._polygon((ring,)) for ring in region.waters])
        self._neighbours = self._touching()
        self._mainland = max(self._landmasses(), key=len)
        shapely.prepare(self._shapes)
        shapely.prepare(self._waters)
        self._pins = region.default_pins
        self._south = all(area.lat < 0 for area in region.areas)

    def spot(self, position: Position, accuracy: float = 0.0) -> Spotting | None:
        """Find the area of a position, None for one outside the region.

        A point on a shared border belongs to the area first in the region's order. A point just outside belongs to
        the nearest area where that is within the border's own blur or the position's accuracy, or over water.
        """
        point = self._point(position)
        inside = self._tree.query(point, predicate="intersects")
        if inside.size:
            return self._held(point, int(inside.min()))
        return self._near(point, accuracy)

    def around(self, positions: Sequence[Position], metres: float) -> list[dict[int, float]]:
        """Give, for each position, the shares of the areas that lie around it: all at once, for many positions."""
        offsets = np.array([(0.0, 0.0), *(metres * _RING), *(metres / 2 * _RING[::2])])
        weights = [len(_RING), *[1] * (len(offsets) - 1)]
        centres = np.array([(lon * self._right, lat * self._up) for lat, lon in positions]).reshape(-1, 1, 2)
        samples, areas = self._tree.query(shapely.points((centres + offsets).reshape(-1, 2)), predicate="intersects")
        found: list[dict[int, float]] = [{} for _ in positions]
        for sample, area in zip(samples.tolist(), areas.tolist(), strict=True):
            at, part = divmod(sample, len(offsets))
            found[at][area] = found[at].get(area, 0.0) + weights[part] / sum(weights)
        return found

    def readings(self, position: Position) -> Iterator[Position]:
        """Give the position, then what it becomes when a lost sign or a swapped pair is put right."""
        lat, lon = position
        yield lat, lon
        if self._south and lat > 0:
            yield -lat, lon
        yield lon, lat
        if self._south and lon > 0:
            yield -lon, lat

    def speaks(self, position: Position) -> bool:
        """Say whether a position means anything: no Null Island, nor a pin that an app sets by itself."""
        lat, lon = position
        if not (math.isfinite(lat) and math.isfinite(lon)) or 0 in position or max(abs(lat), abs(lon)) < 0.1:
            return False
        return all(self.metres(position, pin) > PIN for pin in self._pins)

    def metres(self, one: Position, other: Position) -> float:
        """Give the distance of two positions."""
        return math.hypot((one[0] - other[0]) * self._up, (one[1] - other[1]) * self._right)

    def metres_to(self, position: Position, areas: list[int]) -> float:
        """Give the distance of a position to the nearest of some areas, 0 inside one."""
        return float(shapely.distance(self._shapes[areas], self._point(position)).min())

    def _held(self, point: shapely.Point, area: int, off: float = 0.0) -> Spotting:
        neighbours = self._neighbours[area]
        if not neighbours.size:
            return Spotting(area, None, None, off)
        distances = shapely.distance(self._shapes[neighbours], point)
        nearest = int(distances.argmin())
        return Spotting(area, float(distances[nearest]), int(neighbours[nearest]), off)

    def _near(self, point: shapely.Point, accuracy: float) -> Spotting | None:
        nearest = int(self._tree.nearest(point))
        metres = float(shapely.distance(self._shapes[nearest], point))
        reach = max(BLUR, min(accuracy, SHORE))
        if shapely.intersects(self._waters, point):
            reach = SHORE if nearest in self._mainland else SEA
        return self._held(point, nearest, metres) if metres <= reach else None

    def _touching(self) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
        left, right = self._tree.query(self._shapes, predicate="touches")
        return [np.sort(right[left == index]) for index in range(len(self._shapes))]

    def _landmasses(self) -> Iterator[set[int]]:
        """Give the sets of areas that hang together by their borders."""
        left = set(range(len(self._shapes)))
        while left:
            mass, edge = set[int](), {min(left)}
            while edge:
                mass |= edge
                edge = {int(other) for index in edge for other in self._neighbours[index]} - mass
            left -= mass
            yield mass

    def _point(self, position: Position) -> shapely.Point:
        return shapely.Point(position[1] * self._right, position[0] * self._up)

    def _multipolygon(self, area: Area) -> shapely.MultiPolygon:
        return shapely.MultiPolygon([self._polygon(rings) for rings in area.polygons])

    def _polygon(self, rings: tuple[Ring, ...]) -> shapely.Polygon:
        shell, *holes = ([(lon * self._right, lat * self._up) for lon, lat in ring] for ring in rings)
        return shapely.Polygon(shell, holes)
