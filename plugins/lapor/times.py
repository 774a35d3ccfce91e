"""Times as LAPOR!'s pages and exports spell them, made absolute by the time they were collected.

Seen on the public page in 2025: `9 jam yang lalu`, `Kemarin, 02:19`, `Jumat, 13:53`, `Senin, 2025/07/14`. The other
spellings are the usual ones of Indonesian exports.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_OTHER_MONTHS = {"may": 5, "aug": 8, "agt": 8, "oct": 10, "dec": 12, "nop": 11}
_UNITS = {
    "detik": timedelta(seconds=1),
    "menit": timedelta(minutes=1),
    "jam": timedelta(hours=1),
    "hari": timedelta(days=1),
    "minggu": timedelta(weeks=1),
    "bulan": timedelta(days=30),
    "tahun": timedelta(days=365),
}
_ZONES = {"wib": 7, "wita": 8, "wit": 9}
"""Hours ahead of UTC."""

_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
_ZONE = r"(?:\s*(?P<zone>wib|wita|wit))?"
_TIME = rf"(?:[\s,]+(?:pukul\s+)?{_CLOCK}{_ZONE})?"
_DAY = rf"(?:(?P<day>{'|'.join(DAYS)}|jum'at)[\s,]+)?"
_AGO = re.compile(rf"(?:sekitar\s+)?(?P<count>\d{{1,4}}\s+|satu\s+|se)(?P<unit>{'|'.join(_UNITS)})\s+(?:yang\s+)?lalu")
_NEAR = re.compile(rf"(?P<day>hari ini|kemarin|{'|'.join(DAYS)}|jum'at)(?:[\s,]+(?:pukul\s+)?{_CLOCK}{_ZONE})")
_YEAR_FIRST = re.compile(rf"{_DAY}(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<date>\d{{1,2}})t?{_TIME}")
_DAY_FIRST = re.compile(rf"{_DAY}(?P<date>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}}){_TIME}")
_WRITTEN = re.compile(rf"{_DAY}(?P<date>\d{{1,2}})[\s-]+(?P<month>[a-z]{{3,9}})[\s-]+(?P<year>\d{{4}}){_TIME}")


def absolute(said: str, collected: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the instant that a spelling means to somebody who read it at `collected`; None where it says none.

    A span ("9 jam yang lalu") is counted in full units: the instant is right to one of them, and never later than
    `collected`. A date alone is its first minute.
    """
    words = " ".join(said.lower().split())
    for read in (_iso, _ago, _near, _dated):
        try:
            if (found := read(words, collected, zone)) is not None:
                return found
        except (ValueError, OverflowError):
            continue
    return None


def _iso(words: str, _collected: datetime, zone: ZoneInfo) -> datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}[t ]\d", words):
        return None
    return _usable(datetime.fromisoformat(words.upper()), zone)


def _ago(words: str, collected: datetime, _zone: ZoneInfo) -> datetime | None:
    if words == "baru saja":
        return collected
    match = _AGO.fullmatch(words)
    if match is None:
        return None
    count = int(match["count"]) if match["count"].strip().isdigit() else 1
    return collected - count * _UNITS[match["unit"]]


def _near(words: str, collected: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a clock time on a day of the last week: the latest such instant that is not after `collected`."""
    match = _NEAR.fullmatch(words)
    if match is None:
        return None
    there = _zone_of(match, zone)
    today = collected.astimezone(there).date()
    if match["day"] == "hari ini":
        return min(_at(today, match, there), collected)
    if match["day"] == "kemarin":
        return _at(today - timedelta(days=1), match, there)
    back = (today.weekday() - _weekday(match["day"])) % 7
    found = _at(today - timedelta(days=back), match, there)
    return found if found <= collected else _at(today - timedelta(days=back + 7), match, there)


def _dated(words: str, _collected: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a date, with a clock time or without. A day of the week before it adds nothing."""
    numbers: Callable[[str], int] = int
    for pattern, month_of in ((_YEAR_FIRST, numbers), (_DAY_FIRST, numbers), (_WRITTEN, _month)):
        if match := pattern.fullmatch(words):
            day = date(int(match["year"]), month_of(match["month"]), int(match["date"]))
            return _usable(_at(day, match, _zone_of(match, zone)), zone)
    return None


def _at(day: date, match: re.Match[str], zone: tzinfo) -> datetime:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    return datetime.combine(day, time(hour, minute, second), zone)


def _zone_of(match: re.Match[str], zone: ZoneInfo) -> tzinfo:
    return timezone(timedelta(hours=_ZONES[match["zone"]])) if match["zone"] else zone


def _weekday(name: str) -> int:
    return DAYS.index(name.replace("'", ""))


def _month(name: str) -> int:
    short = name[:3]
    return _OTHER_MONTHS[short] if short in _OTHER_MONTHS else MONTHS.index(short) + 1


def _usable(found: datetime, zone: ZoneInfo) -> datetime | None:
    """Give a time the region's zone where it has none; one outside all calendars is none."""
    if not 1970 < found.year < 9999:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)
