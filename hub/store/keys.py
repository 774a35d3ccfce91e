"""Integer keys handed out before the rows are written, so that a batch can be built whole and written at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, text

NAMES = ("complaint", "understanding", "report")


def take_keys(connection: Connection, name: str, count: int) -> Sequence[int]:
    """Take the next `count` keys of this name; on PostgreSQL some may never be used."""
    if count == 0:
        return ()
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)"),
            {"name": f"key_{name}", "count": count},
        )
        return sorted(rows.scalars())
    after = connection.execute(
        text("UPDATE counters SET next = next + :count WHERE name = :name RETURNING next"),
        {"name": name, "count": count},
    ).scalar_one()
    return range(after - count, after)


def random_key() -> str:
    """Give a name that says nothing: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def derive_key(*parts: str) -> str:
    """Make a name from what it stands for, so that it is the same however often it is written."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
