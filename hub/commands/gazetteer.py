"""`aduan gazetteer`: names of places from others' files into a region pack, and what a pack knows."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from hub.clock import Clock, system_clock
from hub.commands.screen import Misuse, to_people
from hub.gazetteer.collecting import Harvest, harvest
from hub.gazetteer.gtfs import read_gtfs
from hub.gazetteer.osm import read_osm
from hub.gazetteer.pack import Pack
from hub.gazetteer.readings import STREET, Reading, Unreadable
from hub.gazetteer.tables import read_table
from hub.regions import bundled, load_region
from normalizer.placewords import key
from normalizer.region import Region, Spot, Street

READERS: dict[str, Callable[[Path, str, Progress], Iterator[Reading]]] = {
    "gtfs": read_gtfs,
    "osm": read_osm,
    "csv": read_table,
}
OSM_NAMES = (".osm", ".osm.gz", ".osm.bz2", ".pbf")
UNKNOWN_KIND = "place"
"""Kind of the rows of a table that name none."""
FOUND = 50
ODBL = "; © OpenStreetMap contributors, ODbL 1.0"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    file: Path
    form: str
    region: str
    """A bundled pack or a folder."""
    folder: Path
    """Where the pack is written; the region itself where that is a folder."""
    kind: str = ""
    replace: bool = False
    dry: bool = False


def guess_format(file: Path) -> str:
    """Say what a file holds, by its name and, for archives, what is in them."""
    name = file.name.lower()
    if name.endswith(OSM_NAMES):
        return "osm"
    if name.endswith((".csv", ".tsv")):
        return "csv"
    if name == "stops.txt" or zipfile.is_zipfile(file):
        return "gtfs"
    raise Misuse(f"{file}: not to be told by its name; say --format gtfs, osm or csv")


def target(region: str, folder: Path | None, home: Path) -> Path:
    """Give the folder of the pack: a bundled one is copied to `home/regions`, any other changed where it is."""
    if folder:
        return folder.expanduser()
    return home / "regions" / region if region in bundled() else Path(region).expanduser()


def setting(folder: Path, home: Path) -> str:
    """Give the line for `[hub]` in the settings that makes a hub use the pack."""
    whole, base = folder.resolve(), home.resolve()
    inside = whole.relative_to(base).as_posix() if whole.is_relative_to(base) else whole.as_posix()
    return f'region = "{inside if "/" in inside else f"./{inside}"}"'


def import_places(order: Order, clock: Clock = system_clock) -> dict[str, Any]:
    """Read the file and write what is new into the pack; give the summary. Raises Misuse, RegionError."""
    pack = Pack(order.region, order.folder)
    with _progress() as progress:
        readings = READERS[order.form](order.file, order.kind or _default(order.form), progress)
        found = _gathered(pack.region, readings, order)
    kinds = Counter(spot.kind for spot in found.spots)
    kinds.update([STREET] * len(found.streets))
    summary = _summary(order, found, kinds)
    if order.replace:
        held = Counter(spot.kind for spot in pack.region.spots) + Counter([STREET] * len(pack.region.streets))
        summary["replaced"] = sum(held[kind] for kind in kinds)
    if order.dry or not kinds:
        return summary
    today = clock().astimezone(ZoneInfo(pack.region.zone)).date()
    came = f"{len(found.spots)} places, {len(found.streets)} streets"
    note = f"{today}: {order.file.name} ({order.form}), {came}{ODBL if order.form == 'osm' else ''}"
    summary["version"] = pack.add(found.spots, found.streets, note, set(kinds) if order.replace else ())
    return summary


def _default(form: str) -> str:
    return UNKNOWN_KIND if form == "csv" else ""


def _gathered(region: Region, readings: Iterator[Reading], order: Order) -> Harvest:
    try:
        return harvest(region, readings, anew=order.replace)
    except Unreadable as error:
        raise Misuse(f"{order.file}: {error}") from None


def _summary(order: Order, found: Harvest, kinds: Counter[str]) -> dict[str, Any]:
    return {
        "file": str(order.file),
        "format": order.form,
        "folder": str(order.folder),
        "dry_run": order.dry,
        "read": found.read,
        "added": {"places": len(found.spots), "streets": len(found.streets), "kinds": dict(kinds.most_common())},
        "replaced": 0,
        "known": found.known,
        "dropped": dict(found.dropped.most_common()),
        "bad": found.bad,
        "problems": found.problems,
    }


def in_words(summary: dict[str, Any]) -> Iterator[str]:
    """Give the summary as lines for a person."""
    added, file = summary["added"], summary["file"]
    yield from (f"{file}: {problem}" for problem in summary["problems"])
    if summary["bad"]:
        yield f"{file}: {summary['bad']} lines cannot be read."
    told = "would be added to" if summary["dry_run"] else "are added to"
    yield f"{added['places']} places and {added['streets']} streets {told} {summary['folder']}."
    counts = {"taken out": summary["replaced"], "known already": summary["known"], **summary["dropped"]}
    yield from (f"{count} {reason}" for reason, count in counts.items() if count)


def _progress() -> Progress:
    people = to_people()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=people, transient=True, disable=not people.is_terminal)


# ---------------------------------------------------------------------------------------------------- what is known


def count_kinds(name_or_folder: str) -> list[dict[str, Any]]:
    """Count what a pack knows, by kind."""
    region = load_region(name_or_folder)
    kinds = Counter(spot.kind for spot in region.spots)
    counted = {
        "kecamatan": len({area.kecamatan for area in region.areas}),
        "kelurahan": len(region.areas),
        STREET: len(region.streets),
        **dict(kinds.most_common()),
    }
    return [{"kind": kind, "count": count} for kind, count in counted.items()]


def find_name(name_or_folder: str, name: str) -> list[dict[str, Any]]:
    """List what a name may mean: areas, streets and places that bear it, then those whose names hold it."""
    region, wanted = load_region(name_or_folder), key(name)
    if not wanted:
        raise Misuse("NAME: no letters in it")
    rows = [row for row in _rows(region) if wanted in key(row["name"])]
    return sorted(rows, key=lambda row: (key(row["name"]) != wanted, len(row["name"])))[:FOUND]


def _rows(region: Region) -> Iterator[dict[str, Any]]:
    areas = {area.code: area for area in region.areas}
    wide = {area.kecamatan: area for area in region.areas}
    for code, area in sorted(wide.items()):
        yield {"name": area.kecamatan_name, "kind": "kecamatan", **_in("", area.kecamatan_name), "code": code}
    for area in region.areas:
        yield {"name": area.name, "kind": "kelurahan", **_in(area.name, area.kecamatan_name), "code": area.code}
    places: tuple[Spot | Street, ...] = (*region.streets, *region.spots)
    for place in places:
        area = areas[place.kelurahan]
        where = {**_in(area.name, area.kecamatan_name), "code": area.code, "lat": place.lat, "lon": place.lon}
        yield {"name": place.name, "kind": place.kind if isinstance(place, Spot) else STREET, **where}


def _in(kelurahan: str, kecamatan: str) -> dict[str, Any]:
    return {"kelurahan": kelurahan, "kecamatan": kecamatan, "code": "", "lat": None, "lon": None}
