"""Where things lie: the kelurahan of a point, the parts of an estate, the stretches of a street."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from normalizer.geometry import Boundaries, Position
from normalizer.region import Region

SHARE = 0.2
"""Of a place drawn as an area that must lie in a kelurahan for it to be said to be there."""
STRETCH = 30.0
"""Metres of a street in a kelurahan below which it only touches it, if it goes on in others."""
METRES = 111_200.0
"""Of a degree."""


class Ground:
    """The areas of a region, for what is larger than a point too."""

    def __init__(self, region: Region) -> None:
        self.boundaries = Boundaries(region)
        self._codes = [area.code for area in region.areas]
        self._squeeze = math.cos(math.radians(sum(area.lat for area in region.areas) / len(region.areas)))
        flat = [[[self._flat(ring) for ring in polygon] for polygon in area.polygons] for area in region.areas]
        self._shapes = np.array(
            [shapely.MultiPolygon([(shell, holes) for shell, *holes in polygons]) for polygons in flat], dtype=object
        )
        self._tree = shapely.STRtree(self._shapes)
        shapely.prepare(self._shapes)

    def kelurahan(self, at: Position) -> str:
        """Give the code of the kelurahan of a point, empty outside the region."""
        spotting = self.boundaries.spot(at)
        return self._codes[spotting.area] if spotting else ""

    def mistaken(self, at: Position) -> bool:
        """Say whether a point outside would be inside with its numbers swapped or a lost sign put back."""
        return any(self.boundaries.spot(other) for other in list(self.boundaries.readings(at))[1:])

    def parts(self, ring: Sequence[Position]) -> Iterator[tuple[str, Position]]:
        """Give the kelurahan that hold a good share of an area, and a point of it in each; none for one outside."""
        shape = shapely.make_valid(shapely.Polygon(self._flat((lon, lat) for lat, lon in ring)))
        pieces = [(code, piece) for code, piece in self._cut(shape) if piece.area]
        held = sum(piece.area for _code, piece in pieces)
        if 2 * held < shape.area:
            return
        for code, piece in pieces:
            if piece.area >= SHARE * held:
                yield code, self._position(piece.representative_point())

    def pieces(self, points: Sequence[Position]) -> Iterator[tuple[str, BaseGeometry]]:
        """Cut a line into its pieces by kelurahan."""
        line = shapely.LineString(self._flat((lon, lat) for lat, lon in points))
        return ((code, piece) for code, piece in self._cut(line) if piece.length)

    def stretches(self, pieces: dict[str, list[BaseGeometry]]) -> Iterator[tuple[str, Position]]:
        """Give the kelurahan of a street, from its pieces there, and the middle of its longest stretch in each."""
        metres = {code: METRES * sum(piece.length for piece in those) for code, those in pieces.items()}
        longest = max(metres.values(), default=0.0)
        for code in sorted(pieces):
            if metres[code] >= min(STRETCH, longest):
                yield code, self._position(_longest(pieces[code]).interpolate(0.5, normalized=True))

    def _cut(self, shape: BaseGeometry) -> Iterator[tuple[str, BaseGeometry]]:
        for index in np.sort(self._tree.query(shape, predicate="intersects")):
            yield self._codes[index], shapely.intersection(shape, self._shapes[index])

    def _flat(self, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(lon * self._squeeze, lat) for lon, lat in points]

    def _position(self, point: shapely.Point) -> Position:
        return point.y, point.x / self._squeeze


def _longest(pieces: list[BaseGeometry]) -> BaseGeometry:
    """Join what hangs together, and give the longest."""
    flat = [line for piece in pieces for line in shapely.get_parts(piece) if line.length]
    joined = shapely.line_merge(shapely.MultiLineString(flat)) if len(flat) > 1 else flat[0]
    lines: list[BaseGeometry] = list(shapely.get_parts(joined))
    return max(lines, key=lambda line: line.length)
