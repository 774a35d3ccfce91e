"""Who works on a report, who has it open, and which colleagues it can be given to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.accounts import Account
from hub.store.tables import accounts, looks, reports
from hub.store.views_sight import Sight
from normalizer.report import CLOSED

LOOKING = timedelta(minutes=5)
"""Who was not heard of for so long has left."""
LEADERS: frozenset[str] = frozenset({"camat", "lurah", "admin"})
"""Roles that give work to others and may take it back from them."""
WORKERS = ("petugas", "camat", "lurah")
"""Roles that reports are given to."""


def look(connection: Connection, report: int, account: str, now: datetime) -> None:
    """Note that somebody has a report open."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(looks).values(report=report, account=account, at=now)
    connection.execute(row.on_conflict_do_update(index_elements=["report", "account"], set_={"at": now}))


def lookers(connection: Connection, report: int, but: str, now: datetime) -> list[str]:
    """Name the others who have a report open."""
    here = looks.c.report == report, looks.c.account != but, looks.c.at > now - LOOKING
    return list(connection.execute(select(looks.c.account).where(*here).order_by(looks.c.account)).scalars())


def forget_looks(connection: Connection, now: datetime) -> int:
    """Forget who has left. Gives how many rows went."""
    return connection.execute(delete(looks).where(looks.c.at <= now - LOOKING)).rowcount


def expired_claims(connection: Connection, now: datetime, limit: int = 100) -> list[int]:
    """Give open reports whose owner has let their time pass."""
    late = reports.c.owner_until.is_not(None), reports.c.owner_until <= now, reports.c.status.not_in(CLOSED)
    return list(
        connection.execute(select(reports.c.id).where(*late).order_by(reports.c.owner_until).limit(limit)).scalars()
    )


def colleagues(connection: Connection, account: Account) -> list[str]:
    """Name those whom this account may give work to: of its own unit and of those below it; an admin, everybody."""
    below = accounts.c.area.startswith(f"{account.area}.", autoescape=True)
    theirs = or_(accounts.c.area == account.area, below) if account.area else true()
    found = select(accounts.c.name).where(accounts.c.disabled_at.is_(None), accounts.c.role.in_(WORKERS), theirs)
    return list(connection.execute(found.order_by(accounts.c.name)).scalars())


def colleague(connection: Connection, account: Account, name: str, numbers: Sequence[str] = ()) -> Row[Any] | None:
    """Give a colleague of this name who sees all of these reports."""
    if name not in colleagues(connection, account):
        return None
    row = connection.execute(select(accounts).where(accounts.c.name == name)).one()
    sight = Sight(row.role, row.area)
    seen = select(reports.c.number).where(reports.c.number.in_(numbers), sight.clause())
    return row if len(set(connection.execute(seen).scalars())) == len(set(numbers)) else None
