"""Which days a page of the board is about: the last ones, a month, a quarter, or any two dates, as the address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval

from hub.web.language import Language, mark

LAST = ("7", "30", "90")
"""How many of the last days may be asked for by number."""
ONE_DAY = timedelta(days=1)
LONGEST = timedelta(days=3 * 366)
QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included, as they are named in the address."""

    first: date
    last: date
    name: tuple[str, str]
    """The parameter and its value; empty for two dates."""

    @property
    def days(self) -> int:
        """Count them."""
        return (self.last - self.first).days + 1

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give the instants where it begins and where it is over."""
        return tuple(  # type: ignore[return-value]  # two days in, two instants out
            datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.first, self.last + ONE_DAY)
        )

    def query(self) -> dict[str, str]:
        """Give the parameters that lead back here whatever day it is."""
        return {"dari": self.first.isoformat(), "sampai": self.last.isoformat()}

    def spell(self, language: Language) -> str:
        """Spell its dates."""
        if self.first == self.last:
            return format_date(self.first, "d MMMM y", locale=language.locale)
        return format_interval(self.first, self.last, "yMMMd", locale=language.locale)


def read_span(asked: Mapping[str, str], today: date) -> Span:
    """Read what the address asks for; the last thirty days where it asks for nothing that makes sense."""
    try:
        found = _dates(asked) or _named(asked, today)
    except ValueError:
        found = None
    return found or last_days("30", today)


def last_days(count: str, today: date) -> Span:
    """Give the last so many days, today included."""
    return Span(today - timedelta(days=int(count) - 1), today, ("hari", count))


def month(first: date) -> Span:
    """Give the month of a day."""
    first = first.replace(day=1)
    return Span(first, _months_on(first, 1) - ONE_DAY, ("bulan", f"{first:%Y-%m}"))


def quarter(day: date) -> Span:
    """Give the quarter of a day."""
    number = (day.month - 1) // QUARTER_MONTHS
    first = date(day.year, number * QUARTER_MONTHS + 1, 1)
    return Span(first, _months_on(first, QUARTER_MONTHS) - ONE_DAY, ("triwulan", f"{first:%Y}-{number + 1}"))


def choices(today: date) -> list[tuple[str, Span]]:
    """Offer the spans that are asked for most, with their titles."""
    this_month, this_quarter = month(today), quarter(today)
    return [
        (mark("7 days"), last_days("7", today)),
        (mark("30 days"), last_days("30", today)),
        (mark("This month"), this_month),
        (mark("Last month"), month(this_month.first - ONE_DAY)),
        (mark("This quarter"), this_quarter),
        (mark("Last quarter"), quarter(this_quarter.first - ONE_DAY)),
    ]


def named_span(name: str) -> Span:
    """Read the name of a period that can be frozen: 2026-10, or 2026-T4. Raises ValueError."""
    year, _, rest = name.partition("-")
    found = quarter(_quarter_start(year, rest[1:])) if rest.startswith("T") else month(date.fromisoformat(f"{name}-01"))
    if period_name(found) != name:
        raise ValueError(name)
    return found


def period_name(span: Span) -> str:
    """Name a month or a quarter as its frozen figures are filed; empty for other spans."""
    kind, value = span.name
    return value.replace("-", "-T") if kind == "triwulan" else value if kind == "bulan" else ""


def _dates(asked: Mapping[str, str]) -> Span | None:
    first, last = asked.get("dari", ""), asked.get("sampai", "")
    if not first and not last:
        return None
    ends = sorted(date.fromisoformat(end) for end in (first or last, last or first))
    if ends[1] - ends[0] > LONGEST or ends[1].year > 9000 or ends[0].year < 1900:
        return None
    return Span(ends[0], ends[1], ("", ""))


def _named(asked: Mapping[str, str], today: date) -> Span | None:
    if name := asked.get("bulan"):
        return month(date.fromisoformat(f"{name}-01"))
    if name := asked.get("triwulan"):
        year, _, number = name.partition("-")
        return quarter(_quarter_start(year, number))
    days = asked.get("hari", "30")
    return last_days(days, today) if days in LAST else None


def _quarter_start(year: str, number: str) -> date:
    return date(int(year), (int(number) - 1) * QUARTER_MONTHS + 1, 1)


def _months_on(first: date, months: int) -> date:
    years, index = divmod(first.month - 1 + months, 12)
    return date(first.year + years, index + 1, 1)
