"""Reporters: the only place with identities, under random keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from hub.store.bulk import insert_many
from hub.store.keys import random_key
from hub.store.tables import Instant, assignments, complaints, facts, reporters
from normalizer.complaint import Reporter

CHUNK = 500


def salt(connection: Connection) -> str:
    """Give this store's secret salt; made at first use."""
    found = connection.execute(select(facts.c.value).where(facts.c.name == "salt")).scalar_one_or_none()
    if found is None:
        found = secrets.token_hex(16)
        connection.execute(insert(facts).values(name="salt", value=found))
    return str(found)


def hash_handle(salted: bytes, channel: str, handle: str) -> str:
    """Give what a handle is found by, without the handle."""
    words = f"{channel}\0{handle.strip().casefold()}"
    return hashlib.blake2b(words.encode(), digest_size=16, key=salted).hexdigest()


def reporter_keys(
    connection: Connection, wanted: Iterable[tuple[str, Reporter]], now: datetime
) -> dict[tuple[str, str], str]:
    """Give the random key of each (channel, reporter), new ones included: by (channel, handle)."""
    salted = bytes.fromhex(salt(connection))
    people = {(channel, person.handle): person for channel, person in wanted}
    hashes = {(c, handle): hash_handle(salted, c, handle) for c, handle in people}
    known = _known(connection, set(hashes.values()))
    rows = {}
    for (channel, handle), hashed in hashes.items():
        if (channel, hashed) not in known:
            known[channel, hashed] = random_key()
            rows[channel, hashed] = {
                "key": known[channel, hashed],
                "channel": channel,
                "handle_hash": hashed,
                "handle": handle,
                "name": people[channel, handle].name,
                "role": people[channel, handle].role,
                "created_at": now,
                "last_at": now,
            }
    insert_many(connection, reporters, list(rows.values()))
    return {(channel, handle): known[channel, hashed] for (channel, handle), hashed in hashes.items()}


def _known(connection: Connection, hashes: set[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    wanted = sorted(hashes)
    for start in range(0, len(wanted), CHUNK):
        rows = connection.execute(
            select(reporters.c.channel, reporters.c.handle_hash, reporters.c.key).where(
                reporters.c.handle_hash.in_(wanted[start : start + CHUNK])
            )
        )
        found.update({(row.channel, row.handle_hash): row.key for row in rows})
    return found


def reporter(connection: Connection, key: str) -> Reporter | None:
    """Give who stands behind a key; None once erased."""
    row = connection.execute(
        select(reporters.c.handle, reporters.c.name, reporters.c.role).where(reporters.c.key == key)
    ).one_or_none()
    return Reporter(handle=row.handle, name=row.name, role=row.role) if row is not None and row.handle else None


def heard_at(connection: Connection, key: str) -> datetime | None:
    """Give when somebody spoke last, of whatever complaint."""
    latest = func.max(complaints.c.heard_at, type_=Instant)
    return connection.execute(select(latest).where(complaints.c.reporter == key)).scalar()


def names_of(connection: Connection, report: int) -> dict[str, list[str]]:
    """Give names and handles of everybody who ever complained of a report, by reporter key.

    Those whose complaint was taken out since are among them: officials' words may still name them.
    """
    once = select(assignments.c.complaint).where(assignments.c.report == report)
    ever = select(complaints.c.id).where(complaints.c.report == report).union(once)
    rows = connection.execute(
        select(reporters.c.key, reporters.c.name, reporters.c.handle)
        .join(complaints, complaints.c.reporter == reporters.c.key)
        .where(complaints.c.id.in_(ever))
        .distinct()
    )
    return {row.key: [word for word in (row.name, row.handle) if word] for row in rows}


def forget(connection: Connection, key: str) -> None:
    """Erase an identity; the key stays, so that what it touched remains countable."""
    connection.execute(update(reporters).where(reporters.c.key == key).values(handle="", name="", handle_hash=key))
