"""Reads places and streets from OpenStreetMap: which of its tags mean a place that people name, and where it is."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.progress import Progress

from hub.gazetteer.osm_files import Node, Way, locate, named
from hub.gazetteer.readings import Left, Line, Outline, Point, Reading
from normalizer.geometry import Position

NAMES = ("name", "short_name", "alt_name", "loc_name")
KINDS: Mapping[str, Mapping[str, str]] = {
    "amenity": {
        **dict.fromkeys(("school", "kindergarten"), "school"),
        **dict.fromkeys(("university", "college"), "campus"),
        **dict.fromkeys(("townhall", "courthouse", "post_office"), "government"),
        **dict.fromkeys(("community_centre", "library", "theatre", "arts_centre"), "public_hall"),
        "hospital": "hospital",
        "clinic": "clinic",
        "pharmacy": "pharmacy",
        "place_of_worship": "place_of_worship",
        "marketplace": "market",
        "police": "police",
        "fire_station": "fire_station",
        "bus_station": "terminal",
        "ferry_terminal": "harbour",
        "grave_yard": "cemetery",
    },
    "shop": dict.fromkeys(("mall", "department_store"), "mall_shop"),
    "office": {"government": "government"},
    "railway": dict.fromkeys(("station", "halt"), "rail_station"),
    "highway": {"bus_stop": "bus_stop", "motorway_junction": "junction"},
    "junction": {"yes": "junction"},
    "leisure": {
        **dict.fromkeys(("park", "garden", "nature_reserve"), "park"),
        **dict.fromkeys(("stadium", "sports_centre"), "sports"),
    },
    "tourism": dict.fromkeys(("attraction", "museum", "zoo", "theme_park"), "attraction"),
    "man_made": {"bridge": "bridge", "pumping_station": "waterworks"},
    "waterway": dict.fromkeys(("dam", "weir", "lock_gate", "sluice_gate"), "waterworks"),
    "water": dict.fromkeys(("lake", "reservoir", "pond", "basin"), "water"),
    "place": {
        **dict.fromkeys(("suburb", "quarter", "neighbourhood"), "neighbourhood"),
        **dict.fromkeys(("village", "hamlet", "isolated_dwelling"), "hamlet"),
        **dict.fromkeys(("island", "islet"), "island"),
        "square": "square",
    },
    "landuse": {
        **dict.fromkeys(("industrial", "commercial", "retail"), "estate"),
        "residential": "housing",
        "cemetery": "cemetery",
    },
    "building": {"apartments": "apartment"},
    "residential": {"apartments": "apartment"},
}
"""Tag and value to the kind of a place. The first tag that fits decides."""
NO_STREETS = frozenset("bus_stop platform rest_area services proposed construction raceway elevator corridor".split())
OTHER = "of no kind that people name places by"
NOWHERE = "ways without a position in the file"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A way that is wanted; its nodes' positions come later in, or earlier than, the file is read."""

    where: str
    names: tuple[str, ...]
    kind: str
    """Empty for a street."""
    refs: array[int]


def read_osm(path: Path, kind: str, progress: Progress) -> Iterator[Reading]:
    """Give the named places and streets of an extract; `kind` is given to every place. Raises Unreadable.

    The file is read twice, so that no more is kept than the named ways and the positions that they need.
    """
    drawn: list[_Drawn] = []
    for thing in named(path, progress):
        sort, names = kind_of(thing.tags), tuple(_names(thing.tags))
        street = isinstance(thing, Way) and thing.tags.get("highway", "") not in {"", *NO_STREETS}
        if isinstance(thing, Node) and sort:
            yield from (Point(f"node {thing.id}", name, kind or sort, (thing.lat, thing.lon)) for name in names)
        elif isinstance(thing, Way) and (street or sort):
            drawn.append(_Drawn(f"way {thing.id}", names, "" if street else kind or sort, thing.refs))
        else:
            yield Left(OTHER)
    if drawn:
        at = locate(path, {ref for way in drawn for ref in way.refs}, progress)
        for way in progress.track(drawn, description="streets and estates"):
            yield from _readings(way, at)


def kind_of(tags: Mapping[str, str]) -> str:
    """Give the kind of place that tags mean, empty for none."""
    return next((kinds[tags[tag]] for tag, kinds in KINDS.items() if tags.get(tag) in kinds), "")


def _names(tags: Mapping[str, str]) -> Iterable[str]:
    """Give the names; one member may hold several."""
    written = (part.strip() for name in NAMES for part in tags.get(name, "").split(";"))
    return dict.fromkeys(name for name in written if name)


def _readings(way: _Drawn, at: Mapping[int, Position]) -> Iterator[Reading]:
    runs = list(_runs(way.refs, at))
    if not runs:
        yield Left(NOWHERE)
    for name in way.names:
        if not way.kind:
            yield from (Line(way.where, name, run) for run in runs if len(run) > 1)
        elif runs and len(runs) == 1 and len(runs[0]) > 3 and runs[0][0] == runs[0][-1]:
            yield Outline(way.where, name, way.kind, runs[0])
        elif runs:
            longest = max(runs, key=len)
            yield Point(way.where, name, way.kind, longest[len(longest) // 2])


def _runs(refs: array[int], at: Mapping[int, Position]) -> Iterator[tuple[Position, ...]]:
    """Give the parts of a way whose positions are known: an extract cuts ways at its edge."""
    found = (at.get(ref) for ref in refs)
    for known, run in groupby(found, key=lambda position: position is not None):
        if known:
            yield tuple(position for position in run if position is not None)
