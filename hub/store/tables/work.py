"""How staff share the work: who looks at what, deeds on many reports, hand-overs, templates of replies."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from hub.store.tables.columns import Instant, Json, Key, metadata

looks = Table(
    "looks",
    metadata,
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("account", String(80), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)
"""Who has a report open in a browser, and when that was last heard of."""

bulk_deeds = Table(
    "bulk_deeds",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("unit", String(40), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", Json, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(80), nullable=False, server_default=""),
)
"""One deed on many reports: `assign`, `status`, `category`, `reply` or `forward`; `data` holds codes only."""

bulk_items = Table(
    "bulk_items",
    metadata,
    Column("bulk", String(32), primary_key=True),
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("before", Json, nullable=False),
    Column("version", Key, nullable=False),
    Column("act", String(32), nullable=False),
    Column("problem", String(80), nullable=False),
    Column("undone", String(80), nullable=False, server_default=""),
)
"""What a bulk deed did to one report: the values before, the version after, its replies; or what stood against it.

`undone` is empty, `yes`, or what stood against undoing it.
"""

handovers = Table(
    "handovers",
    metadata,
    Column("id", Key, primary_key=True),
    Column("report", Key, nullable=False, index=True),
    Column("from_unit", String(40), nullable=False),
    Column("to_unit", String(40), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("answered_by", String(80), nullable=False, server_default=""),
    Column("answered_at", Instant),
    Column("answer_reason", Text, nullable=False, server_default=""),
    Index("ix_handovers_state", "state", "to_unit", "report"),
)
"""A unit offers a report to another: `offered`, then `accepted`, `returned` or `withdrawn`.

Until it is accepted the giver stays responsible; a report has at most one offer that is open.
"""

templates = Table(
    "templates",
    metadata,
    Column("id", Key, primary_key=True),
    Column("unit", String(40), nullable=False, index=True),
    Column("category", String(40), nullable=False),
    Column("name", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)
"""Replies that are written often. `unit` empty: for every unit; `category` empty: for every category."""
