"""What the store keeps about itself."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from hub.store.tables.columns import Instant, Key, metadata

alerts = Table(
    "alerts",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("opened_at", Instant, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next", Key, nullable=False),
)
"""The next free integer key of each kind, on SQLite; PostgreSQL has sequences of the same names."""

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What this store is: its region, its salt."""

orphans = Table(
    "orphans",
    metadata,
    Column("content", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Files, by content hash, that an erased complaint has left behind: removed unless something else needs them."""
