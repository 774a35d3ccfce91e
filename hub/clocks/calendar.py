"""Which days are working days: the country's holidays by the `holidays` package, and what a region says differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import holidays

from normalizer.clocks import DayChange

COUNTRY = "ID"
GUESSED = "(perkiraan)"
"""What the package adds to the name of a day that was not decreed yet."""
DAY = timedelta(days=1)


class Calendar:
    """Working days, for ever: years are worked out when they are asked for."""

    def __init__(self, changes: Iterable[DayChange] = (), *, joint_leave: bool = True) -> None:
        categories = ("public", "government") if joint_leave else ("public",)
        self._days = holidays.country_holidays(COUNTRY, categories=categories, language="id")
        # A decree may make a working day of what another made a holiday: the later line of the file holds.
        self._changed = {change.date: change for change in changes if joint_leave or change.kind != "cuti-bersama"}
        self.is_holiday = cache(self._is_holiday)

    def _is_holiday(self, day: date) -> bool:
        change = self._changed.get(day)
        return change.kind != "kerja" if change is not None else day in self._days

    def is_working_day(self, day: date) -> bool:
        """Say whether offices are open: Monday to Friday, and no holiday."""
        return day.weekday() < 5 and not self.is_holiday(day)

    def working_day_after(self, start: date, count: int) -> date:
        """Give the `count`-th working day after a day, which itself does not count, working day or not.

        Raises ValueError for a count below 1.
        """
        if count < 1:
            raise ValueError("a term has at least one working day")
        day = start
        while count:
            day += DAY
            count -= self.is_working_day(day)
        return day

    def is_guessed(self, year: int) -> bool:
        """Say whether holidays of a year stand there only by estimate: then the decree is not out, or not yet known."""
        if any(change.date.year == year for change in self._changed.values()):
            return False
        names = holidays.country_holidays(COUNTRY, years=year, categories=("public", "government"), language="id")
        joint = holidays.country_holidays(COUNTRY, years=year, categories=("government",))
        return not joint or any(GUESSED in name for name in names.values())


NATIONAL = Calendar()
"""The country's calendar, where no region is at hand."""
