"""The filter of a work list as its address spells it: what is read from there is checked, what is wrong is said."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from hub.store.queue_filter import SORTS, Filter, Sort, Value
from hub.store.views_queue import LANES, Lane, Position
from hub.web.language import mark
from normalizer.complaint import URGENCIES
from normalizer.number import make_number, read_number
from normalizer.region import Region
from normalizer.report import STATUSES
from normalizer.taxonomy import BY_CODE

T = TypeVar("T")
NAMES = ("kategori", "kelurahan", "kanal", "status", "urgensi", "dari", "sampai", "foto", "petugas", "cari", "urut")
"""The parameters, in the order of the form."""
MANY, LONG = 60, 200
"""Values of one parameter, and characters of one value."""
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
PHOTO = {"ya": True, "tidak": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

UNKNOWN = mark("Part of the filter in the address was not understood and was left out.")
NO_DAY = mark("A day in the filter is no date. Write it like 2026-02-03.")
NO_SPAN = mark("The first day of the filter comes after its last.")


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """What an address asks for, and in plain words what was wrong with it."""

    chosen: Filter
    problems: tuple[str, ...] = ()


def filter_of(params: QueryParams, region: Region) -> ReadFilter:
    """Read the filter of an address. What cannot be is left out and told."""
    reader = _Reader(params)
    areas = {area.code for area in region.areas}
    chosen = Filter(
        categories=reader.codes("kategori", BY_CODE),
        kelurahan=reader.codes("kelurahan", areas),
        channels=reader.codes("kanal"),
        statuses=reader.codes("status", STATUSES),
        urgencies=reader.codes("urgensi", URGENCIES),
        since=reader.one("dari", _day, NO_DAY),
        until=reader.one("sampai", _day, NO_DAY),
        photo=reader.one("foto", PHOTO.__getitem__),
        owner=reader.text("petugas"),
        text=" ".join(reader.text("cari").split()),
        sort=reader.one("urut", _sort) or "terbaru",
    )
    if chosen.since is not None and chosen.until is not None and chosen.since > chosen.until:
        reader.problems.setdefault(NO_SPAN)
    return ReadFilter(chosen, tuple(reader.problems))


class _Reader:
    """Takes parameters apart, and keeps what was wrong."""

    def __init__(self, params: QueryParams) -> None:
        self.params = params
        self.problems: dict[str, None] = {}

    def codes(self, name: str, known: Collection[str] | None = None) -> tuple[str, ...]:
        asked = dict.fromkeys(value for value in self.params.getlist(name) if value)
        good = tuple(value for value in asked if len(value) <= LONG and (known is None or value in known))[:MANY]
        if len(good) < len(asked):
            self.problems.setdefault(UNKNOWN)
        return good

    def text(self, name: str) -> str:
        return self.params.get(name, "").replace("\0", "")[:LONG].strip()

    def one(self, name: str, read: Callable[[str], T], problem: str = UNKNOWN) -> T | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return read(value)
        except (ValueError, KeyError):
            self.problems.setdefault(problem)
            return None


def _day(value: str) -> date:
    day = date.fromisoformat(value)
    if not EARLIEST <= day < LATEST:
        raise ValueError(value)
    return day


def _sort(value: str) -> Sort:
    found = next((sort for sort in SORTS if sort == value), None)
    if found is None:
        raise ValueError(value)
    return found


def spell(chosen: Filter) -> str:
    """Spell a filter for an address: what `filter_of` reads back. Empty where it leaves nothing out."""
    many = {
        "kategori": chosen.categories,
        "kelurahan": chosen.kelurahan,
        "kanal": chosen.channels,
        "status": chosen.statuses,
        "urgensi": chosen.urgencies,
    }
    one = {
        "dari": chosen.since and chosen.since.isoformat(),
        "sampai": chosen.until and chosen.until.isoformat(),
        "foto": next((word for word, value in PHOTO.items() if value is chosen.photo), ""),
        "petugas": chosen.owner,
        "cari": chosen.text,
        "urut": "" if chosen.sort == "terbaru" else chosen.sort,
    }
    pairs = [(name, value) for name, values in many.items() for value in values]
    return urlencode([*pairs, *((name, value) for name, value in one.items() if value)])


def lane_of(params: QueryParams) -> Lane:
    """Read the lane; the first for one that is not there."""
    asked = params.get("lajur", LANES[0])
    return next((lane for lane in LANES if lane == asked), LANES[0])


def position_of(params: QueryParams, sort: Sort) -> Position | None:
    """Read where a page ends: `d` or `b`, a number, and the value that the order goes by."""
    urgent, _, rest = params.get("sesudah", "").partition("-")
    number, _, value = rest.partition("~")
    key = read_number(number) if number else None
    try:
        return None if key is None else Position(urgent == "d", key, _value(value, sort))
    except (ValueError, OverflowError):
        return None


def spell_position(position: Position, letters: str) -> str:
    """Spell where a page ends."""
    value = position.value
    if isinstance(value, datetime):
        value = (value - _EPOCH) // _MICROSECOND
    end = "" if value is None else f"~{value}"
    return f"{'d' if position.urgent else 'b'}-{make_number(position.report, letters)}{end}"


def _value(spelled: str, sort: Sort) -> Value:
    if sort in {"terbaru", "terlama"}:
        return None
    if sort == "terbanyak":
        return min(int(spelled), 2**31 - 1)
    if sort == "tenggat" and not spelled:
        return None
    return _EPOCH + int(spelled) * _MICROSECOND
