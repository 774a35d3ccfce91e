"""Staff: their accounts and passwords. Signed-in browsers are in `sessions`, second factors in `factors`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.store.tables import accounts, sessions

Role = Literal["petugas", "camat", "lurah", "integritas", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
EVERYWHERE: frozenset[str] = frozenset({"integritas", "operator", "admin"})
"""Roles that need no area. For the others it is the code of their unit."""
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
    must_change: bool = False
    """Somebody else chose the password."""
    two_factor: bool = False
    """A second factor is in force."""


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
    if not name.strip() or name != name.strip() or len(name) > 80 or not name.isprintable():
        raise AccountError("a name has 1 to 80 characters, no blanks around it")
    check_new_password(password)
    check_role(role, area)


def check_new_password(password: str) -> None:
    """Refuse a password that is too short. Raises AccountError."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"a password has at least {SHORTEST_PASSWORD} characters")


def check_role(role: str, area: str) -> None:
    """Refuse a role that there is not, or that is about no area. Raises AccountError."""
    if role not in ROLES:
        raise AccountError(f"a role is one of {', '.join(ROLES)}")
    if not area and role not in EVERYWHERE:
        raise AccountError(f"{role} needs an area: the code of a unit")


def add_account(
    connection: Connection,
    name: str,
    password_hash: str,
    *,
    role: str,
    area: str,
    now: datetime,
    must_change: bool = False,
) -> int:
    """Make an account, or give an existing one a new password, role and area and end its sessions. Give its id."""
    values = {"password": password_hash, "role": role, "area": area, "disabled_at": None, "must_change": must_change}
    found = connection.execute(select(accounts.c.id).where(accounts.c.name == name)).scalar_one_or_none()
    if found is None:
        statement = insert(accounts).values(name=name, created_at=now, **values).returning(accounts.c.id)
        return int(connection.execute(statement).scalar_one())
    connection.execute(update(accounts).where(accounts.c.id == found).values(**values))
    _end_sessions(connection, found)
    return int(found)


def disable_account(connection: Connection, name: str, now: datetime) -> bool:
    """Close an account and end its sessions; False where there is none of this name."""
    statement = update(accounts).where(accounts.c.name == name).values(disabled_at=now).returning(accounts.c.id)
    found = connection.execute(statement).scalar_one_or_none()
    if found is not None:
        _end_sessions(connection, found)
    return found is not None


def enable_account(connection: Connection, account: int) -> None:
    """Open a closed account again."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(disabled_at=None))


def change_role(connection: Connection, account: int, role: str, area: str) -> None:
    """Give an account another role or area."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(role=role, area=area))


def is_last_admin(connection: Connection, account: int) -> bool:
    """Say whether nobody else could run the hub."""
    others = (accounts.c.role == "admin", accounts.c.disabled_at.is_(None), accounts.c.id != account)
    count = connection.execute(select(func.count()).select_from(accounts).where(*others)).scalar_one()
    row = connection.execute(select(accounts.c.role).where(accounts.c.id == account)).scalar_one_or_none()
    return row == "admin" and not count


def find_account(connection: Connection, name: str) -> tuple[Account, str] | None:
    """Give an open account and its password's hash."""
    statement = select(accounts).where(accounts.c.name == name, accounts.c.disabled_at.is_(None))
    row = connection.execute(statement).one_or_none()
    return None if row is None else (read_account(row), row.password)


def save_password(connection: Connection, account: int, password_hash: str, *, must_change: bool | None = None) -> None:
    """Keep a hash: of a new password, or made with today's parameters."""
    values: dict[str, Any] = {"password": password_hash}
    if must_change is not None:
        values["must_change"] = must_change
    connection.execute(update(accounts).where(accounts.c.id == account).values(**values))


def read_account(row: Row[Any]) -> Account:
    """Give the account of a row."""
    return Account(row.id, row.name, row.role, row.area, row.must_change, row.factor_at is not None)


def _end_sessions(connection: Connection, account: int) -> None:
    connection.execute(delete(sessions).where(sessions.c.account == account))
