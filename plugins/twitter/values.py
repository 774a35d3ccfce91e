"""Values out of X's JSON, whatever stands there: both spellings of members, nulls as absent, ids, times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

NEW_NAMES = {
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "tweets": "posts",
}
"""Members that X API v2 renamed between the OpenAPI documents 2.166 and 2.167; either may come."""

_ID = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")
_FRACTION = re.compile(r"\.(\d{1,6})")
_EPOCH = 1288834974657
"""Milliseconds since 1970 at which snowflake ids begin (4 November 2010)."""
_SMALLEST = 1 << 40
"""Ids below are older than snowflakes, or no ids of X at all: they tell no time."""


def member(thing: Any, name: str) -> Any:
    """Give a member by its old name, under either spelling; None where it is missing."""
    if not isinstance(thing, dict):
        return None
    value = thing.get(name)
    return thing.get(NEW_NAMES[name]) if value is None and name in NEW_NAMES else value


def text_of(value: Any) -> str:
    """Give a string as it is; empty for anything else."""
    return value if isinstance(value, str) else ""


def dicts(value: Any) -> list[dict[str, Any]]:
    """Give the objects of a list; nothing for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def id_of(value: Any) -> str:
    """Give an id, a string of up to 19 digits; empty for anything else. Ids never become floats."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def time_of(value: Any) -> datetime | None:
    """Read a time with or without milliseconds; None for anything else, also one without a zone."""
    text = text_of(value)
    if not _TIME.fullmatch(text):
        return None
    whole = _FRACTION.sub(lambda match: "." + match[1].ljust(6, "0"), text)
    try:
        return datetime.fromisoformat(whole).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def time_in(post_id: str) -> datetime | None:
    """Read when a post was made out of its id; None where the id is too small to tell."""
    number = int(post_id or 0)
    if number < _SMALLEST:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=(number >> 22) + _EPOCH)


def id_at(instant: datetime) -> int:
    """Give the smallest id that a post of this instant can have."""
    milliseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return max(1, (milliseconds - _EPOCH) << 22)


def native_id(post: Any) -> str:
    """Give the id of a post's first version: an edit has a new id, and is the same post."""
    history = member(post, "edit_history_tweet_ids")
    first = id_of(history[0]) if isinstance(history, list) and history else ""
    return first or id_of(member(post, "id"))
