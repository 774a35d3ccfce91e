"""Words for what is wrong with a setting: which one, why, and what to write instead. Never its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from hub.settings.substitution import Location


def problem_text(detail: ErrorDetails, known: Sequence[str]) -> str:
    """Say what is wrong with a value and what to do, without the value; `known` are the keys that could be meant."""
    if detail["type"] == "missing":
        return "is missing; add it"
    if detail["type"] == "extra_forbidden":
        return unknown_text(str(detail["loc"][-1]), known)
    message = detail["msg"].removeprefix("Value error, ")
    return message if message.startswith("is ") else f"is wrong: {message[:1].lower()}{message[1:]}"


def unknown_text(key: str, known: Sequence[str]) -> str:
    """Say that nobody knows a key, and which one was probably meant."""
    if near := get_close_matches(key, known, n=1):
        return f'is unknown; did you mean "{near[0]}"?'
    return f"is unknown; known are: {', '.join(sorted(known))}" if known else "is unknown; remove it"


def option_name(location: Location, tree: Mapping[str, Any] | None = None) -> str:
    """Write a place in the settings: `[hub] port`, `channel "waze" option feeds[0]`."""
    if len(location) > 1 and location[0] == "channel" and isinstance(location[1], int):
        return f"channel {_channel_name(location[1], tree or {})} {dotted(location[2:])}".rstrip()
    return f"[{location[0]}] {dotted(location[1:])}".rstrip() if location else "the settings"


def _channel_name(index: int, tree: Mapping[str, Any]) -> str:
    channel = tree["channel"][index] if "channel" in tree else {}
    name = channel.get("name", channel.get("kind")) if isinstance(channel, Mapping) else None
    return f'"{name}"' if name else f"number {index + 1}"


def dotted(location: Location) -> str:
    """Write a place inside a channel or table: `every`, `option feeds[0]`."""
    option = len(location) > 1 and location[0] == "options"
    steps = location[1:] if option else location
    joined = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return f"option {joined}" if option else joined
