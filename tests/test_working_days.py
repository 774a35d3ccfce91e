"""Terms in working days, against the calendar of 2026 and 2027."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.working_days import is_working_day, working_day_after

VECTORS = [
    ("2026-03-12", 3, "2026-03-17", "2026-03-17"),
    ("2026-03-12", 5, "2026-03-26", "2026-03-20"),
    ("2026-03-12", 14, "2026-04-09", "2026-04-02"),
    ("2026-03-12", 60, "2026-06-23", "2026-06-12"),
    ("2026-03-17", 3, "2026-03-27", "2026-03-23"),
    ("2026-05-13", 3, "2026-05-20", "2026-05-19"),
    ("2026-05-13", 60, "2026-08-13", "2026-08-11"),
    ("2026-11-20", 3, "2026-11-25", "2026-11-25"),
    ("2026-11-21", 1, "2026-11-23", "2026-11-23"),
    ("2026-11-22", 3, "2026-11-25", "2026-11-25"),
    ("2026-12-23", 2, "2026-12-29", "2026-12-28"),
    ("2026-12-23", 5, "2027-01-04", "2026-12-31"),
    ("2026-12-23", 10, "2027-01-12", "2027-01-11"),
]


@pytest.mark.parametrize(("start", "count", "with_leave", "without"), VECTORS)
def test_the_day_after_so_many_working_days(start: str, count: int, with_leave: str, without: str) -> None:
    day = date.fromisoformat(start)
    assert working_day_after(day, count).isoformat() == with_leave
    assert working_day_after(day, count, joint_leave=False).isoformat() == without


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 30))
def test_it_is_a_working_day_with_so_many_between(start: date, count: int) -> None:
    end = working_day_after(start, count)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day) for day in between) == count
    assert is_working_day(end)


def test_a_term_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="at least one"):
        working_day_after(date(2026, 1, 5), 0)
