"""Which days a page of the board is about: the last ones, a month, a quarter, or any two dates, as the address says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from babel.dates import format_date, format_interval

from hub.spans import ONE_DAY, Span, last_days, month, quarter, read_month, read_quarter
from hub.web.language import Language, mark

LAST = ("7", "30", "90")
"""How many of the last days may be asked for by number."""
LONGEST = timedelta(days=3 * 366)
YEARS = (1900, 9000)
"""What both engines can count."""


def read_span(asked: Mapping[str, str], today: date) -> Span:
    """Read what the address asks for; the last thirty days where it asks for nothing that makes sense."""
    try:
        found = _dates(asked) or _named(asked, today)
    except ValueError:
        found = None
    return found or last_days(30, today)


def choices(today: date) -> list[tuple[str, Span]]:
    """Offer the spans that are asked for most, with their titles."""
    this_month, this_quarter = month(today), quarter(today)
    return [
        (mark("7 days"), last_days(7, today)),
        (mark("30 days"), last_days(30, today)),
        (mark("This month"), this_month),
        (mark("Last month"), month(this_month.first - ONE_DAY)),
        (mark("This quarter"), this_quarter),
        (mark("Last quarter"), quarter(this_quarter.first - ONE_DAY)),
    ]


def spell_span(span: Span, language: Language) -> str:
    """Spell its dates."""
    if span.first == span.last:
        return format_date(span.first, "d MMMM y", locale=language.locale)
    return format_interval(span.first, span.last, "yMMMd", locale=language.locale)


def _dates(asked: Mapping[str, str]) -> Span | None:
    first, last = asked.get("dari", ""), asked.get("sampai", "")
    if not first and not last:
        return None
    ends = sorted(date.fromisoformat(end) for end in (first or last, last or first))
    if ends[1] - ends[0] > LONGEST or not YEARS[0] < ends[0].year <= ends[1].year < YEARS[1]:
        return None
    return Span(ends[0], ends[1])


def _named(asked: Mapping[str, str], today: date) -> Span | None:
    if name := asked.get("bulan"):
        return read_month(name)
    if name := asked.get("triwulan"):
        return read_quarter(name)
    days = asked.get("hari", "30")
    return last_days(int(days), today) if days in LAST else None
