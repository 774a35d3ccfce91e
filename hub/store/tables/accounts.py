"""Staff: accounts, sessions, second factors, failed attempts, audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text, text

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
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    Column("factor", String(64), nullable=False, server_default=""),
    Column("factor_at", Instant),
    Column("factor_step", BigInteger, nullable=False, server_default="0"),
)
"""`must_change`: somebody else chose the password. `factor`: what the second factor's secret is worked out from, in
force since `factor_at`; `factor_step`: the last step of time whose code was used, so that none is used twice."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account", Key, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("device", String(60), nullable=False, server_default=""),
    Column("pending", Boolean, nullable=False, server_default=text("false")),
    Column("elsewhere", Boolean, nullable=False, server_default=text("false")),
)
"""Signed-in browsers; the id is the hash of what the cookie holds. `pending`: the password was right, the second factor
is still to come. `elsewhere`: signed in by the city's own sign-in, which asks for a second factor itself."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account", Key, ForeignKey("accounts.id"), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("used_at", Instant),
)
"""Keyed hashes of what lets somebody in whose telephone is lost, each once."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_attempts_key", "key", "at"),
    Index("ix_attempts_at", "at"),
)
"""Wrong passwords and codes of the last minutes."""

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("data", Json, nullable=False),
    Column("previous", String(64), nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),
    Index("ix_audit_hash", "hash"),
)
"""Who did and who looked, append-only: the database refuses changes. Each row holds its own hash and the one before."""
