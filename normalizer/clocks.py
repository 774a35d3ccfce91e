"""How long units have for what: terms, and what changes about the calendar. Plain data, read by `hub.clocks`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TermUnit = Literal["minutes", "hours", "working hours", "days", "working days"]
Step = Literal["open", "answer", "done"]
"""What is due next: that somebody opens an emergency, a first word to the citizens, the end."""
ChangeKind = Literal["libur", "cuti-bersama", "kerja"]
"""A day on which offices are closed, closed as joint leave, or open after all."""
_TERM = re.compile(r"([1-9]\d{0,3}) (minute|hour|working hour|day|working day)s?")


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time. Hours run round the clock; working ones only while the unit is open."""

    count: int
    unit: TermUnit

    def __str__(self) -> str:
        """Spell it as files do."""
        return f"{self.count} {self.unit}"


def read_term(text: str) -> Term:
    """Read `6 working hours`. Raises ValueError."""
    found = _TERM.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError("write a term like '24 hours', '6 working hours', '7 days' or '2 working days'")
    return Term(int(found[1]), f"{found[2]}s")  # type: ignore[arg-type]  # one of the five, by the pattern


def _terms(**spelled: str) -> Mapping[str, Term]:
    return {kind: read_term(text) for kind, text in spelled.items()}


ANSWER = _terms(
    kelurahan="24 hours",  # SE Sekda 61/SE/2018: a lurah acts in less than 24 hours
    kecamatan="3 days",  # what a posko promises to whoever walks in, since November 2023
    kota="3 days",  # as the kecamatan below it
    agency="6 working hours",  # SE Sekda 40/2019; an average, whether nights count is not said
    police="6 working hours",  # as agencies, to which they are named beside
    private="6 working hours",
    integrity="3 working days",  # LAPOR!: verified and passed on within 3 working days
    triage="3 working days",
    outside="3 working days",
)
DONE = _terms(
    kelurahan="7 days",  # SE Sekda 40/2019, an average again: for one report a warning, no verdict
    kecamatan="7 days",
    kota="7 days",
    agency="7 days",
    police="7 days",
    private="7 days",
    integrity="60 working days",  # SP4N, "berkadar pengawasan"
    triage="5 working days",  # LAPOR!: follow-up within 5 working days
    outside="5 working days",
)
LEGAL = {  # SP4N classes in working days, as agencies post them
    "ringan": 2,
    "normatif": 5,
    "tidak-berkadar-pengawasan": 14,
    "berkadar-pengawasan": 60,
    "permintaan-informasi": 5,  # which clock a question for information really has is not settled
}
OPENED = Term(5, "minutes")


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day that differs from the calendar of the country."""

    date: dt.date
    name: str
    kind: ChangeKind
    source: str = ""
    """Which decree says so."""


@dataclass(frozen=True, slots=True)
class ClockRules:
    """The terms of a region. By category first, then by unit, then by kind of unit."""

    joint_leave: bool = True
    """Joint leave (cuti bersama) stops clocks that count working time."""
    receipt_day: bool = False
    """The day of receipt counts in legal terms."""
    office_hours: tuple[str, str] = ("08:00", "16:00")
    """When a legal term ends on its last day is the second of these."""
    opened: Term = OPENED
    """By when an emergency must have been opened."""
    answer: Mapping[str, Term] = field(default_factory=lambda: ANSWER)
    """First word to the citizens, by kind of unit."""
    done: Mapping[str, Term] = field(default_factory=lambda: DONE)
    legal: Mapping[str, int] = field(default_factory=lambda: LEGAL)
    """Working days, by legal class."""
    category: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)
    """`answer` and `done` where a category has its own."""
    unit: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)
