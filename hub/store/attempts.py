"""Wrong passwords and codes, counted for all processes together. Names and addresses are kept as hashes only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Connection, delete, insert, select

from hub.store.tables import attempts

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures of one kind within the window."""

    kind: str
    most: int

    def key(self, value: str) -> str:
        """Give what a row holds; people type passwords into the field for the name."""
        return hashlib.sha256(f"{self.kind}\0{value}".encode()).hexdigest()


PAIR, NAME, ADDRESS, FACTOR = Limit("pair", 5), Limit("name", 50), Limit("address", 30), Limit("factor", 5)
Tried = Sequence[tuple[Limit, str]]


def neighbourhood(address: str) -> str:
    """Give the network that one subscriber has to itself: whoever has one IPv6 address has 2^64."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def wait(connection: Connection, tried: Tried, now: datetime) -> timedelta | None:
    """Give how long this must wait, None where it may try."""
    for limit, value in tried:
        failures = select(attempts.c.at).where(attempts.c.key == limit.key(value), attempts.c.at > now - WINDOW)
        decisive = failures.order_by(attempts.c.at.desc()).offset(limit.most - 1).limit(1)
        at: datetime | None = connection.execute(decisive).scalar_one_or_none()
        if at is not None:
            return at + WINDOW - now
    return None


def fail(connection: Connection, tried: Tried, now: datetime) -> None:
    """Count a failure, and forget those that count no more."""
    connection.execute(delete(attempts).where(attempts.c.at <= now - WINDOW))
    connection.execute(insert(attempts), [{"key": limit.key(value), "at": now} for limit, value in tried])


def forget(connection: Connection, limit: Limit, value: str) -> None:
    """Forget the failures of somebody who knew it after all."""
    connection.execute(delete(attempts).where(attempts.c.key == limit.key(value)))
