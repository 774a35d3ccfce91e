"""Reports have an owner, clocks, an event they may belong to, and say whether the public may see them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.store.tables.columns import Instant, Key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; nobody owns an older report, and its clocks are set when it next changes."""
    for column in (
        sa.Column("owner", sa.String(80), nullable=False, server_default=""),
        sa.Column("owner_at", Instant),
        sa.Column("owner_until", Instant),
        sa.Column("legal_class", sa.String(32), nullable=False, server_default=""),
        sa.Column("clock_from", Instant),
        sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_kind", sa.String(8), nullable=False, server_default=""),
        sa.Column("due_at", Instant),
        sa.Column("legal_due_at", Instant),
        sa.Column("warned_at", Instant),
        sa.Column("escalated_at", Instant),
        sa.Column("event", Key),
        sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    ):
        op.add_column("reports", column)
