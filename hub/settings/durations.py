"""Lengths of time as people write them in settings: `90s`, `2m`, `1h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
WRITTEN = re.compile(r"([0-9]{1,9})([smhd])")


def parse_duration(text: str) -> timedelta:
    """Read a whole number with its unit; raises ValueError, without the text, for anything else."""
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError('is not a duration; write a whole number with s, m, h or d, like "90s" or "2m"')
    return int(match[1]) * timedelta(seconds=SECONDS[match[2]])


def format_duration(length: timedelta) -> str:
    """Write whole seconds in the largest unit that needs no fraction."""
    seconds = int(length.total_seconds())
    unit = next(unit for unit, size in SECONDS.items() if seconds % size == 0 and (seconds or unit == "s"))
    return f"{seconds // SECONDS[unit]}{unit}"


def _read(value: Any) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


Duration = Annotated[timedelta, BeforeValidator(_read)]
"""A pydantic type for settings and plugin options."""
