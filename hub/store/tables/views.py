"""Views of the queue that staff keep."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table

from hub.store.tables.columns import Instant, Key, metadata

views = Table(
    "views",
    metadata,
    Column("id", Key, primary_key=True),
    Column("unit", String(40), nullable=False),
    Column("account", Key, ForeignKey("accounts.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("lane", String(24), nullable=False),
    Column("query", String(1000), nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_views_unit", "unit"),
)
"""A lane and a filter of one unit's queue under a name. `query`: the filter as the address of the queue spells it.
`shared`: everybody who opens this queue sees it; otherwise its maker alone."""
