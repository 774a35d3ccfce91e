"""Relative Indonesian times, made absolute by the time they were collected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.lapor.times import DAYS, absolute
from tests.lapor_fixtures import WIB

MONDAY = datetime(2025, 7, 14, 0, 5, tzinfo=WIB)
"""Five minutes after midnight, the first day of the week."""
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def wib(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WIB)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("9 jam yang lalu", wib(2025, 7, 13, 15, 5)),
        ("Kemarin, 02:19", wib(2025, 7, 13, 2, 19)),
        ("Kemarin, 23.59", wib(2025, 7, 13, 23, 59)),
        ("Jumat, 13:53", wib(2025, 7, 11, 13, 53)),
        ("Jum'at, 13:53 WIB", wib(2025, 7, 11, 13, 53)),
        ("Minggu, 00:00", wib(2025, 7, 13, 0, 0)),
        ("Senin, 00:05", wib(2025, 7, 14, 0, 5)),
        ("Senin, 00:06", wib(2025, 7, 7, 0, 6)),
        ("Senin, 2025/07/14", wib(2025, 7, 14)),
        ("Senin, 2025/07/07", wib(2025, 7, 7)),
        ("Hari ini, 00:01", wib(2025, 7, 14, 0, 1)),
        ("baru saja", MONDAY),
        ("semenit yang lalu", wib(2025, 7, 14, 0, 4)),
        ("6 menit lalu", wib(2025, 7, 13, 23, 59)),
        ("2 hari yang lalu", wib(2025, 7, 12, 0, 5)),
        ("2025-07-13 08:15:30", wib(2025, 7, 13, 8, 15, 30)),
        ("2025-07-13T01:15:30Z", wib(2025, 7, 13, 8, 15, 30)),
        ("13/07/2025 08:15", wib(2025, 7, 13, 8, 15)),
        ("13 Juli 2025, pukul 08.15 WIB", wib(2025, 7, 13, 8, 15)),
        ("Minggu, 13 Agt 2023", wib(2023, 8, 13)),
        ("13 Juli 2025 10:15 WIT", wib(2025, 7, 13, 8, 15)),
    ],
)
def test_every_spelling_around_midnight_of_a_monday(said: str, means: datetime) -> None:
    assert absolute(said, MONDAY, WIB) == means
    assert absolute(said.replace(" ", "\u00a0").upper(), MONDAY, WIB) == means


@pytest.mark.parametrize(
    "said",
    ["", "kapan", "Kemarin", "Senin", "Kemarin, 25:00", "31/02/2025", "0001-01-01 00:00:00", "99/99/9999", "9 jam"],
)
def test_what_says_no_time(said: str) -> None:
    assert absolute(said, MONDAY, WIB) is None


@given(instants, st.timedeltas(timedelta(0), timedelta(days=7) - timedelta(minutes=1)))
def test_a_day_of_the_week_is_the_last_such_day(collected: datetime, age: timedelta) -> None:
    there = (collected - age).astimezone(WIB)
    found = absolute(f"{DAYS[there.weekday()].title()}, {there:%H:%M}", collected, WIB)
    assert found == there.replace(second=0, microsecond=0)


@given(instants)
def test_yesterday_is_yesterdays_date_of_the_region(collected: datetime) -> None:
    today = collected.astimezone(WIB)
    for clock in ("00:00", "02:19", "23:59"):
        found = absolute(f"Kemarin, {clock}", collected, WIB)
        assert found
        assert found.astimezone(WIB).date() == (today - timedelta(days=1)).date()
        assert f"{found.astimezone(WIB):%H:%M}" == clock
        assert timedelta(0) < collected - found < timedelta(days=2)


@given(instants, st.sampled_from(["jam", "menit", "detik", "hari", "minggu"]), st.integers(0, 500))
def test_a_span_is_counted_back_and_never_ahead(collected: datetime, unit: str, count: int) -> None:
    found = absolute(f"{count} {unit} yang lalu", collected, WIB)
    assert found is not None
    assert found <= collected


@given(instants, st.dates(datetime(1980, 1, 1).date(), datetime(2099, 1, 1).date()))  # noqa: DTZ001 - bounds
def test_a_date_is_its_first_minute_whatever_the_day_is_called(collected: datetime, day: object) -> None:
    found = absolute(f"Senin, {day:%Y/%m/%d}", collected, WIB)
    assert found
    assert (f"{found:%Y-%m-%d %H:%M}", found.tzinfo) == (f"{day} 00:00", WIB)


@given(st.text() | st.from_regex(r"\A(senin|kemarin|hari ini|\d{1,5})[ ,/:.-]+\d{1,4}[:/.-]\d{1,4}.{0,8}\Z"), instants)
def test_no_spelling_breaks_reading(said: str, collected: datetime) -> None:
    found = absolute(said, collected, WIB)
    assert found is None or found.utcoffset() is not None
