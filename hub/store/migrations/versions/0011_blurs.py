"""The public face: reports as everybody may see them, and photos that staff looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.store.tables.columns import Instant, Json, Key

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the tables; a running hub fills in what older reports show, newest first."""
    op.create_table(
        "public_reports",
        sa.Column("report", Key, primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("kelurahan", sa.String(16), nullable=False),
        sa.Column("kecamatan", sa.String(12), nullable=False),
        sa.Column("x", sa.Integer()),
        sa.Column("y", sa.Integer()),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.Column("answered_at", Instant),
        sa.Column("closed_at", Instant),
        sa.Column("changed_at", Instant, nullable=False),
    )
    for name, columns in (
        ("first_at", ["first_at", "report"]),
        ("changed_at", ["changed_at", "report"]),
        ("kelurahan", ["kelurahan", "first_at"]),
        ("kecamatan", ["kecamatan", "first_at"]),
        ("spot", ["y", "x", "first_at", "category", "status", "report"]),
    ):
        op.create_index(f"ix_public_reports_{name}", "public_reports", columns)
    op.create_table(
        "blurs",
        sa.Column("photo", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("areas", Json, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.CheckConstraint("state IN ('shown', 'blurred', 'kept', 'erased')", name=op.f("ck_blurs_state")),
    )
