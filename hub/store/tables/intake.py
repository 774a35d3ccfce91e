"""What sources handed over, and where each channel stands."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store.tables.columns import Instant, Json, Key, metadata

channels = Table(
    "channels",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("kind", String(40), nullable=False, server_default=""),
    Column("state", String(24), nullable=False, server_default="starting"),
    Column("state_reason", Text, nullable=False, server_default=""),
    Column("state_at", Instant),
    Column("cursor", Json),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("reloads", Integer, nullable=False, server_default="0"),
    Column("held", Boolean, nullable=False, server_default=text("false")),
    Column("last_ok_at", Instant),
    Column("last_item_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("open_until", Instant),
)
"""Where each channel stands. `failures` and `open_until` are the breaker of its deliveries."""

raw_items = Table(
    "raw_items",
    metadata,
    Column("id", Key, primary_key=True),
    Column("channel", String(80), nullable=False),
    Column("native_id", String(512), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("mark", String(128), nullable=False),
    Column("body", LargeBinary),
    Column("blob", String(64), nullable=False, server_default=""),
    Column("meta", Json, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("outcome", String(24), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("channel", "native_id", "revision"),
    CheckConstraint("state IN ('new', 'done', 'skipped', 'quarantined', 'erased')", name="state"),
    Index("ix_raw_items_new", "id", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")),
    Index(
        "ix_raw_items_quarantined",
        "channel",
        "id",
        sqlite_where=text("state = 'quarantined'"),
        postgresql_where=text("state = 'quarantined'"),
    ),
)
"""Everything a source handed over, verbatim: in `body`, or by content hash in the blob folder where it is large."""

origins = Table(
    "origins",
    metadata,
    Column("raw_item", Key, primary_key=True, autoincrement=False),
    Column("complaint", Key, primary_key=True, autoincrement=False),
    Index("ix_origins_complaint", "complaint"),
)
"""Which raw items a complaint was made from, its revisions and additions among them: what erasing must empty."""
