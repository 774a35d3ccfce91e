"""What a reader gives for each thing in a file: where it is and what it is called, or why it is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from normalizer.geometry import Position

STREET = "street"
"""The kind of what belongs into the list of streets, not into the gazetteer."""


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Point:
    """A named place, or a street that is known by one point."""

    where: str
    """Line or element, for messages."""
    name: str
    kind: str
    at: Position


@dataclass(frozen=True, slots=True)
class Outline:
    """A named place that is drawn as an area: a park, a housing estate."""

    where: str
    name: str
    kind: str
    ring: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a street."""

    where: str
    name: str
    points: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Bad:
    """Something that cannot be read; the rest of the file can."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is left out on purpose."""

    reason: str


Reading = Point | Outline | Line | Bad | Left


def position(lat: str, lon: str) -> Position:
    """Read a pair of numbers. Raises ValueError with what is wrong."""
    try:
        read = float(lat.strip().replace(",", ".")), float(lon.strip().replace(",", "."))
    except ValueError:
        raise ValueError("latitude or longitude is no number") from None
    if not all(map(math.isfinite, read)) or abs(read[0]) > 90 or abs(read[1]) > 180:
        raise ValueError("latitude or longitude is beyond the globe; are they swapped?")
    return read
