"""Staff: their accounts, their signed-in browsers, and the rows that say who did and who looked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from hub.store.tables import accounts, audit, sessions

Role = Literal["petugas", "camat", "lurah", "integritas", "operator", "admin"]
ROLES: tuple[Role, ...] = ("petugas", "camat", "lurah", "integritas", "operator", "admin")
EVERYWHERE: frozenset[str] = frozenset({"integritas", "operator", "admin"})
"""Roles that need no area. For the others it is the code of their unit."""

LASTS = timedelta(hours=12)
"""A session ends after a long working day, whatever happens."""
IDLE = timedelta(hours=3)
"""And earlier where nobody used it."""
TOUCH_EVERY = timedelta(minutes=5)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()


class AccountError(ValueError):
    """The account cannot be made so; the text says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    id: int
    name: str
    role: Role
    area: str
    """Code of the unit whose reports they see; empty: the whole region."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    account: Account
    csrf: str
    seen_at: datetime


# ---------------------------------------------------------------------------------------------------------- passwords


def hash_password(password: str) -> str:
    """Give the argon2id hash, with its salt and parameters. Takes tens of milliseconds on purpose."""
    return _hasher.hash(password)


def check_password(stored: str | None, password: str) -> bool:
    """Compare; without a stored hash it takes as long, so that nobody learns which names exist."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Say whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe())


# ----------------------------------------------------------------------------------------------------------- accounts


def check_account(name: str, password: str, role: str, area: str) -> None:
    """Refuse what cannot be an account. Raises AccountError."""
    if not name.strip() or name != name.strip() or len(name) > 80:
        raise AccountError("a name has 1 to 80 characters, no blanks around it")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"a password has at least {SHORTEST_PASSWORD} characters")
    if role not in ROLES:
        raise AccountError(f"a role is one of {', '.join(ROLES)}")
    if not area and role not in EVERYWHERE:
        raise AccountError(f"{role} needs an area: the code of a unit")


def add_account(connection: Connection, name: str, password_hash: str, *, role: str, area: str, now: datetime) -> int:
    """Make an account, or give an existing one a new password, role and area. Give its id."""
    values = {"password": password_hash, "role": role, "area": area, "disabled_at": None}
    found = connection.execute(select(accounts.c.id).where(accounts.c.name == name)).scalar_one_or_none()
    if found is None:
        statement = insert(accounts).values(name=name, created_at=now, **values).returning(accounts.c.id)
        return int(connection.execute(statement).scalar_one())
    connection.execute(update(accounts).where(accounts.c.id == found).values(**values))
    end_sessions(connection, found)
    return int(found)


def disable_account(connection: Connection, name: str, now: datetime) -> bool:
    """Close an account and end its sessions; False where there is none of this name."""
    statement = update(accounts).where(accounts.c.name == name).values(disabled_at=now).returning(accounts.c.id)
    found = connection.execute(statement).scalar_one_or_none()
    if found is not None:
        end_sessions(connection, found)
    return found is not None


def find_account(connection: Connection, name: str) -> tuple[Account, str] | None:
    """Give an open account and its password's hash."""
    statement = select(accounts).where(accounts.c.name == name, accounts.c.disabled_at.is_(None))
    row = connection.execute(statement).one_or_none()
    return None if row is None else (_account(row), row.password)


def save_password(connection: Connection, account: int, password_hash: str) -> None:
    """Keep a hash made with today's parameters."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(password=password_hash))


def _account(row: Row[Any]) -> Account:
    return Account(row.id, row.name, row.role, row.area)


# ----------------------------------------------------------------------------------------------------------- sessions


def open_session(connection: Connection, account: int, now: datetime) -> str:
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
            expires_at=now + LASTS,
        )
    )
    return token


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """Give the session behind a cookie, as long as it lasts and its account is open."""
    statement = (
        select(*accounts.c["id", "name", "role", "area"], *sessions.c["csrf", "seen_at", "expires_at"])
        .join_from(sessions, accounts)
        .where(sessions.c.id == _hash(token), accounts.c.disabled_at.is_(None))
    )
    row = connection.execute(statement).one_or_none()
    if row is None or row.expires_at <= now or row.seen_at + IDLE <= now:
        return None
    return Session(_account(row), row.csrf, row.seen_at)


def touch_session(connection: Connection, token: str, now: datetime) -> None:
    """Note that somebody uses it."""
    connection.execute(update(sessions).where(sessions.c.id == _hash(token)).values(seen_at=now))


def close_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(sessions).where(sessions.c.id == _hash(token)))


def end_sessions(connection: Connection, account: int) -> None:
    """Sign an account out everywhere."""
    connection.execute(delete(sessions).where(sessions.c.account == account))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# -------------------------------------------------------------------------------------------------------------- audit


def write_audit(connection: Connection, now: datetime, actor: str, action: str, subject: str = "", **data: Any) -> None:
    """Note who did what to which number: ids and codes, never words."""
    connection.execute(insert(audit).values(at=now, actor=actor[:80], action=action, subject=subject[:80], data=data))
