"""What everybody may see: reports as the public knows them, and photos that staff have looked at."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table, Text

from hub.store.tables.columns import Instant, Json, Key, metadata

public_reports = Table(
    "public_reports",
    metadata,
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("number", String(16), nullable=False),
    Column("category", String(40), nullable=False),
    Column("status", String(12), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("kelurahan", String(16), nullable=False),
    Column("kecamatan", String(12), nullable=False),
    Column("x", Integer),
    Column("y", Integer),
    Column("street", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Index("ix_public_reports_first_at", "first_at", "report"),
    Index("ix_public_reports_changed_at", "changed_at", "report"),
    Index("ix_public_reports_kelurahan", "kelurahan", "first_at"),
    Index("ix_public_reports_kecamatan", "kecamatan", "first_at"),
    Index("ix_public_reports_spot", "y", "x", "first_at", "category", "status", "report"),
)
"""A row for each report that has a public face, made of its public complaints alone.

Pages for everybody and open data read nothing else of a report. `x` and `y` are ten-thousandths of a degree east of
-180 and north of -90, about eleven metres; none where no spot is known. `changed_at`: when this row last changed.
"""

blurs = Table(
    "blurs",
    metadata,
    Column("photo", String(32), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("areas", Json, nullable=False),
    Column("content", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("state IN ('shown', 'blurred', 'kept', 'erased')", name="state"),
)
"""What staff decided of a photo: `shown` to everybody, `blurred` (its copy under `content`), or `kept` from them.

A photo without a row has not been looked at, and nobody but staff and its citizen sees it. `areas` are the parts that
were made unreadable, in thousandths of the picture: left, top, width, height.
"""
