"""What people have said of two reports being one, and what they are still asked: so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.tables import assignments, complaints, merges, separations, suggestions

BY_CLERK = "petugas"
"""Evidence of a complaint that a clerk put where it is, with the citizen before them."""


def placed_by_person(connection: Connection, complaint: int) -> bool:
    """Say whether a person decided in which report a complaint stands."""
    latest = select(assignments.c.actor, assignments.c.evidence).where(assignments.c.complaint == complaint)
    row = connection.execute(latest.order_by(assignments.c.id.desc()).limit(1)).one_or_none()
    return row is not None and (row.actor != "machine" or BY_CLERK in row.evidence)


def settled_with(connection: Connection, report: int, others: Collection[int]) -> frozenset[int]:
    """List those of the other reports that a person parted from this one, or was asked about.

    Reports that were merged into one of them speak for it.
    """
    living = _living(connection, [report, *others])
    names, here = list(living), [report, *others]
    parted = (
        select(complaints.c.report.label("one"), separations.c.report.label("other"))
        .join(separations, separations.c.complaint == complaints.c.id)
        .where(complaints.c.report.in_(here), separations.c.report.in_(names))
    )
    asked = select(suggestions.c.report.label("one"), suggestions.c.other).where(
        suggestions.c.report.in_(names), suggestions.c.other.in_(names)
    )
    pairs = [
        frozenset((living[row.one], living[row.other])) for ask in (parted, asked) for row in connection.execute(ask)
    ]
    return frozenset(other for other in others if frozenset((report, other)) in pairs)


def _living(connection: Connection, reports: Sequence[int]) -> dict[int, int]:
    """Give these reports and all that were merged into them, each with the one of these that it lives on as."""
    found = {key: key for key in reports}
    newest = list(found)
    while newest:
        into = select(merges.c.source, merges.c.target).where(merges.c.target.in_(newest), merges.c.undone_at.is_(None))
        rows = [row for row in connection.execute(into) if row.source not in found]
        found.update({row.source: found[row.target] for row in rows})
        newest = [row.source for row in rows]
    return found


def save_suggestion(
    connection: Connection,
    *,
    complaint: int,
    report: int,
    other: int,
    score: float,
    evidence: Sequence[str],
    at: datetime,
) -> None:
    """Ask a person whether the report of a complaint and another one are the same; what was asked stays as it was."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"complaint": complaint, "report": report, "other": other, "score": score, "evidence": list(evidence)}
    connection.execute(dialect.insert(suggestions).values(**row, at=at).on_conflict_do_nothing())
