"""Working days of Indonesia: by which day an answer is promised. Pure; the calendar is the `holidays` package's."""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays

COUNTRY = "ID"


def is_working_day(day: date, *, joint_leave: bool = True) -> bool:
    """Say whether offices are open: Monday to Friday, no public holiday, no joint leave day (cuti bersama).

    With `joint_leave=False` joint leave days count as working days.
    """
    return bool(_calendar(joint_leave).is_working_day(day))


def working_day_after(start: date, count: int, *, joint_leave: bool = True) -> date:
    """Give the `count`-th working day after a day, which itself does not count, working day or not.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError("a term has at least one working day")
    found: date = _calendar(joint_leave).get_nth_working_day(start, count)
    return found


@cache
def _calendar(joint_leave: bool) -> holidays.HolidayBase:  # noqa: FBT001 - a cache's key
    categories = ("public", "government") if joint_leave else ("public",)
    return holidays.country_holidays(COUNTRY, categories=categories)
