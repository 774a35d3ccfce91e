"""What the board's page, its JSON and its files have in common: all figures of a frame, read in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.store.views_board import duty_counts
from hub.store.views_figures import Grouping, Tally, Waits, count_apart, count_reasons, read_tallies
from hub.store.views_trends import Spot, read_days, read_spots
from hub.web.board_frame import Frame

DISTRICT = 2
"""Dots in the code of a kecamatan."""


@dataclass(frozen=True, slots=True)
class Figured:
    """All figures of a page, read in one go."""

    total: Tally
    groups: Mapping[Grouping, Mapping[str, Tally]]
    apart: Mapping[str, int]
    reasons: Mapping[str, int]
    days: Mapping[date, Counter[str]]
    spots: list[Spot]
    duty: Mapping[str, Tally]
    """Reports by heads of RT and RW, which count nowhere else, by the unit that leads."""
    neighbours: list[tuple[str, str, str, int]]


def read_all(connection: Connection, frame: Frame) -> Figured:
    """Read everything that the page shows, as far as the reader may see it."""
    sight, cut = frame.sight, frame.cut
    groupings: tuple[Grouping, ...] = ("unit", "category", "channel", area_grouping(frame))
    whole = cut.since, cut.until
    return Figured(
        total=read_tallies(connection, sight, cut).get("", Tally()),
        groups={grouping: read_tallies(connection, sight, cut, grouping) for grouping in groupings},
        apart=count_apart(connection, sight, cut),
        reasons=count_reasons(connection, sight, cut),
        days=read_days(connection, sight, cut, _offset(frame)),
        spots=read_spots(connection, sight, cut),
        duty=read_tallies(connection, sight, frame.narrowed(duty=True), "unit"),
        neighbours=duty_counts(connection, sight, *whole),
    )


def area_grouping(frame: Frame) -> Grouping:
    """Say by which areas a frame is divided: within a kecamatan by kelurahan, else by kecamatan."""
    return "kelurahan" if frame.area.count(".") >= DISTRICT else "kecamatan"


def area_word(frame: Frame) -> str:
    """Say what the smallest areas here are: kelurahan, desa, or both."""
    inside = [
        area.code for area in frame.region.areas if f"{area.code}.".startswith(f"{frame.area}." if frame.area else "")
    ]
    kinds = {"kelurahan" if code[9:10] == "1" else "desa" for code in inside}
    return "/".join(sorted(kinds)).capitalize() or "Kelurahan"


def _offset(frame: Frame) -> int:
    """Give how many seconds east of UTC the region's clock is; Indonesia's never change."""
    span = frame.cut.since.astimezone(frame.zone).utcoffset()
    return int(span.total_seconds()) if span is not None else 0


def plain_tally(tally: Tally) -> dict[str, Any]:
    """Spell a line as plain values."""
    return {
        "reports": tally.reports,
        "complaints": tally.complaints,
        "selesai": tally.done,
        "terbuka": tally.open,
        "koordinasi": tally.coordinating,
        "ditolak": tally.refused,
        "berakhir": tally.ended,
        "share": tally.share,
        **_plain_waits("first_answer", tally.first),
        **_plain_waits("done", tally.finish),
    }


def _plain_waits(name: str, waits: Waits) -> dict[str, Any]:
    return {
        f"{name}_reports": waits.reports,
        f"{name}_median_hours": hours(waits.median),
        f"{name}_p90_hours": hours(waits.late),
    }


def hours(wait: timedelta | None) -> float | None:
    """Spell a wait in hours."""
    return None if wait is None else round(wait.total_seconds() / 3600, 2)
