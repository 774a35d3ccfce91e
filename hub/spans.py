"""Days, months and quarters by the calendar: what figures are about, and what they are filed under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included, with the parameter and the value that an address names them by."""

    first: date
    last: date
    name: tuple[str, str] = ("", "")

    @property
    def days(self) -> int:
        """Count them."""
        return (self.last - self.first).days + 1

    @property
    def period(self) -> str:
        """Give the name that frozen figures are filed under, like 2026-10 or 2026-T4; empty for other spans."""
        kind, value = self.name
        return value.replace("-", "-T") if kind == "triwulan" else value if kind == "bulan" else ""

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give the instants where it begins and where it is over."""
        first, after = (datetime.combine(day, time(), zone) for day in (self.first, self.last + ONE_DAY))
        return first.astimezone(UTC), after.astimezone(UTC)

    def query(self) -> dict[str, str]:
        """Give the parameters that lead to these days, whatever day it is."""
        return {"dari": self.first.isoformat(), "sampai": self.last.isoformat()}


def last_days(count: int, today: date) -> Span:
    """Give the last so many days, today included."""
    return Span(today - timedelta(days=count - 1), today, ("hari", str(count)))


def month(day: date) -> Span:
    """Give the month of a day."""
    first = day.replace(day=1)
    return Span(first, _months_on(first, 1) - ONE_DAY, ("bulan", f"{first:%Y-%m}"))


def quarter(day: date) -> Span:
    """Give the quarter of a day."""
    number = (day.month - 1) // QUARTER_MONTHS
    first = date(day.year, number * QUARTER_MONTHS + 1, 1)
    return Span(first, _months_on(first, QUARTER_MONTHS) - ONE_DAY, ("triwulan", f"{first:%Y}-{number + 1}"))


def read_period(name: str) -> Span:
    """Read the name of a period: 2026-10, or 2026-T4. Raises ValueError."""
    year, _, rest = name.partition("-")
    found = read_quarter(f"{year}-{rest[1:]}") if rest.startswith("T") else read_month(name)
    if found.period != name:
        raise ValueError(f"{name!r} is neither a month like 2026-10 nor a quarter like 2026-T4")
    return found


def read_month(name: str) -> Span:
    """Read a month, like 2026-10. Raises ValueError."""
    return month(date.fromisoformat(f"{name}-01"))


def read_quarter(name: str) -> Span:
    """Read a quarter, like 2026-4. Raises ValueError."""
    year, _, number = name.partition("-")
    return quarter(date(int(year), (int(number) - 1) * QUARTER_MONTHS + 1, 1))


def _months_on(first: date, months: int) -> date:
    years, index = divmod(first.month - 1 + months, 12)
    return date(first.year + years, index + 1, 1)
