"""A region as plain data: areas, places with names, units and routing. Read from files by `hub.regions`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from normalizer.clocks import ClockRules, DayChange

Ring = tuple[tuple[float, float], ...]
"""Longitude, latitude; closed, as in GeoJSON."""
UnitKind = Literal["kelurahan", "kecamatan", "kota", "agency", "police", "private", "integrity", "triage", "outside"]


@dataclass(frozen=True, slots=True)
class Area:
    """A kelurahan or desa: the smallest area with an office of its own."""

    code: str
    """Kemendagri code with dots, like 31.71.01.1002."""
    name: str
    kecamatan: str
    kecamatan_name: str
    kota: str
    kota_name: str
    polygons: tuple[tuple[Ring, ...], ...] = field(repr=False)
    """As the coordinates of a GeoJSON MultiPolygon."""
    lat: float
    lon: float
    """A point inside it."""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with a name: a bus stop, a market, a hospital."""

    name: str
    kind: str
    lat: float
    lon: float
    kelurahan: str


@dataclass(frozen=True, slots=True)
class Street:
    """A stretch of a street inside one kelurahan, known by one point on it."""

    name: str
    kelurahan: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Unit:
    """Who must act: an office with a work list of its own."""

    code: str
    """For kelurahan and kecamatan the Kemendagri code; for others a short name like `dinas-sda`."""
    name: str
    kind: UnitKind
    parent: str = ""
    open_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    """ISO weekdays minus one: Monday is 0."""
    open_hours: tuple[str, str] = ("08:00", "16:00")
    """Local time, from and to."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of routing: these categories, at these places, belong to these units.

    A unit may be written `{kelurahan}`, `{kecamatan}` or `{kota}`: that of the report's place.
    """

    id: str
    categories: tuple[str, ...]
    """Empty: every category."""
    areas: tuple[str, ...] = ()
    """Prefixes of area codes; empty: everywhere."""
    lead: str = ""
    supporting: tuple[str, ...] = ()
    fallback: str = ""
    """Leads where the lead's place is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """All that differs from one city to the next.

    Two are equal only where they are one object, so that what is built from a region can be remembered by it.
    """

    code: str
    title: str
    zone: str
    """IANA time zone, like Asia/Jakarta."""
    letters: str
    """Start of every report number."""
    areas: tuple[Area, ...] = field(repr=False)
    spots: tuple[Spot, ...] = field(default=(), repr=False)
    streets: tuple[Street, ...] = field(default=(), repr=False)
    variants: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Area code and another spelling of its name."""
    ordinary_names: frozenset[str] = frozenset()
    """Area names that are everyday words: they need a cue such as `kelurahan` before them."""
    outside_names: tuple[str, ...] = ()
    """Names of the neighbours: one of them in a text speaks against the region."""
    default_pins: tuple[tuple[float, float], ...] = ()
    """Latitude, longitude of pins that apps set when they know no position."""
    waters: tuple[Ring, ...] = field(default=(), repr=False)
    """Rough rings around open water: a position in one of them belongs to the nearest shore."""
    units: tuple[Unit, ...] = field(default=(), repr=False)
    routing: tuple[Rule, ...] = field(default=(), repr=False)
    integrity_unit: str = "integritas"
    triage_unit: str = "triase"
    outside_unit: str = "luar-wilayah"
    clocks: ClockRules = field(default_factory=ClockRules, repr=False)
    day_changes: tuple[DayChange, ...] = field(default=(), repr=False)
    """Days that differ from the country's calendar."""
    aim: float | None = None
    """The share of reports that should be followed up to the end, 0 to 1; None: nobody has set one."""
    aim_source: str = ""
    """Who says so, in the region's language."""
    version: str = ""
    """Changes with the files it was read from."""
