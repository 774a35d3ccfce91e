"""Knows every unit's hours and the terms of a region, and so when a report is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from zoneinfo import ZoneInfo

from hub.clocks.calendar import DAY, Calendar
from hub.clocks.due import Opening, Pause
from normalizer.clocks import Step, Term
from normalizer.region import Region, Unit

OFFICE_DAYS = (0, 1, 2, 3, 4)
WAYS = 1
"""Counts up when the same rules come to other dates by this program."""
REMEMBERED = 4096


class Keeper:
    """Keeps the time of one region."""

    def __init__(self, region: Region) -> None:
        self.rules = region.clocks
        self.calendar = Calendar(region.day_changes, joint_leave=self.rules.joint_leave)
        self.zone = ZoneInfo(region.zone)
        self.version = _version(region)
        self.office = Opening(self.calendar, self.zone, OFFICE_DAYS, self.rules.office_hours)
        self._units = {unit.code: unit for unit in region.units}
        self._openings: dict[tuple[tuple[int, ...], tuple[str, str]], Opening] = {}
        # Whatever comes in within one batch came at one time: nearly every report of a flood is worked out once.
        self._due = lru_cache(REMEMBERED)(self._work_out)
        self._legal = lru_cache(REMEMBERED)(self._work_out_legal)

    def opening(self, unit: str) -> Opening:
        """Say when a unit is open; an unknown one keeps office hours."""
        known = self._units.get(unit)
        if known is None:
            return self.office
        return self._opening(known)

    def _opening(self, unit: Unit) -> Opening:
        hours = unit.open_days, unit.open_hours
        if hours not in self._openings:
            self._openings[hours] = Opening(self.calendar, self.zone, *hours)
        return self._openings[hours]

    def term(self, step: Step, unit: str, category: str) -> Term:
        """Say how long a unit has for a step."""
        if step == "open":
            return self.rules.opened
        known = self._units.get(unit)
        by_kind = self.rules.answer if step == "answer" else self.rules.done
        own = self.rules.category.get(category, {}).get(step) or self.rules.unit.get(unit, {}).get(step)
        return own or by_kind[known.kind if known is not None else "triage"]

    def due(self, step: Step, unit: str, category: str, start: datetime, pauses: Iterable[Pause] = ()) -> datetime:
        """Say when a step is due for a unit whose clock began at an instant."""
        return self._due(step, unit, category, start, tuple(pauses))

    def _work_out(self, step: Step, unit: str, category: str, start: datetime, pauses: tuple[Pause, ...]) -> datetime:
        return self.opening(unit).due(self.term(step, unit, category), start, pauses)

    def legal_due(self, legal_class: str, received: datetime, pauses: Iterable[Pause] = ()) -> datetime:
        """Say when the term of a legal class ends: on its last working day, when offices close."""
        return self._legal(legal_class, received, tuple(pauses))

    def _work_out_legal(self, legal_class: str, received: datetime, pauses: tuple[Pause, ...]) -> datetime:
        first = self.office.local(received)
        if self.rules.receipt_day:
            first -= DAY
        last = self.calendar.working_day_after(first, self.rules.legal[legal_class])
        closes = self.office.closes(last).astimezone(received.tzinfo)
        return self.office.extended(closes, received, pauses)


@lru_cache(maxsize=8)
def keeper_of(region: Region) -> Keeper:
    """Give the keeper of a region."""
    return Keeper(region)


def _version(region: Region) -> str:
    """Name all that dues depend on: other rules, hours or holidays, another name."""
    hours = [(unit.code, unit.kind, unit.open_days, unit.open_hours) for unit in region.units]
    told = (WAYS, version("holidays"), region.zone, region.clocks, region.day_changes, hours)
    return sha256(repr(told).encode()).hexdigest()[:12]
