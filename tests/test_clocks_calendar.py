"""Terms in working days, against the calendar of 2026 and 2027."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clocks.calendar import Calendar
from hub.commands.checking import estimates
from hub.settings import Settings
from normalizer.clocks import DayChange

OFFICE, STRICT = Calendar(), Calendar(joint_leave=False)
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
    ("2026-11-21", 3, "2026-11-25", "2026-11-25"),
    ("2026-11-21", 5, "2026-11-27", "2026-11-27"),
    ("2026-11-22", 1, "2026-11-23", "2026-11-23"),
    ("2026-11-22", 3, "2026-11-25", "2026-11-25"),
    ("2026-11-22", 5, "2026-11-27", "2026-11-27"),
    ("2026-12-23", 2, "2026-12-29", "2026-12-28"),
    ("2026-12-23", 5, "2027-01-04", "2026-12-31"),
    ("2026-12-23", 10, "2027-01-12", "2027-01-11"),
]


@pytest.mark.parametrize(("start", "count", "with_leave", "without"), VECTORS)
def test_the_day_after_so_many_working_days(start: str, count: int, with_leave: str, without: str) -> None:
    day = date.fromisoformat(start)
    assert OFFICE.working_day_after(day, count).isoformat() == with_leave
    assert STRICT.working_day_after(day, count).isoformat() == without


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 30))
def test_it_is_a_working_day_with_so_many_between(start: date, count: int) -> None:
    end = OFFICE.working_day_after(start, count)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert sum(OFFICE.is_working_day(day) for day in between) == count
    assert OFFICE.is_working_day(end)


def test_a_term_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="at least one"):
        OFFICE.working_day_after(date(2026, 1, 5), 0)


def test_a_year_has_so_many_working_days() -> None:
    year = [date(2026, 1, 1) + timedelta(days=step) for step in range(365)]
    assert (sum(map(OFFICE.is_working_day, year)), sum(map(STRICT.is_working_day, year))) == (240, 248)


def test_a_region_adds_days_and_takes_some_away() -> None:
    monday, tuesday, wednesday = date(2026, 6, 22), date(2026, 6, 23), date(2026, 8, 17)
    changes = (
        DayChange(monday, "Hari jadi kota", "libur", "made up"),
        DayChange(tuesday, "Cuti bersama", "cuti-bersama", "made up"),
        DayChange(wednesday, "Dipindah", "kerja", "made up"),
    )
    ours, strict = Calendar(changes), Calendar(changes, joint_leave=False)
    assert [OFFICE.is_working_day(day) for day in (monday, tuesday, wednesday)] == [True, True, False]
    assert [ours.is_working_day(day) for day in (monday, tuesday, wednesday)] == [False, False, True]
    assert [strict.is_working_day(day) for day in (monday, tuesday, wednesday)] == [False, True, True]


def test_a_decree_not_yet_known_is_an_estimate() -> None:
    assert not OFFICE.is_guessed(2026)
    assert OFFICE.is_guessed(2035)
    decreed = Calendar([DayChange(date(2035, 1, 1), "Tahun baru", "libur", "SKB")])
    assert not decreed.is_guessed(2035)


def test_an_operator_is_told_where_holidays_are_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    monkeypatch.setattr("hub.commands.checking.system_clock", lambda: datetime(2035, 6, 1, tzinfo=UTC))
    (told,) = estimates(settings)
    assert told.startswith("2035 and 2036: holidays are estimates")
    monkeypatch.setattr("hub.commands.checking.system_clock", lambda: datetime(2025, 6, 1, tzinfo=UTC))
    assert estimates(settings) == []
