"""Frozen figures of months and quarters, which later changes do not move, and objections to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from hub.store.cut import Cut
from hub.store.tables import objections, periods, reports
from hub.store.views_ranking import RULES, Members, Score, ranked, read_members, read_scores
from hub.store.views_sight import Sight

WHOLE = Sight("admin", "")
"""The whole region without sealed reports: what is frozen must be the same for everybody."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The figures of a period, as they were."""

    name: str
    rules: int
    made_at: datetime
    scores: Sequence[Score]
    """Of the whole region, ranked."""
    members: Members

    def ranked_within(self, area: str) -> list[Score]:
        """Rank the kelurahan of an area among themselves; no area: all."""
        return ranked(score for score in self.scores if _within(score.kelurahan, area))


def _within(code: str, area: str) -> bool:
    return not area or f"{code}.".startswith(f"{area}.")


def freeze(connection: Connection, name: str, cut: Cut, by: str, now: datetime) -> bool:
    """Keep the figures of a period as they are now; False where that was done before."""
    if connection.execute(select(periods.c.name).where(periods.c.name == name)).one_or_none() is not None:
        return False
    members = read_members(connection, WHOLE, cut)
    medians = {score.kelurahan: score.median for score in read_scores(connection, WHOLE, cut)}
    figures = {
        code: {"reports": classes, "median_seconds": wait.total_seconds() if (wait := medians.get(code)) else None}
        for code, classes in members.items()
    }
    connection.execute(insert(periods).values(name=name, rules=RULES, made_at=now, by=by, figures=figures))
    return True


def first_heard(connection: Connection) -> datetime | None:
    """Give when the oldest report was made; None for none."""
    return connection.execute(select(reports.c.created_at).order_by(reports.c.id).limit(1)).scalar_one_or_none()


def list_periods(connection: Connection) -> list[str]:
    """Name the frozen periods, the latest first."""
    return list(connection.execute(select(periods.c.name).order_by(periods.c.made_at.desc(), periods.c.name)).scalars())


def load_period(connection: Connection, name: str) -> Frozen | None:
    """Give the figures of a period as they were; None where it is not frozen."""
    row = connection.execute(select(periods).where(periods.c.name == name)).one_or_none()
    if row is None:
        return None
    members = {code: kept["reports"] for code, kept in row.figures.items()}
    scores = [_score(code, kept) for code, kept in row.figures.items()]
    return Frozen(row.name, row.rules, row.made_at, ranked(scores), members)


def _score(code: str, kept: Mapping[str, Any]) -> Score:
    seconds = kept["median_seconds"]
    counts = {name: len(keys) for name, keys in kept["reports"].items()}
    return Score(code, counts, None if seconds is None else timedelta(seconds=seconds))


# ------------------------------------------------------------------------------------------------------- objections


def object_to(connection: Connection, period: str, kelurahan: str, text: str, *, by: str, now: datetime) -> bool:
    """Write down an objection to a period's figures; False while an earlier one waits for its answer."""
    waiting = objections.c.period == period, objections.c.kelurahan == kelurahan, objections.c.answered_at.is_(None)
    if connection.execute(select(objections.c.id).where(*waiting)).first() is not None:
        return False
    connection.execute(insert(objections).values(period=period, kelurahan=kelurahan, text=text, by=by, at=now))
    return True


def answer_objection(connection: Connection, key: int, text: str, *, by: str, now: datetime) -> bool:
    """Answer an objection; False where somebody has."""
    which = objections.c.id == key, objections.c.answered_at.is_(None)
    done = connection.execute(update(objections).where(*which).values(answer=text, answered_by=by, answered_at=now))
    return done.rowcount == 1


def list_objections(connection: Connection, period: str, area: str) -> list[Any]:
    """List the objections of an area to a period's figures, oldest first; no area: all."""
    column = objections.c.kelurahan
    which = [objections.c.period == period]
    if area:
        which.append(or_(column == area, column.startswith(f"{area}.", autoescape=True)))
    return list(connection.execute(select(objections).where(*which).order_by(objections.c.id)))


def find_objection(connection: Connection, key: int) -> Any:
    """Give an objection; None where there is none."""
    return connection.execute(select(objections).where(objections.c.id == key)).one_or_none()
