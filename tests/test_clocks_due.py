"""When a term is over, by the hours of a unit, around nights, weekends, holidays and pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clocks.calendar import Calendar
from hub.clocks.due import Opening, paused, warning_at
from normalizer.clocks import Term, read_term

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar()
AGENCY = Opening(CALENDAR, WIB, (0, 1, 2, 3, 4), ("08:00", "16:00"))
POSKO = Opening(CALENDAR, WIB, (0, 1, 2, 3, 4, 5), ("08:00", "16:00"))
FIRE = Opening(CALENDAR, WIB, (0, 1, 2, 3, 4, 5, 6), ("00:00", "23:59"))
UNITS = {"agency": AGENCY, "posko": POSKO, "fire": FIRE}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("unit", "term", "start", "end"),
    [
        ("agency", "24 hours", "2026-11-20 15:00", "2026-11-21 15:00"),
        ("agency", "5 minutes", "2026-11-21 23:58", "2026-11-22 00:03"),
        ("agency", "6 working hours", "2026-11-19 09:30", "2026-11-19 15:30"),
        ("agency", "6 working hours", "2026-11-20 14:00", "2026-11-23 12:00"),
        ("agency", "8 working hours", "2026-11-20 08:00", "2026-11-20 16:00"),
        ("agency", "6 working hours", "2026-12-23 15:00", "2026-12-28 13:00"),  # joint leave, Christmas, weekend
        ("posko", "6 working hours", "2026-11-20 14:00", "2026-11-21 12:00"),  # a Saturday is a workday here
        ("posko", "3 days", "2026-11-20 10:00", "2026-11-23 16:00"),
        ("posko", "3 days", "2026-11-19 10:00", "2026-11-23 16:00"),  # the third day is a Sunday
        ("agency", "7 days", "2026-12-18 10:00", "2026-12-28 16:00"),  # the seventh day is Christmas
        ("agency", "2 working days", "2026-11-20 10:00", "2026-11-24 16:00"),
        ("posko", "2 working days", "2026-11-20 10:00", "2026-11-23 16:00"),
        ("fire", "6 working hours", "2026-12-24 23:00", "2026-12-25 05:00"),  # never closed
        ("fire", "1 working day", "2026-12-24 23:00", "2026-12-26 00:00"),
    ],
)
def test_a_term_ends(unit: str, term: str, start: str, end: str) -> None:
    due = UNITS[unit].due(read_term(term), at(start))
    assert (due.astimezone(WIB), due.tzinfo) == (at(end), UTC if "working" in term or "day" in term else WIB)


@pytest.mark.parametrize(
    ("term", "pauses", "end"),
    [
        ("6 working hours", [("2026-11-20 14:00", "2026-11-23 08:00")], "2026-11-23 10:00"),  # 2 h of opening time
        ("24 hours", [("2026-11-20 14:00", "2026-11-23 08:00")], "2026-11-24 04:00"),
        ("6 working hours", [("2026-11-21 09:00", "2026-11-22 09:00")], "2026-11-20 16:00"),  # after the deadline
        ("6 working hours", [("2026-11-19 09:00", "2026-11-20 11:00")], "2026-11-23 09:00"),  # begun before
        ("6 working hours", [("2026-11-20 11:00", "2026-11-20 13:00"), ("2026-11-20 12:00", "2026-11-20 14:00")],
         "2026-11-23 11:00"),  # two at once count once
        ("2 working days", [("2026-11-23 10:00", "2026-11-23 12:00")], "2026-11-25 10:00"),
    ],
)  # fmt: skip
def test_a_clock_that_stood_still(term: str, pauses: list[tuple[str, str]], end: str) -> None:
    asked = [(at(since), at(until)) for since, until in pauses]
    assert AGENCY.due(read_term(term), at("2026-11-20 10:00"), asked).astimezone(WIB) == at(end)


def test_how_long_it_stood_still() -> None:
    asked = [(at("2026-11-20 08:00"), at("2026-11-20 11:00")), (at("2026-11-20 10:30"), at("2026-11-20 12:00"))]
    assert paused(at("2026-11-20 10:00"), asked) == timedelta(hours=2)


def test_the_last_quarter_is_warned_of_and_a_day_at_most() -> None:
    start = at("2026-11-20 10:00")
    assert warning_at(start, start + timedelta(hours=24)) == start + timedelta(hours=18)
    assert warning_at(start, start + timedelta(days=60)) == start + timedelta(days=59)


@pytest.mark.parametrize(
    "text", ["", "6", "0 hours", "-1 days", "6 jam", "6 working minutes", "1.5 hours", "99999 days"]
)
def test_what_is_no_term(text: str) -> None:
    with pytest.raises(ValueError, match="write a term like"):
        read_term(text)


def test_a_term_is_spelled_as_it_is_read() -> None:
    assert read_term(str(read_term("1 working day"))) == Term(1, "working days")


# ------------------------------------------------------------------------------------------- whatever the times are

INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware right here
TERMS = st.builds(Term, st.integers(1, 60), st.sampled_from(["hours", "working hours", "days", "working days"]))
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=9))
PAUSES = st.lists(st.tuples(INSTANTS, LENGTHS).map(lambda one: (one[0], one[0] + one[1])), max_size=3)
OPENINGS = st.sampled_from(list(UNITS.values()))


@given(OPENINGS, TERMS, INSTANTS, LENGTHS)
def test_who_begins_later_ends_no_sooner(unit: Opening, term: Term, start: datetime, later: timedelta) -> None:
    assert start < unit.due(term, start) <= unit.due(term, start + later)


@given(OPENINGS, TERMS, INSTANTS)
def test_a_longer_term_ends_later(unit: Opening, term: Term, start: datetime) -> None:
    assert unit.due(term, start) <= unit.due(Term(term.count + 1, term.unit), start)


@given(OPENINGS, TERMS, INSTANTS, PAUSES)
def test_a_pause_never_shortens(
    unit: Opening, term: Term, start: datetime, pauses: list[tuple[datetime, datetime]]
) -> None:
    ends = [unit.due(term, start, pauses[:count]) for count in range(len(pauses) + 1)]
    assert ends == sorted(ends)


@given(OPENINGS, TERMS.filter(lambda term: term.unit != "hours"), INSTANTS, PAUSES)
def test_what_counts_working_time_is_due_while_the_unit_is_open(
    unit: Opening, term: Term, start: datetime, pauses: list[tuple[datetime, datetime]]
) -> None:
    due = unit.due(term, start, pauses)
    day = unit.local(due - timedelta(microseconds=1))
    assert unit.is_open_on(day)
    assert unit.opens(day) <= due <= unit.closes(day)


@given(OPENINGS, INSTANTS, st.timedeltas(timedelta(minutes=1), timedelta(days=20)))
def test_opening_time_is_measured_as_it_is_added(unit: Opening, start: datetime, length: timedelta) -> None:
    assert unit.between(start, unit.after(start, length)) == length
