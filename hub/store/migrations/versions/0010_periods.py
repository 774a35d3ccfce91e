"""Frozen figures of the board, and objections to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.store.tables.columns import Instant, Json, Key

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the tables; the first period is frozen when it is over."""
    op.create_table(
        "periods",
        sa.Column("name", sa.String(8), primary_key=True),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("figures", Json, nullable=False),
    )
    op.create_table(
        "objections",
        sa.Column("id", Key, primary_key=True),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("kelurahan", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("answered_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("answered_at", Instant),
    )
    op.create_index("ix_objections_kelurahan", "objections", ["kelurahan"])
