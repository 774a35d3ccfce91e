"""Complaints in their layers, who spoke, and what came with them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store.tables.columns import Instant, Json, Key, metadata

reporters = Table(
    "reporters",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("channel", String(80), nullable=False),
    Column("handle_hash", String(64), nullable=False),
    Column("handle", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", String(4), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    UniqueConstraint("channel", "handle_hash"),
)
"""The only place with identities. Everything else carries the random key. `role`: empty, `rt` or `rw`."""

complaints = Table(
    "complaints",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("channel", String(80), nullable=False),
    Column("native_id", String(512), nullable=False),
    Column("raw_item", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_text", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("accuracy", Float),
    Column("address", Text, nullable=False),
    Column("category_reported", Text, nullable=False),
    Column("category_hint", String(40), nullable=False),
    Column("kelurahan_reported", Text, nullable=False),
    Column("tags", Json, nullable=False),
    Column("reporter", String(32), index=True),
    Column("thread", String(512), nullable=False),
    Column("reply_context", Json, nullable=False),
    Column("anonim", Boolean, nullable=False),
    Column("rahasia", Boolean, nullable=False),
    Column("audience", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("report", Key, nullable=False, index=True),
    Column("understanding", Key, nullable=False),
    Column("track", String(32), nullable=False, unique=True),
    Column("language", String(2), nullable=False, server_default="id"),
    Column("role", String(4), nullable=False, server_default=""),
    Column("doubt", String(8), nullable=False, server_default=""),
    Column("heard_at", Instant, nullable=False),
    Column("stale", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("channel", "native_id"),
    Index("ix_complaints_stale", "id", sqlite_where=text("stale"), postgresql_where=text("stale")),
    CheckConstraint("doubt IN ('', 'machine', 'citizen')", name="doubt"),
    CheckConstraint("state IN ('open', 'vanished', 'withdrawn', 'erased')", name="state"),
    Index(
        "ix_complaints_thread",
        "channel",
        "thread",
        sqlite_where=text("thread <> ''"),
        postgresql_where=text("thread <> ''"),
    ),
)
"""What was said (first layer). `report` and `understanding` point at the latest assignment and the latest run.

`track` is the secret of its tracking page; `role` is its reporter's then; `doubt` says who doubts that it belongs to
its report: its replies are held until a clerk has looked; `heard_at` is when its citizen last spoke; `stale` ones wait
to be understood again, with what was added.
"""

understandings = Table(
    "understandings",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("complaint", Key, nullable=False, index=True),
    Column("cause", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("rules", String(32), nullable=False),
    Column("gazetteer", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("place", Json, nullable=False),
    Column("category", String(40), nullable=False),
    Column("category_confidence", Float, nullable=False),
    Column("category_sure", Boolean, nullable=False),
    Column("category_words", Json, nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("urgency_words", Json, nullable=False),
    Column("handling", String(8), nullable=False),
    Column("quoted", Json, nullable=False),
    Column("facts", Json, nullable=False),
)
"""What the rules understood (second layer): a row for each run."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("complaint", Key, index=True),
    Column("report", Key, index=True),
    Column("field", String(40), nullable=False),
    Column("value", Json, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
)
"""What a person decided (third layer), field by field, of a complaint or of a report. The latest not undone wins."""

blocks = Table(
    "blocks",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("complaint", Key, primary_key=True, autoincrement=False),
    Index("ix_blocks_complaint", "complaint"),
    sqlite_with_rowid=False,
)
"""Blocking keys of the latest understanding: what the search for the same incident looks under."""

additions = Table(
    "additions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("complaint", Key, nullable=False, index=True),
    Column("raw_item", Key, nullable=False),
    Column("channel", String(80), nullable=False),
    Column("native_id", String(512), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("scrubbed", Text, nullable=False),
    UniqueConstraint("channel", "native_id"),
)
"""Later messages of the same citizen on the same thread."""

photos = Table(
    "photos",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("complaint", Key, index=True),
    Column("followup", Key, index=True),
    Column("raw_item", Key, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("url", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant),
    Column("reason", Text, nullable=False, server_default=""),
    Column("content", String(64), nullable=False, server_default=""),
    Column("media_type", String(80), nullable=False, server_default=""),
    Column("width", Integer),
    Column("height", Integer),
    Column("lat", Float),
    Column("lon", Float),
    Column("likeness", BigInteger),
    UniqueConstraint("complaint", "raw_item", "position"),
    CheckConstraint("state IN ('due', 'running', 'ready', 'kept', 'failed', 'erased')", name="state"),
    Index(
        "ix_photos_due",
        "next_at",
        sqlite_where=text("state IN ('due', 'running')"),
        postgresql_where=text("state IN ('due', 'running')"),
    ),
    Index(
        "ix_photos_likeness",
        "likeness",
        sqlite_where=text("likeness IS NOT NULL"),
        postgresql_where=text("likeness IS NOT NULL"),
    ),
)
"""Photos, films and documents of complaints, and photos of follow-ups, fetched by their own jobs.

The id is random: it is the public name. `likeness`: a difference hash; none where the picture is too even to have one.
"""
