"""Single values as LAPOR! and its exports spell them. All of them may be strings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from hub.plugin import Attachment
from plugins.lapor.fields import label_of

NO = frozenset({"0", "tidak", "no", "n", "false", "f", "-", "publik", "public", "terbuka"})
NULL_ISLAND = 0.001
"""Degrees around 0, 0 within which a place is none."""
_TRACKING = re.compile(r"#?\s*(?P<digits>[0-9]{3,15})(?:\.0)?")
_VIDEO = re.compile(r"\.(mp4|m4v|mov|3gp|webm|avi)$", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(pdf|docx?|xlsx?|odt|zip|rtf|txt)$", re.IGNORECASE)


def tracking_id(value: Any) -> str:
    """Give the digits of a tracking id, with or without `#`, also from a spreadsheet's number; else empty."""
    match = _TRACKING.fullmatch(label_of(value))
    return match["digits"] if match else ""


def is_anonim(value: Any) -> bool:
    """Say whether the name is hidden; unknown counts as yes."""
    return not _is_no(value)


def is_rahasia(value: Any) -> bool:
    """Say whether nothing may be shown. Not said is no; anything that is not plainly a no is a yes."""
    return value is True or (bool(label_of(value)) and not _is_no(value))


def place_of(lat: Any, lon: Any) -> tuple[float, float] | None:
    """Give latitude and longitude; None where one is missing, impossible, or 0, which means "no location"."""
    north, east = _number(lat), _number(lon)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    return None if abs(north) < NULL_ISLAND and abs(east) < NULL_ISLAND else (north, east)


def attachments_of(value: Any) -> tuple[Attachment, ...]:
    """Give the files behind the web addresses in a value: a text, a list, or objects with addresses."""
    links = dict.fromkeys(_links(value))
    return tuple(Attachment(kind=_kind(link), url=link) for link in links)


def _is_no(value: Any) -> bool:
    return value is False or label_of(value).lower() in NO


def _number(value: Any) -> float | None:
    try:
        number = float(label_of(value).replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _links(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > 3:
        return
    if isinstance(value, list):
        for one in value:
            yield from _links(one, depth + 1)
    elif isinstance(value, dict):
        yield from _links(list(value.values()), depth + 1)
    else:
        yield from re.findall(r"https?://[^\s|;,\"<>]+", label_of(value))


def _kind(link: str) -> Any:
    path = link.partition("?")[0]
    if _VIDEO.search(path):
        return "video"
    return "document" if _DOCUMENT.search(path) else "photo"
