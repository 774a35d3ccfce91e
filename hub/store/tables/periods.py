"""What is held against nobody later: figures of a month or a quarter as they were, and what was said against them."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from hub.store.tables.columns import Instant, Json, Key, metadata

periods = Table(
    "periods",
    metadata,
    Column("name", String(8), primary_key=True),
    Column("rules", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("by", String(80), nullable=False),
    Column("figures", Json, nullable=False),
)
"""Frozen figures of a period, like 2026-10 or 2026-T4: by kelurahan, with the version of the rules that made them."""

objections = Table(
    "objections",
    metadata,
    Column("id", Key, primary_key=True),
    Column("period", String(8), nullable=False),
    Column("kelurahan", String(16), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("answered_by", String(80), nullable=False, server_default=""),
    Column("answered_at", Instant),
)
"""A lurah's objection (sanggah) to the frozen figures of the kelurahan, and what the camat or the city says to it."""
