"""Cells as people in Indonesia fill them: day before month, decimal commas, `ya` and `tidak`, links in one cell.

Each function raises ValueError with one of the reasons in `plugins.file.problems`; none of them repeats the value.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb pebruari peb february",
            "maret mar march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu agt ags agust aug august",
            "september sep sept",
            "oktober okt oct october",
            "november nov nop nopember",
            "desember des dec december",
        ),
        start=1,
    )
    for name in names.split()
}
ZONES = {"wib": "+07:00", "wita": "+08:00", "wit": "+09:00", "utc": "+00:00", "gmt": "+00:00", "z": "+00:00"}
YES = {"ya", "y", "yes", "true", "benar", "1", "x", "v", "✓"}
NO = {"tidak", "tdk", "n", "no", "false", "bukan", "0"}

_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_DATE = re.compile(
    r"""(?:[a-z']+,?\s+)?                                   # Sabtu,
        (?P<day>\d{1,2})[\s/.-]+(?P<month>\d{1,2}|[a-z]+)[\s/.,-]+(?P<year>\d{4}|\d{2})
        (?:(?:,|\s|pukul|jam|t)+(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:](?P<second>\d{2}))?
        \s*(?P<zone>wib|wita|wit|utc|gmt|z)?)?""",
    re.VERBOSE,
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def time_of(value: Any) -> str:
    """Give an ISO time, with its zone if it has one, of `2026-11-21 …`, `21/11/2026 13.45`, `21 Nov 2026`, an epoch."""
    text = " ".join(str(value).split())
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a date")  # noqa: TRY004 - a bad cell is a bad value, whatever its type
    try:
        time = _epoch(text) or _indonesian(text.casefold()) or datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError("not a date") from None
    if not 1900 < time.year < 9999:
        raise ValueError("not a date")
    return time.isoformat()


def degrees(value: Any) -> float:
    """Give a number of degrees, with a point or a comma before its decimals."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a number")  # noqa: TRY004 - as above
    text = str(value).strip().replace("−", "-").rstrip("°").strip()
    try:
        number = float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text)
    except ValueError:
        raise ValueError("not a number") from None
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def flag(value: Any) -> bool:
    """Give yes or no. Anything else is no guess of ours: it decides what the public sees."""
    text = str(value).strip().casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValueError("not yes or no")


def links(value: Any) -> list[str]:
    """Give the addresses of a list, or of one cell with blanks, commas, semicolons or bars between them."""
    parts = value if isinstance(value, list) else re.split(r"[\s,;|]+(?=https?://)|[\s;|]+", str(value).strip())
    if not all(isinstance(part, str) for part in parts):
        raise ValueError("not a text")
    return [part.strip() for part in parts if part.strip()]


def words(value: Any) -> str:
    """Give the text of a string or number, lines ended alike."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a text")  # noqa: TRY004 - as above
    return str(value).replace("\r\n", "\n").strip()


def _epoch(text: str) -> datetime | None:
    """Read seconds or milliseconds since 1970. Shorter numbers are none: spreadsheets count days since 1900."""
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) > 11 else 1), UTC)


def _indonesian(text: str) -> datetime | None:
    """Read a date that begins with its day; None where it is no such date. Raises ValueError for 31/02."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    month = found["month"]
    number = int(month) if month.isdigit() else MONTHS.get(month, 0)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    clock = timedelta(
        hours=int(found["hour"] or 0), minutes=int(found["minute"] or 0), seconds=int(found["second"] or 0)
    )
    if clock >= timedelta(days=1) or int(found["minute"] or 0) > 59 or int(found["second"] or 0) > 59:
        raise ValueError("not a date")
    time = datetime(year, number, int(found["day"])) + clock  # noqa: DTZ001 - zones are added by the caller
    zone = ZONES.get(found["zone"] or "")
    return datetime.fromisoformat(time.isoformat() + zone) if zone else time
