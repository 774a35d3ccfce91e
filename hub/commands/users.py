"""`aduan user`: accounts of staff."""

from __future__ import annotations

import asyncio
import sys
from getpass import getpass
from typing import Any

from sqlalchemy import Connection, select

from hub.commands.screen import Misuse
from hub.staff import check_area
from hub.store.accounts import (
    AccountError,
    add_account,
    check_account,
    disable_account,
    find_account,
    hash_password,
    is_last_admin,
)
from hub.store.audit import write_audit
from hub.store.factors import drop_factor
from hub.store.sessions import end_sessions
from hub.store.store import Store
from hub.store.tables import accounts
from normalizer.region import Region

CONSOLE = "console"
"""Who the audit says did it."""


def read_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read one line from stdin."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise Misuse("the two passwords differ")
    return password


async def add(store: Store, region: Region, name: str, *, role: str, area: str, password: str) -> None:
    """Make or change an account. Raises Misuse for what cannot be one."""
    try:
        check_area(region, role, area)
        check_account(name, password, role, area)
    except AccountError as problem:
        raise Misuse(str(problem)) from None
    hashed = await asyncio.to_thread(hash_password, password)
    now = store.now()

    def work(connection: Connection) -> None:
        add_account(connection, name, hashed, role=role, area=area, now=now)
        write_audit(connection, now, CONSOLE, "account", name, role=role, area=area)

    await store.write(work)


async def list_all(store: Store) -> list[dict[str, Any]]:
    """Give name, role, area, state and second factor of each account."""
    rows = await store.read(lambda connection: connection.execute(select(accounts).order_by(accounts.c.name)).all())
    return [
        {
            "name": row.name,
            "role": row.role,
            "area": row.area,
            "state": "closed" if row.disabled_at else "open",
            "second factor": "yes" if row.factor_at else "no",
        }
        for row in rows
    ]


async def disable(store: Store, name: str) -> None:
    """Close an account. Raises Misuse for an unknown one and for the last admin."""
    now = store.now()

    def work(connection: Connection) -> None:
        if is_last_admin(connection, _known(connection, name)):
            raise Misuse(f"{name} is the last admin: make another one first")
        disable_account(connection, name, now)
        write_audit(connection, now, CONSOLE, "account-disable", name)

    await store.write(work)


async def reset_factor(store: Store, name: str) -> None:
    """Take away a second factor. Raises Misuse for an unknown account."""
    now = store.now()

    def work(connection: Connection) -> None:
        account = _known(connection, name)
        drop_factor(connection, account)
        end_sessions(connection, account)
        write_audit(connection, now, CONSOLE, "factor-reset", name)

    await store.write(work)


def _known(connection: Connection, name: str) -> int:
    found = find_account(connection, name)
    if found is None:
        raise Misuse(f"there is no open account {name!r}; `aduan user list` names them")
    return found[0].id
