"""Which reports a figure counts: one condition, the same for the figure and for the list behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, not_, or_, select

from hub.store.tables import complaints, disputes, followups, photos, reports
from hub.store.views_sight import Sight
from normalizer.report import CLOSED, STATUSES

WORKED_ON = tuple(status for status in STATUSES if status not in CLOSED and status != "koordinasi")
"""Statuses of what is still to be done and is not between offices."""
GRID = 500
"""Cells to a degree: about 220 m a side."""
NOBODY = "-"
"""How the empty code is spelled in addresses."""

_said = followups.alias("said")
_later = followups.alias("later")
_REOPENED = or_(
    exists().where(disputes.c.report == reports.c.id, disputes.c.decision == "reopened"),
    exists().where(
        _said.c.report == reports.c.id,
        _later.c.report == reports.c.id,
        _said.c.applied,
        _later.c.applied,
        _said.c.status.in_(tuple(CLOSED)),
        _later.c.status.in_(tuple(status for status in STATUSES if status not in CLOSED)),
        _later.c.at > _said.c.at,
    ),
)
_SHOWN = or_(
    followups.c.reason != "",
    cast(followups.c.photos, Text) != "[]",
    exists(select(photos.c.id).where(photos.c.followup == followups.c.id, photos.c.state != "erased")),
)
_PROVEN = exists().where(
    followups.c.report == reports.c.id,
    followups.c.applied,
    func.lower(func.trim(followups.c.status)) == "selesai",
    followups.c.note != "",
    _SHOWN,
)
_OWN = and_(reports.c.lead == reports.c.kelurahan, reports.c.kelurahan != "")
_DONE = reports.c.status == "selesai"

MARKS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "terbuka": reports.c.status.in_(WORKED_ON),
        "dijawab": and_(reports.c.answered_at.is_not(None), reports.c.answered_at >= reports.c.created_at),
        "tuntas": and_(_DONE, reports.c.closed_at.is_not(None), reports.c.closed_at >= reports.c.created_at),
        "dialihkan": reports.c.units_by == "person",
        "dibuka-lagi": _REOPENED,
        "dibantah": exists().where(disputes.c.report == reports.c.id),
        "rt-rw": exists().where(complaints.c.report == reports.c.id, complaints.c.role != ""),
        "tidak-berakhir": reports.c.status != "berakhir",
        "belum-selesai": reports.c.status.not_in(tuple(CLOSED)),
        "urusan-sendiri": _OWN,
        "urusan-lain": not_(_OWN),
        "dinilai": and_(_OWN, reports.c.status.not_in(("koordinasi", "ditolak", "berakhir"))),
        "selesai-lengkap": and_(_OWN, _DONE, _PROVEN),
        "selesai-tanpa-bukti": and_(_OWN, _DONE, not_(_PROVEN)),
        "sendiri-terbuka": and_(_OWN, reports.c.status.in_(WORKED_ON)),
        "sendiri-koordinasi": and_(_OWN, reports.c.status == "koordinasi"),
        "sendiri-ditolak": and_(_OWN, reports.c.status == "ditolak"),
        "sendiri-berakhir": and_(_OWN, reports.c.status == "berakhir"),
        "sendiri-tuntas": and_(_OWN, _DONE, reports.c.closed_at >= reports.c.created_at),
    }
)
"""Conditions with a name, for figures that are no plain status."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Reports made in a span of time, and what else must hold. None: anything."""

    since: datetime
    until: datetime
    area: str | None = None
    """An area's code: the reports in it."""
    unit: str | None = None
    category: str | None = None
    channel: str | None = None
    status: str | None = None
    reason: str | None = None
    mark: str | None = None
    """One of MARKS."""
    cell: tuple[int, int] | None = None
    keys: tuple[int, ...] | None = None
    """These alone: what a frozen figure was made of."""
    duty: bool | None = False
    """Those by heads of RT and RW, which count nowhere else; None: with the others."""

    def clause(self, sight: Sight) -> ColumnElement[bool]:
        """Give the condition on `reports`, as far as this account may see them."""
        plain = {reports.c.lead: self.unit, reports.c.category: self.category}
        plain |= {reports.c.status: self.status, reports.c.reason: self.reason}
        return and_(
            sight.clause(),
            reports.c.merged_into.is_(None),
            reports.c.created_at >= self.since,
            reports.c.created_at < self.until,
            *(column == value for column, value in plain.items() if value is not None),
            *self._narrowed(),
        )

    def _narrowed(self) -> list[ColumnElement[bool]]:
        found = [] if self.area is None else [in_area(self.area)]
        if self.duty is not None:
            found.append(reports.c.duty.is_(self.duty))
        if self.channel is not None:
            spoken = select(complaints.c.report).where(complaints.c.channel == self.channel)
            found.append(reports.c.id.in_(spoken))
        if self.keys is not None:
            found.append(reports.c.id.in_(self.keys))
        if self.mark is not None:
            found.append(MARKS[self.mark])
        if self.cell is not None:
            found += [column == place for column, place in zip(CELL, self.cell, strict=True)]
            found.append(reports.c.kelurahan != "")
        return found


CELL = (func.round(reports.c.lat * GRID), func.round(reports.c.lon * GRID))
"""The cell of a grid that a report lies in."""


def in_area(code: str) -> ColumnElement[bool]:
    """Say that a report lies in a kelurahan, a kecamatan or a kota."""
    if not code:
        return reports.c.kecamatan == ""
    below = f"{code}."
    return or_(
        reports.c.kelurahan == code,
        reports.c.kecamatan == code,
        reports.c.kecamatan.startswith(below, autoescape=True),
    )
