"""Who did what and who looked: rows that are only ever added, each sealed with the hash of the one before it.

Whoever changes, removes or slips in a row breaks the chain from there on, and `aduan audit verify` names the row. The
database refuses UPDATE and DELETE by triggers; there is no command to shorten the audit. On PostgreSQL writers take
turns by an advisory lock that lasts until they commit: audited deeds are few, and their order is part of the promise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from hub.store.tables import audit, dump_json, spell_instant

TURN = 0x4155_4449_54
"""The advisory lock of those who write."""
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of following the chain."""

    rows: int
    head: str
    """Hash of the last good row: written down elsewhere, it shows later that nothing was cut off."""
    broken: int = 0
    """Key of the first row that does not fit; 0: none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for; empty: all."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Give the conditions."""
        for name in ("actor", "action", "subject"):
            if value := getattr(self, name):
                yield audit.c[name] == value
        if self.since is not None:
            yield audit.c.at >= self.since
        if self.until is not None:
            yield audit.c.at < self.until


def write_audit(connection: Connection, now: datetime, actor: str, action: str, subject: str = "", **data: Any) -> None:
    """Note who did what to which number: ids and codes, never words."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))
    last = select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    previous = connection.execute(last).scalar_one_or_none() or ""
    row: dict[str, Any] = {"at": now, "actor": actor[:80], "action": action, "subject": subject[:80]}
    row["data"] = from_json(dump_json(data))
    connection.execute(insert(audit).values(**row, previous=previous, hash=seal(previous, **row)))


def seal(previous: str, *, at: datetime, actor: str, action: str, subject: str, data: Any) -> str:
    """Give the hash of a row and of the one before it."""
    parts = [previous, spell_instant(at), actor, action, subject, data]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def verify(connection: Connection) -> Verdict:
    """Follow the chain from its first row."""
    head, count = "", 0
    for row in every_row(connection):
        said = {"at": row.at, "actor": row.actor, "action": row.action, "subject": row.subject, "data": row.data}
        if row.previous != head or row.hash != seal(head, **said):
            return Verdict(count, head, row.id)
        head, count = row.hash, count + 1
    return Verdict(count, head)


def holds(connection: Connection, head: str) -> bool:
    """Say whether a row with this hash is there."""
    return connection.execute(select(audit.c.id).where(audit.c.hash == head).limit(1)).first() is not None


def every_row(connection: Connection, wanted: Wanted | None = None) -> Iterator[Row[Any]]:
    """Give rows in their order, some thousands at a time."""
    after = 0
    conditions = tuple((wanted or Wanted()).conditions())
    while True:
        page = select(audit).where(audit.c.id > after, *conditions).order_by(audit.c.id).limit(AT_ONCE)
        found = connection.execute(page).all()
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].id


def newest_rows(connection: Connection, wanted: Wanted, before: int, count: int) -> list[Row[Any]]:
    """Give the newest rows, or those before a key."""
    statement = select(audit).where(*wanted.conditions()).order_by(audit.c.id.desc()).limit(count)
    return list(connection.execute(statement.where(audit.c.id < before) if before else statement))


def actions(connection: Connection) -> list[str]:
    """Name what was ever done."""
    return list(connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars())
