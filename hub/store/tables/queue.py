"""What the work lists and their search are read by: narrow rows beside the reports."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, UniqueConstraint, text

from hub.store.tables.columns import Instant, Key, metadata

NO = text("false")

queue_rows = Table(
    "queue_rows",
    metadata,
    Column("queue", String(40), primary_key=True),
    Column("open", Boolean, primary_key=True),
    Column("urgent", Boolean, primary_key=True),
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("placed", Boolean, nullable=False, server_default=NO),
    Column("handling", String(8), nullable=False),
    Column("status", String(12), nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("category", String(40), nullable=False),
    Column("kelurahan", String(16), nullable=False),
    Column("kecamatan", String(12), nullable=False),
    Column("outside", Boolean, nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("duty", Boolean, nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("followed", Boolean, nullable=False),
    Column("perhaps", Integer, nullable=False, server_default="0"),
    Column("photo", Boolean, nullable=False, server_default=NO),
    Column("owner", String(80), nullable=False),
    Column("owner_until", Instant),
    Column("due_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("channels", Text, nullable=False),
    Column("told", Text, nullable=False, server_default=" "),
    UniqueConstraint("report"),
    sqlite_with_rowid=False,
)
"""A row for each report, in the order of the lists. The database keeps it by itself (`hub.store.queue_watch`).

`queue` is empty once the report has been merged into another. `placed`: the posko has been given it. `duty`: by heads
of RT or RW and not validated. `followed`: officials have followed up. `perhaps`: another report is perhaps the same:
1 in another queue, 2 in this one. `channels`: the JSON of its counts. `told`: channels that were told of it, between
blanks.
"""

search_docs = Table(
    "search_docs",
    metadata,
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
)
"""What a report is found by: its distinct words, each behind the code of its queue. The index over them is the
engine's own: FTS5 on SQLite, GIN on PostgreSQL."""
