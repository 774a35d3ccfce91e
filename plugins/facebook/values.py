"""JSON from outside, taken with care: every look says what it expects, and a wreck is a ValueError."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

MILLISECONDS = 10**11
"""From here on a time counts milliseconds: as seconds it would lie beyond the year 5000."""


def text_at(value: Any, *path: str) -> str:
    """Give the text (or number) at the end of a path; empty where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def rows_at(value: Any, *path: str) -> Iterator[dict[str, Any]]:
    """Give the objects of the list at the end of a path."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    yield from (row for row in value if isinstance(row, dict)) if isinstance(value, list) else ()


def instant(value: Any) -> datetime:
    """Read a time: seconds (feed), milliseconds (Messenger) or ISO 8601 (Graph API). Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("no time")  # noqa: TRY004 - a wreck is a ValueError here
    if isinstance(value, str) and not value.isdigit():
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        seconds = float(value) / (1000 if int(value) >= MILLISECONDS else 1)
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError):
        raise ValueError("no time on this calendar") from None


def digest(value: Any) -> str:
    """Sum up a JSON value, whatever the order of its members."""
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=8).hexdigest()
