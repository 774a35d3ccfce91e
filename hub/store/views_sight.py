"""Which reports an account may see: one rule, as SQL, used by every query behind a page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select, true

from hub.store.accounts import EVERYWHERE, Role
from hub.store.tables import handovers, reports


@dataclass(frozen=True, slots=True)
class Sight:
    """What one role in one area sees. Sealed reports: the role `integritas`, alone, and it sees nothing else."""

    role: Role
    area: str

    @property
    def sealed(self) -> bool:
        """Sees sealed reports."""
        return self.role == "integritas"

    def clause(self, table: FromClause = reports) -> ColumnElement[bool]:
        """Give the condition on `reports`, or on an alias of it."""
        if self.sealed:
            return table.c.handling == "sealed"
        return and_(table.c.handling == "open", self._area(table))

    def _area(self, table: FromClause) -> ColumnElement[bool]:
        if not self.area:
            return true() if self.role in EVERYWHERE else false()
        below = f"{self.area}."
        return or_(
            table.c.queue == self.area,
            table.c.lead == self.area,
            table.c.kecamatan == self.area,
            table.c.kelurahan == self.area,
            table.c.kecamatan.startswith(below, autoescape=True),
            table.c.kelurahan.startswith(below, autoescape=True),
            table.c.id.in_(select(handovers.c.report).where(handovers.c.state == "offered", offered_to(self.area))),
        )

    def may_open_queue(self, unit: str, integrity_unit: str) -> bool:
        """Say whether the work list of this unit is theirs to see."""
        if self.sealed or unit == integrity_unit:
            return self.sealed and unit == integrity_unit
        if not self.area:
            return self.role in EVERYWHERE
        return unit == self.area or unit.startswith(f"{self.area}.")


def offered_to(unit: str) -> ColumnElement[bool]:
    """Give the condition on `handovers` that a report is offered to a unit, or to one below it."""
    below = handovers.c.to_unit.startswith(f"{unit}.", autoescape=True)
    return or_(handovers.c.to_unit == unit, below)
