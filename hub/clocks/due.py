"""When a term is over: in hours round the clock, or in the time that a unit is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.clocks.calendar import DAY, Calendar
from normalizer.clocks import Term

MIDNIGHT = "23:59"
"""How packs spell the end of the day."""
WEEK = 7
Pause = tuple[datetime, datetime]


@dataclass(frozen=True)
class Opening:
    """When a unit is open. One that is open seven days a week has no holidays."""

    calendar: Calendar
    zone: ZoneInfo
    days: tuple[int, ...]
    hours: tuple[str, str]

    def is_open_on(self, day: date) -> bool:
        """Say whether it is open at all."""
        return day.weekday() in self.days and (len(self.days) == WEEK or not self.calendar.is_holiday(day))

    def opens(self, day: date) -> datetime:
        """Give when it opens on a day on which it is open."""
        return datetime.combine(day, time.fromisoformat(self.hours[0]), self.zone)

    def closes(self, day: date) -> datetime:
        """Give when it closes on such a day."""
        if self.hours[1] == MIDNIGHT:
            return datetime.combine(day + DAY, time(), self.zone)
        return datetime.combine(day, time.fromisoformat(self.hours[1]), self.zone)

    def local(self, at: datetime) -> date:
        """Give the day here."""
        return at.astimezone(self.zone).date()

    def _spans(self, start: datetime) -> Iterator[Pause]:
        """Give the stretches in which it is open, from an instant on."""
        day = self.local(start)
        while True:
            if self.is_open_on(day) and (until := self.closes(day)) > start:
                yield max(start, self.opens(day)), until
            day += DAY

    def after(self, start: datetime, length: timedelta) -> datetime:
        """Give when it will have been open for so long."""
        for since, until in self._spans(start):
            if until - since >= length:
                return (since + length).astimezone(UTC)
            length -= until - since
        raise AssertionError  # pragma: no cover - a unit is open on some day, the pack is checked

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Say for how long it is open from one instant to another."""
        total = timedelta()
        for since, until in self._spans(start):
            if since >= end:
                break
            total += min(until, end) - since
        return total

    def open_day_after(self, start: date, count: int) -> date:
        """Give the `count`-th day after a day on which it is open."""
        day = start
        while count:
            day += DAY
            count -= self.is_open_on(day)
        return day

    def due(self, term: Term, start: datetime, pauses: Iterable[Pause] = ()) -> datetime:
        """Say when a term is over. Time in which the clock stood still is added, measured as the term is."""
        if term.unit in ("minutes", "hours"):
            return _extended(start + timedelta(**{term.unit: term.count}), start, pauses)
        if term.unit == "working hours":
            return self.extended(self.after(start, timedelta(hours=term.count)), start, pauses)
        first = self.local(start)
        if term.unit == "working days":
            last = self.open_day_after(first, term.count)
        else:
            last = self.open_day_after(first + term.count * DAY - DAY, 1)
        return self.extended(self.closes(last).astimezone(UTC), start, pauses)

    def extended(self, due: datetime, start: datetime, pauses: Iterable[Pause]) -> datetime:
        """Put a deadline off by the opening time that fell into pauses before it."""
        for since, until in _told(start, pauses):
            if since >= due:
                break
            due = self.after(due, self.between(since, until))
        return due


def warning_at(start: datetime, due: datetime) -> datetime:
    """Say when the last quarter of a term begins; a day before the end at the earliest."""
    return due - min((due - start) / 4, DAY)


def _extended(due: datetime, start: datetime, pauses: Iterable[Pause]) -> datetime:
    for since, until in _told(start, pauses):
        if since >= due:
            break
        due += until - since
    return due


def _told(start: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    """Give pauses after a start, in order, none over another."""
    found: list[Pause] = []
    for since, until in sorted(pauses):
        since = max(since, start)  # noqa: PLW2901 - what lies before the start does not count
        if found and since < found[-1][1]:
            since = found[-1][1]  # noqa: PLW2901 - nor what was paused already
        if until > since:
            found.append((since, until))
    return found


def paused(start: datetime, pauses: Iterable[Pause]) -> timedelta:
    """Say for how long a clock stood still since its start."""
    return sum((until - since for since, until in _told(start, pauses)), timedelta())
