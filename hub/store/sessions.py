"""Signed-in browsers and programs: how long they last, what they come with, and how they end."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from hub.store.accounts import Account, read_account
from hub.store.tables import accounts, sessions

LASTS = timedelta(hours=12)
"""A session ends after a long working day, whatever happens."""
IDLE = timedelta(hours=3)
"""And earlier where nobody used it."""
HALFWAY = timedelta(minutes=10)
"""How long a right password waits for the second factor."""
TOUCH_EVERY = timedelta(minutes=5)
SPELLED = 16
"""So many letters of a session's id name it on a page: enough to end it, nothing to use it with."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    account: Account
    csrf: str
    seen_at: datetime
    elsewhere: bool = False


def open_session(
    connection: Connection,
    account: int,
    now: datetime,
    *,
    device: str = "",
    pending: bool = False,
    elsewhere: bool = False,
) -> str:
    """Sign in; give what the cookie holds. The store keeps its hash only."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(sessions).where(sessions.c.account == account, sessions.c.expires_at <= now))
    connection.execute(
        insert(sessions).values(
            id=_hash(token),
            account=account,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            expires_at=now + (HALFWAY if pending else LASTS),
            device=device[:60],
            pending=pending,
            elsewhere=elsewhere,
        )
    )
    return token


def find_session(connection: Connection, token: str, now: datetime, *, pending: bool = False) -> Session | None:
    """Give the session behind a cookie, as long as it lasts and its account is open."""
    statement = (
        select(accounts, *sessions.c["csrf", "seen_at", "expires_at", "elsewhere"])
        .join_from(sessions, accounts)
        .where(sessions.c.id == _hash(token), accounts.c.disabled_at.is_(None), sessions.c.pending.is_(pending))
    )
    row = connection.execute(statement).one_or_none()
    if row is None or row.expires_at <= now or row.seen_at + IDLE <= now:
        return None
    return Session(read_account(row), row.csrf, row.seen_at, row.elsewhere)


def touch_session(connection: Connection, token: str, now: datetime) -> None:
    """Note that somebody uses it."""
    connection.execute(update(sessions).where(sessions.c.id == _hash(token)).values(seen_at=now))


def close_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(sessions).where(sessions.c.id == _hash(token)))


def end_sessions(connection: Connection, account: int, *, but: str = "") -> int:
    """Sign an account out everywhere, or everywhere but where this token is used; give how many ended."""
    others = [sessions.c.id != _hash(but)] if but else []
    return connection.execute(delete(sessions).where(sessions.c.account == account, *others)).rowcount


def end_session(connection: Connection, account: int, name: str) -> bool:
    """End the one session of an account that a page named so."""
    if len(name) != SPELLED:
        return False
    mine = sessions.c.account == account
    return (
        connection.execute(delete(sessions).where(mine, sessions.c.id.startswith(name, autoescape=True))).rowcount > 0
    )


def open_sessions(connection: Connection, account: int, now: datetime) -> list[Row[Any]]:
    """List the sessions that still last, the latest used first."""
    mine = select(sessions).where(sessions.c.account == account, lasting(now))
    return list(connection.execute(mine.order_by(sessions.c.seen_at.desc())))


def name_of(token: str) -> str:
    """Give what a page calls the session of this token."""
    return _hash(token)[:SPELLED]


def lasting(now: datetime) -> ColumnElement[bool]:
    """Give the condition for sessions that are in use."""
    return (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE) & sessions.c.pending.is_(False)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
