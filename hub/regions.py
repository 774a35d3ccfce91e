"""Reads a region pack, a folder of files an operator may edit, and says exactly what is wrong with it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from hub.clocks.pack import read_rules
from normalizer.clocks import ClockRules, DayChange
from normalizer.region import Area, Region, Rule, Spot, Street, Unit
from normalizer.taxonomy import BY_CODE, CATEGORIES

REQUIRED = ("region.toml", "boundaries.geojson", "areas.csv", "units.toml", "routing.toml")
OPTIONAL = ("variants.csv", "gazetteer.csv", "streets.csv", "clocks.toml", "holidays.csv")
PLACEHOLDERS = frozenset({"{kelurahan}", "{kecamatan}", "{kota}"})
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

T = TypeVar("T")
Files = dict[str, bytes]

_AREAS = TypeAdapter(tuple[Area, ...])
_SPOTS = TypeAdapter(tuple[Spot, ...])
_STREETS = TypeAdapter(tuple[Street, ...])
_UNITS = TypeAdapter(tuple[Unit, ...])
_RULES = TypeAdapter(tuple[Rule, ...])
_DAYS = TypeAdapter(tuple[DayChange, ...])
_REGION = TypeAdapter(Region)


class RegionError(Exception):
    """A region pack cannot be used; the text names the file and the line or entry."""


def load_region(name_or_folder: str) -> Region:
    """Read a bundled pack by its name, or a pack in a folder.

    Raises:
        RegionError: no such pack, or something in it is missing, malformed or names what does not exist.
    """
    return _bundled(name_or_folder) if name_or_folder in bundled() else _load(region_files(name_or_folder))


@cache
def _bundled(name: str) -> Region:
    """Read a pack that comes with the hub and never changes under a running process."""
    return _load(region_files(name))


def _load(folder: Traversable) -> Region:
    files = _read(folder)
    areas = _areas(files)
    known = frozenset(area.code for area in areas)
    entries = _toml(files, "region.toml", set(_names(Region)))
    units = _units(files, areas)
    region = {
        **entries,
        "areas": areas,
        "variants": tuple((row["code"], row["variant"]) for row in _rows(files, "variants.csv")),
        "spots": _inside(_table(files, "gazetteer.csv", _SPOTS), known, "gazetteer.csv"),
        "streets": _inside(_table(files, "streets.csv", _STREETS), known, "streets.csv"),
        "units": units,
        "routing": _entries(files, "routing.toml", "rule", Rule, _RULES),
        "clocks": _clocks(files, units),
        "day_changes": _table(files, "holidays.csv", _DAYS),
        "version": _version(files),
    }
    made = _validated(_REGION, region, "region.toml", lambda at: str(at[0]))
    _check(made)
    return made


def bundled() -> list[str]:
    """Name the packs that come with the hub."""
    return sorted(entry.name for entry in _packs().iterdir() if entry.is_dir())


def region_files(name_or_folder: str) -> Traversable:
    """Give the folder of a bundled pack by its name, or the folder itself. Raises RegionError for neither."""
    if name_or_folder in bundled():
        return _packs() / name_or_folder
    path = Path(name_or_folder).expanduser()
    if not path.is_dir():
        raise RegionError(f"region {name_or_folder!r}: neither a folder nor one of {', '.join(bundled())}")
    return path


# ------------------------------------------------------------------------------------------------------- the files


def _packs() -> Traversable:
    return resources.files("normalizer") / "data" / "regions"


def _read(folder: Traversable) -> Files:
    found = {name: folder / name for name in (*REQUIRED, *OPTIONAL)}
    missing = [name for name in REQUIRED if not found[name].is_file()]
    if missing:
        raise RegionError(f"{folder}: {missing[0]} is missing")
    return {name: entry.read_bytes() for name, entry in found.items() if entry.is_file()}


def _version(files: Files) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()[:12]


def _text(files: Files, name: str) -> str:
    try:
        return files[name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegionError(f"{name}: byte {error.start} is not UTF-8") from None


def _rows(files: Files, name: str) -> list[dict[str, str]]:
    """Give a CSV file's rows; a short or long one is an error with its line."""
    if name not in files:
        return []
    rows = list(csv.DictReader(_text(files, name).splitlines(), restkey="", restval=None))
    for line, row in enumerate(rows, start=2):
        if "" in row or None in row.values():
            raise RegionError(f"{name}, line {line}: not as many columns as the header")
    return rows


def _toml(files: Files, name: str, allowed: set[str]) -> dict[str, Any]:
    try:
        document = tomllib.loads(_text(files, name))
    except tomllib.TOMLDecodeError as error:
        raise RegionError(f"{name}: {error}") from None
    _no_strangers(document, allowed, name)
    return document


def _no_strangers(entry: dict[str, Any], allowed: Iterable[str], where: str) -> None:
    strangers = sorted(set(entry) - set(allowed))
    if strangers:
        raise RegionError(f"{where}: unknown member {strangers[0]!r}")


def _names(kind: Any) -> list[str]:
    return [member.name for member in fields(kind)]


# ---------------------------------------------------------------------------------------------------- typed values


def _validated(adapter: TypeAdapter[T], value: Any, name: str, where: Any) -> T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        member = ".".join(str(part) for part in first["loc"][1:])
        raise RegionError(f"{name}, {where(first['loc'])}: {member}: {first['msg']}") from None


def _line(at: tuple[int | str, ...]) -> str:
    return f"line {int(at[0]) + 2}"


def _table(files: Files, name: str, adapter: TypeAdapter[T]) -> T:
    return _validated(adapter, _rows(files, name), name, _line)


def _inside(places: tuple[T, ...], known: frozenset[str], name: str) -> tuple[T, ...]:
    for line, place in enumerate(places, start=2):
        code = getattr(place, "kelurahan", "")
        if code not in known:
            raise RegionError(f"{name}, line {line}: no area has the code {code!r}")
    return places


def _areas(files: Files) -> tuple[Area, ...]:
    shapes = dict(_shapes(files))
    rows: list[dict[str, Any]] = []
    for line, row in enumerate(_rows(files, "areas.csv"), start=2):
        code = row.get("code", "")
        if code not in shapes:
            raise RegionError(f"areas.csv, line {line}: boundaries.geojson has no shape for {code!r}")
        rows.append({**row, "kecamatan": code[:8], "kota": code[:5], "polygons": shapes.pop(code)})
    if shapes:
        raise RegionError(f"boundaries.geojson: areas.csv has no row for {min(shapes)!r}")
    return _validated(_AREAS, rows, "areas.csv", _line)


def _shapes(files: Files) -> Iterator[tuple[str, Any]]:
    """Give code and the coordinates of a MultiPolygon for each feature."""
    name = "boundaries.geojson"
    try:
        features = json.loads(files[name])["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise RegionError(f"{name}: not a GeoJSON FeatureCollection: {error}") from None
    for number, feature in enumerate(features, start=1):
        try:
            shape, code = feature["geometry"], feature["properties"]["code"]
            kind, coordinates = shape["type"], shape["coordinates"]
        except (KeyError, TypeError) as error:
            raise RegionError(f"{name}, feature {number}: {error} is missing or of no use") from None
        if kind not in {"Polygon", "MultiPolygon"}:
            raise RegionError(f"{name}, feature {number}: a {kind} is no area")
        yield code, coordinates if kind == "MultiPolygon" else [coordinates]


def _entries(files: Files, name: str, key: str, kind: type, adapter: TypeAdapter[tuple[T, ...]]) -> tuple[T, ...]:
    """Give the [[key]] entries of a TOML file; other tables of the file are not looked at."""
    entries = _toml(files, name, {key, "hours"}).get(key, [])
    titles = [str(entry.get("id") or entry.get("code") or number) for number, entry in enumerate(entries, start=1)]
    for title, entry in zip(titles, entries, strict=True):
        _no_strangers(entry, _names(kind), f"{name}, {key} {title!r}")
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        raise RegionError(f"{name}: {key} {twice[0]!r} stands there twice")
    return _validated(adapter, entries, name, lambda at: f"{key} {titles[int(at[0])]!r}")


def _units(files: Files, areas: tuple[Area, ...]) -> tuple[Unit, ...]:
    """Give the units listed and those that every area is by itself."""
    listed = _entries(files, "units.toml", "unit", Unit, _UNITS)
    hours = _toml(files, "units.toml", {"unit", "hours"}).get("hours", {})
    _no_strangers(hours, ("kelurahan", "kecamatan", "kota"), "units.toml, hours")
    offices = [{**office, **hours.get(office["kind"], {})} for office in _offices(areas)]
    return (*_validated(_UNITS, offices, "units.toml", lambda _at: "hours"), *listed)


def _clocks(files: Files, units: tuple[Unit, ...]) -> ClockRules:
    """Give the terms: the defaults where the pack has none."""
    if "clocks.toml" not in files:
        return ClockRules()
    document = _toml(files, "clocks.toml", set(_names(ClockRules)))
    try:
        return read_rules(document, BY_CODE, {unit.code for unit in units})
    except ValueError as error:
        raise RegionError(f"clocks.toml, {error}") from None


def _offices(areas: tuple[Area, ...]) -> Iterator[dict[str, str]]:
    for area in areas:
        # The fourth block of a Kemendagri code starts with 1 for a kelurahan, 2 for a desa, 3 for a desa adat.
        title = "Kelurahan" if area.code[9:10] == "1" else "Desa"
        yield {"code": area.code, "name": f"{title} {area.name}", "kind": "kelurahan", "parent": area.kecamatan}
    for code, kota, name in sorted({(area.kecamatan, area.kota, area.kecamatan_name) for area in areas}):
        yield {"code": code, "name": f"Kecamatan {name}", "kind": "kecamatan", "parent": kota}
    for code, name in sorted({(area.kota, area.kota_name) for area in areas}):
        yield {"code": code, "name": name, "kind": "kota"}


# --------------------------------------------------------------------------------------------------- what must hold


def _check(region: Region) -> None:
    units = {unit.code: unit for unit in region.units}
    if len(units) < len(region.units):
        raise RegionError("units.toml: a code stands there twice, or is that of an area")
    for member in ("integrity_unit", "triage_unit", "outside_unit"):
        if getattr(region, member) not in units:
            raise RegionError(f"region.toml: {member} {getattr(region, member)!r} is not in units.toml")
    for unit in region.units:
        if unit.parent and unit.parent not in units:
            raise RegionError(f"units.toml, unit {unit.code!r}: unknown parent {unit.parent!r}")
        if not unit.open_days or not set(unit.open_days) <= set(range(7)):
            raise RegionError(f"units.toml, unit {unit.code!r}: open_days are numbers from 0 (Monday) to 6")
        if not all(HOUR.fullmatch(hour) for hour in unit.open_hours) or unit.open_hours[0] >= unit.open_hours[1]:
            raise RegionError(f"units.toml, unit {unit.code!r}: open_hours are two times like 08:00, in their order")
    for rule in region.routing:
        _check_rule(rule, region, PLACEHOLDERS | units.keys())
    reached = {code for rule in region.routing if not rule.areas for code in rule.categories or BY_CODE}
    missing = sorted(BY_CODE.keys() - reached)
    if missing:
        raise RegionError(f"routing.toml: no rule without areas for category {missing[0]!r}")


def _check_rule(rule: Rule, region: Region, units: Iterable[str]) -> None:
    where = f"routing.toml, rule {rule.id!r}"
    strangers = [code for code in rule.categories if code not in BY_CODE]
    if strangers:
        raise RegionError(f"{where}: unknown category {strangers[0]!r}")
    named = [rule.lead, *rule.supporting, *([rule.fallback] if rule.fallback else [])]
    unknown = [code for code in named if code not in set(units)]
    if unknown:
        raise RegionError(f"{where}: unknown unit {unknown[0]!r}")
    codes = [area.code for area in region.areas]
    nowhere = [prefix for prefix in rule.areas if not any(f"{code}.".startswith(f"{prefix}.") for code in codes)]
    if nowhere:
        raise RegionError(f"{where}: no area lies in {nowhere[0]!r}")
    sealed = {category.code for category in CATEGORIES if category.handling == "sealed"} & set(rule.categories)
    if sealed and named != [region.integrity_unit]:
        raise RegionError(f"{where}: {min(sealed)!r} is sealed and belongs to {region.integrity_unit!r} alone")
