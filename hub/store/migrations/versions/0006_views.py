"""Views of the queue that staff keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.store.tables.columns import Instant, Key

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "views",
        sa.Column("id", Key, nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("account", Key, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("lane", sa.String(24), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_views_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
    )
    op.create_index(op.f("ix_views_unit"), "views", ["unit"])
