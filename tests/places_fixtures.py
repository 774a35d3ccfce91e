"""What the tests of places have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from hub.regions import load_region
from normalizer.complaint import Complaint, Place
from normalizer.places import Placer
from normalizer.region import Area, Region

KUNINGAN_BARAT = (-6.2349, 106.8221)
DEPOK = (-6.40, 106.80)


@cache
def region(name: str) -> Region:
    return load_region(name)


@cache
def placer(name: str) -> Placer:
    return Placer(region(name))


def complaint(text: str = "", position: tuple[float, float] | None = None, **members: Any) -> Complaint:
    if position:
        members |= {"lat": position[0], "lon": position[1]}
    return Complaint(native_id="1", created_at=datetime(2026, 1, 1, tzinfo=UTC), text=text, **members)


def place(text: str = "", position: tuple[float, float] | None = None, **members: Any) -> Place:
    return placer("jakarta").place(complaint(text, position, **members))


def area(name: str) -> Area:
    return next(area for area in region("jakarta").areas if area.name == name)


def kecamatan(name: str) -> str:
    return next(area.kecamatan for area in region("jakarta").areas if area.kecamatan_name == name)
