"""Staff: accounts, sessions, audit."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from hub.store.tables.columns import Instant, Json, Key, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("area", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account", Key, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
"""Signed-in browsers; the id is the hash of what the cookie holds."""

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("data", Json, nullable=False),
)
"""Who did and who looked, append-only."""
