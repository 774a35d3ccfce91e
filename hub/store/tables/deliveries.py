"""What is to be told to whom."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text, text

from hub.store.tables.columns import Instant, Key, metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("channel", String(80), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("report", Key, nullable=False),
    Column("complaint", Key),
    Column("version", Integer, nullable=False),
    Column("cause", String(24), nullable=False),
    Column("act", String(32), nullable=False, server_default=""),
    Column("waits_for", String(8), nullable=False, server_default=""),
    Column("digest", String(64), nullable=False),
    Column("parcel", LargeBinary, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(14), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("uncertain", Boolean, nullable=False, server_default=text("false")),
    Column("next_at", Instant),
    Column("lease", String(40)),
    Column("lease_until", Instant),
    Column("reason", Text, nullable=False, server_default=""),
    Column("remote_id", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    CheckConstraint(
        "state IN ('due', 'running', 'sent', 'superseded', 'undeliverable', 'dead', 'waiting')", name="state"
    ),
    Index(
        "ix_deliveries_open",
        "next_at",
        "id",
        sqlite_where=text("state IN ('due', 'running')"),
        postgresql_where=text("state IN ('due', 'running')"),
    ),
    CheckConstraint("waits_for IN ('', 'citizen', 'clerk')", name="waits_for"),
    Index("ix_deliveries_act", "act", sqlite_where=text("act <> ''"), postgresql_where=text("act <> ''")),
    Index(
        "ix_deliveries_complaint",
        "complaint",
        "id",
        sqlite_where=text("complaint IS NOT NULL"),
        postgresql_where=text("complaint IS NOT NULL"),
    ),
    Index("ix_deliveries_report", "report", "channel", "id"),
    Index("ix_deliveries_state", "state", "kind"),
    Index(
        "ix_deliveries_waits_for",
        "waits_for",
        "report",
        sqlite_where=text("waits_for <> ''"),
        postgresql_where=text("waits_for <> ''"),
    ),
)
"""One sending each. `waiting`: until `next_at` for the citizen's next message, or for a clerk (`waits_for`).

`act` is the same for all replies to one deed, so that they can be called back together.
"""

holds = Table(
    "holds",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)
"""The brake: `replies`, or the name of a channel to which nothing goes out."""
