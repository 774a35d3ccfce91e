"""Views of a queue under a name: a lane and a filter, for one person or for everybody of the unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from hub.store.tables import views

MOST = 30
"""Views of one unit: more are no help to anybody."""
LONGEST_NAME = 60
LONGEST_QUERY = 1000


class TooManyViews(Exception):
    """The unit keeps as many as it may."""


@dataclass(frozen=True, slots=True)
class NewView:
    """A view that somebody wants to keep."""

    name: str
    lane: str
    query: str
    shared: bool


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view as it is shown."""

    id: int
    name: str
    lane: str
    query: str
    shared: bool
    account: int


def views_of(connection: Connection, unit: str, account: int) -> Sequence[SavedView]:
    """Give the views that somebody sees in a unit's queue: their own and the shared ones, by name."""
    columns = views.c["id", "name", "lane", "query", "shared", "account"]
    statement = select(*columns).where(_seen(unit, account)).order_by(func.lower(views.c.name), views.c.id)
    return [SavedView(*row) for row in connection.execute(statement)]


def _seen(unit: str, account: int) -> ColumnElement[bool]:
    return (views.c.unit == unit) & or_(views.c.shared, views.c.account == account)


def save_view(connection: Connection, unit: str, account: int, now: datetime, view: NewView) -> None:
    """Keep a view; one of the same name by the same person is replaced. Raises TooManyViews."""
    mine = (views.c.unit == unit) & (views.c.account == account) & (views.c.name == view.name)
    values = {"lane": view.lane, "query": view.query, "shared": view.shared}
    if connection.execute(update(views).where(mine).values(**values)).rowcount:
        return
    kept = connection.execute(select(func.count()).where(views.c.unit == unit)).scalar_one()
    if kept >= MOST:
        raise TooManyViews
    connection.execute(insert(views).values(unit=unit, account=account, name=view.name, created_at=now, **values))


def change_view(connection: Connection, unit: str, account: int, view: int, *, name: str, shared: bool) -> bool:
    """Rename a view, share it or keep it to oneself; its maker only. False where there is none of theirs."""
    statement = update(views).where(*_own(unit, account, view)).values(name=name, shared=shared)
    return bool(connection.execute(statement).rowcount)


def delete_view(connection: Connection, unit: str, account: int, view: int, *, heads: bool = False) -> bool:
    """Forget a view: its maker's, or a shared one where a head of the unit asks. False where there is none."""
    own = _own(unit, account, view)
    theirs = [views.c.id == view, views.c.unit == unit, views.c.shared]
    removed = connection.execute(delete(views).where(*own)).rowcount
    if not removed and heads:
        removed = connection.execute(delete(views).where(*theirs)).rowcount
    return bool(removed)


def _own(unit: str, account: int, view: int) -> tuple[ColumnElement[bool], ...]:
    return views.c.id == view, views.c.unit == unit, views.c.account == account
