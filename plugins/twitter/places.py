"""Where a post says it is: a point of its own, or the box of a place that its author chose."""

from __future__ import annotations

import math
from typing import Any

from plugins.twitter.values import member, text_of

SMALL = 0.02
"""Degrees, about 2 km: the longest side of a box that says more than the name of a kelurahan."""


def point_of(post: Any) -> tuple[float, float] | None:
    """Give latitude and longitude, where the post carries a point on this earth; X writes longitude first."""
    spot = member(member(post, "geo"), "coordinates")
    pair = member(spot, "coordinates")
    if member(spot, "type") != "Point" or not (isinstance(pair, list) and len(pair) == 2):
        return None
    lon, lat = (_degrees(value) for value in pair)
    if abs(lat) <= 90 and abs(lon) <= 180 and max(abs(lat), abs(lon)) > 0.001:
        return lat, lon
    return None


def _degrees(value: Any) -> float:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 180
    return float(value) if usable else math.inf


def hints_of(place: Any) -> tuple[str, str]:
    """Give address and kelurahan as a place names them, both hints only.

    A box of a city or province is far larger than a kelurahan, and the author may be elsewhere: never a point.
    """
    name, whole = text_of(member(place, "name"))[:200], text_of(member(place, "full_name"))[:300]
    match member(place, "place_type"):
        case "poi" | "neighborhood" as kind if _is_small(place):
            return whole, name if kind == "neighborhood" else ""
        case "neighborhood" | "city":  # in Indonesia X calls a kecamatan or kelurahan a city
            return "", name
    return "", ""


def _is_small(place: Any) -> bool:
    box = member(member(place, "geo"), "bbox")
    if not (isinstance(box, list) and len(box) == 4):
        return False
    west, south, east, north = (_degrees(value) for value in box)
    return math.isfinite(west + south + east + north) and max(abs(east - west), abs(north - south)) <= SMALL
