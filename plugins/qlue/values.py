"""Values as Qlue spells them: numbers in strings, times without a zone, tags in three shapes."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

KNOWN_TAGS = ("drainaseburuk", "cuacaekstrim", "banjirkiriman", "bencanabanjir", "lautpasang", "banjir")
"""Sub-categories that people glue to the next word, as in `#drainaseburuktolong`."""
STATUSES = {"wait": "menunggu", "process": "proses", "complete": "selesai"}
"""Qlue's status (red, yellow, green) and the hub's."""
WAITING = "wait"
NULL_ISLAND = 0.001
"""Degrees around 0, 0 within which a place is none."""
VIDEO = re.compile(r"\.(mp4|m4v|mov|3gp|webm|avi)$|//[^/]*videos?\.", re.IGNORECASE)

_PLAIN = re.compile(r"http://[^/]")
_NUMBERS = re.compile(r"http://(\d+\.\d+\.\d+\.\d+|\[)")


def text_of(value: Any) -> str:
    """Give the text of a string or number without NUL, lone surrogates and edge blanks; else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()


def number_of(value: Any) -> float | None:
    """Give a finite number, also from its spelling; None for any other value."""
    try:
        number = float(text_of(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def place_of(lat: Any, lon: Any) -> tuple[float, float] | None:
    """Give latitude and longitude; None where one is missing, impossible, or 0, which means "no location"."""
    north, east = number_of(lat), number_of(lon)
    if not north or not east or abs(north) > 90 or abs(east) > 180:
        return None
    return None if abs(north) < NULL_ISLAND and abs(east) < NULL_ISLAND else (north, east)


def time_of(value: Any, zone: ZoneInfo) -> datetime | None:
    """Read `YYYY-MM-DD HH:MM:SS` or its ISO relatives; a time without a zone is the region's."""
    try:
        time = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    if not 1970 < time.year < 9999:
        return None
    return time if time.tzinfo else time.replace(tzinfo=zone)


def link_of(value: Any) -> str:
    """Give a web address, by https where the host has a name (a number has no certificate); else empty."""
    link = text_of(value)
    if _PLAIN.match(link) and not _NUMBERS.match(link):
        return "https://" + link.removeprefix("http://")
    return link if link.startswith(("https://", "http://")) else ""


def tags_of(values: Iterable[Any], text: str) -> tuple[str, ...]:
    """Collect tags of lists, of strings and of the text itself, in order, each once, known ones unglued."""
    found = [tag for value in values for tag in _tags(value)] + re.findall(r"#(\w+)", text)
    plain = (tag.strip("# ").lower() for tag in found)
    return tuple(dict.fromkeys(_unglued(tag) for tag in plain if tag))


def digest(value: Any) -> str:
    """Sum up a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _tags(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text_of(one) for one in value]
    return re.split(r"[\s,;#]+", text_of(value))


def _unglued(tag: str) -> str:
    return next((known for known in KNOWN_TAGS if tag.startswith(known)), tag)
