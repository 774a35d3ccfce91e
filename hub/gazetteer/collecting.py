"""Turns what was read into rows of a region pack, each once and in its kelurahan, and counts what is left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from shapely.geometry.base import BaseGeometry

from hub.gazetteer.ground import Ground
from hub.gazetteer.naming import STOPS, fault, spelled_out
from hub.gazetteer.readings import STREET, Bad, Left, Line, Outline, Point, Reading
from normalizer.geometry import Position
from normalizer.placewords import key
from normalizer.region import Region, Spot, Street

SAME = 300.0
"""Metres within which two of one name in one kelurahan are one place."""
OUTSIDE = "outside the region"
AREA = "named like an area"
SHOWN = 20
"""Bad lines that are told one by one; a file of another kind would have millions."""


@dataclass
class Harvest:
    """What a file came to."""

    read: int = 0
    spots: list[Spot] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    known: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    bad: int = 0
    problems: list[str] = field(default_factory=list)
    """The first bad lines, each with what is wrong."""


def harvest(region: Region, readings: Iterable[Reading], *, anew: bool = False) -> Harvest:
    """Collect what the region does not have yet; `anew`: what it has of the same kinds counts as gone."""
    if not anew:
        return _Collector(region).collect(readings)
    found = _Collector(replace(region, spots=(), streets=())).collect(readings)
    kinds = {spot.kind for spot in found.spots}
    staying = _Collector(replace(region, spots=tuple(spot for spot in region.spots if spot.kind not in kinds)))
    fresh = [spot for spot in found.spots if not staying.knows(key(spot.name), spot.kelurahan, (spot.lat, spot.lon))]
    found.known += len(found.spots) - len(fresh)
    found.spots = fresh
    return found


class _Collector:
    def __init__(self, region: Region) -> None:
        self._ground = Ground(region)
        self._harvest = Harvest()
        self._areas = _area_names(region)
        self._known: dict[tuple[str, str], list[Position]] = defaultdict(list)
        for spot in region.spots:
            self._known[key(spot.name), spot.kelurahan].append((spot.lat, spot.lon))
        self._streets = {(key(street.name), street.kelurahan) for street in region.streets}
        self._pieces: dict[str, dict[str, list[BaseGeometry]]] = defaultdict(lambda: defaultdict(list))
        self._written: dict[str, str] = {}
        """The first spelling of each street that is drawn, by key."""

    def collect(self, readings: Iterable[Reading]) -> Harvest:
        for reading in readings:
            self._harvest.read += 1
            self._take(reading)
        for said, pieces in self._pieces.items():
            for code, at in self._ground.stretches(pieces):
                self._add_street(said, self._written[said], code, at)
        return self._harvest

    def knows(self, said: str, code: str, at: Position) -> bool:
        """Say whether a place of this name is near."""
        there = self._known.get((said, code), ())
        return any(self._ground.boundaries.metres(at, other) <= SAME for other in there)

    def _take(self, reading: Reading) -> None:
        match reading:
            case Left(reason):
                self._harvest.dropped[reason] += 1
            case Bad(where, reason):
                self._refuse(where, reason)
            case Line(_, name, points):
                self._draw(spelled_out(name, STREET), points)
            case _:
                self._place(reading)

    def _refuse(self, where: str, reason: str) -> None:
        self._harvest.bad += 1
        if len(self._harvest.problems) < SHOWN:
            self._harvest.problems.append(f"{where}: {reason}")

    def _draw(self, name: str, points: tuple[Position, ...]) -> None:
        if reason := fault(name, STREET):
            self._harvest.dropped[reason] += 1
            return
        said, inside = key(name), False
        for code, piece in self._ground.pieces(points):
            self._pieces[said][code].append(piece)
            self._written.setdefault(said, name)
            inside = True
        if not inside:
            self._harvest.dropped[OUTSIDE] += 1

    def _place(self, reading: Point | Outline) -> None:
        kind = "_".join(reading.kind.lower().split())
        name = spelled_out(reading.name, kind)
        said = key(name)
        reason = fault(name, kind) or (AREA if said in self._areas and kind not in STOPS else "")
        if reason:
            self._harvest.dropped[reason] += 1
            return
        found = list(self._where(reading))
        if not found and isinstance(reading, Point) and self._ground.mistaken(reading.at):
            self._refuse(reading.where, "outside, but inside with latitude and longitude swapped, or a sign put back")
        elif not found:
            self._harvest.dropped[OUTSIDE] += 1
        for code, at in found:
            self._add_street(said, name, code, at) if kind == STREET else self._add_spot(said, name, kind, code, at)

    def _where(self, reading: Point | Outline) -> Iterator[tuple[str, Position]]:
        if isinstance(reading, Outline):
            yield from self._ground.parts(reading.ring)
        elif code := self._ground.kelurahan(reading.at):
            yield code, reading.at

    def _add_spot(self, said: str, name: str, kind: str, code: str, at: Position) -> None:
        if self.knows(said, code, at):
            self._harvest.known += 1
            return
        self._known[said, code].append(at)
        self._harvest.spots.append(Spot(name, kind, *_rounded(at), code))

    def _add_street(self, said: str, name: str, code: str, at: Position) -> None:
        if (said, code) in self._streets:
            self._harvest.known += 1
            return
        self._streets.add((said, code))
        self._harvest.streets.append(Street(name, code, *_rounded(at)))


def _rounded(at: Position) -> Position:
    """Give a position to the metre."""
    return round(at[0], 5), round(at[1], 5)


def _area_names(region: Region) -> set[str]:
    names = [name for area in region.areas for name in (area.name, area.kecamatan_name, area.kota_name)]
    return {key(name) for name in (*names, *(variant for _code, variant in region.variants), *region.outside_names)}
