"""Values as the map spells them: `"null"` for nothing, titles of one blank, times with and without a zone."""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

WIB = timezone(timedelta(hours=7), "WIB")
"""The zone of times without one in v2 and the archive: converted there to UTC+7, whatever the region."""
ZONES: dict[str, tzinfo] = {"v3": UTC, "v2": WIB}
NULL_ISLAND = 0.001
"""Degrees around 0, 0 within which a place is none."""
DEEPEST = 1000
"""Centimetres: a card's slider ends at 200, no street floods deeper than this."""
_VIDEO = re.compile(r"\.(mp4|m4v|mov|3gp|webm|avi)($|[?#])", re.IGNORECASE)
_NO_PHOTO = re.compile(r"/(undefined|null)(\.\w+)?($|[?#])", re.IGNORECASE)


def text_of(value: Any) -> str:
    """Give the text of a string or number without NUL, lone surrogates and edge blanks; `null` spelled out is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()
    return "" if text == "null" else text


def time_of(value: Any, zone: tzinfo) -> datetime | None:
    """Read an ISO time with any number of decimals; one without a zone is in `zone`. None where it cannot be read."""
    try:
        time = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    if not 1970 < time.year < 9999:
        return None
    return time if time.tzinfo else time.replace(tzinfo=zone)


def place_of(geometry: Any) -> tuple[float, float] | None:
    """Give latitude and longitude of a GeoJSON point; None where it is missing, impossible or 0, 0."""
    position = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(position, list) or len(position) < 2:
        return None
    lon, lat = (number_of(one) for one in position[:2])
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return None if abs(lat) < NULL_ISLAND and abs(lon) < NULL_ISLAND else (lat, lon)


def number_of(value: Any) -> float | None:
    """Give a finite number, also from its spelling; None for any other value."""
    try:
        number = float(text_of(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def depth_of(value: Any) -> int | None:
    """Give a depth of water in whole centimetres; None where none is stated or it cannot be."""
    depth = number_of(value)
    return int(depth) if depth is not None and 0 < depth <= DEEPEST else None


def link_of(value: Any) -> str:
    """Give the address of a photo or video; empty for none, and for names that servers build out of nothing."""
    link = text_of(value)
    is_link = link.startswith(("https://", "http://")) and not _NO_PHOTO.search(link)
    return link if is_link else ""


def is_video(link: str) -> bool:
    """Say whether the address in the image field is a video's."""
    return bool(_VIDEO.search(link))


def digest(value: Any) -> str:
    """Sum up a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]
