"""Hand-overs, deeds in bulk, templates of replies, and who looks at what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.store.tables.columns import Instant, Json, Key

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables; nothing was handed over, and claims that expire are found by an index of their own."""
    _make_shared_work()
    _make_handovers()
    op.create_index(
        "ix_reports_owner_until",
        "reports",
        ["owner_until"],
        sqlite_where=sa.text("owner_until IS NOT NULL"),
        postgresql_where=sa.text("owner_until IS NOT NULL"),
    )


def _make_shared_work() -> None:
    op.create_table(
        "looks",
        sa.Column("report", Key, nullable=False, autoincrement=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("report", "account", name="pk_looks"),
    )
    op.create_index("ix_looks_at", "looks", ["at"])
    op.create_table(
        "bulk_deeds",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("undone_at", Instant),
        sa.Column("undone_by", sa.String(80), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_deeds"),
    )
    op.create_table(
        "bulk_items",
        sa.Column("bulk", sa.String(32), nullable=False),
        sa.Column("report", Key, nullable=False, autoincrement=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("version", Key, nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("problem", sa.String(80), nullable=False),
        sa.Column("undone", sa.String(80), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("bulk", "report", name="pk_bulk_items"),
    )


def _make_handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", Key, nullable=False),
        sa.Column("report", Key, nullable=False),
        sa.Column("from_unit", sa.String(40), nullable=False),
        sa.Column("to_unit", sa.String(40), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answered_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("answered_at", Instant),
        sa.Column("answer_reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
    )
    op.create_index("ix_handovers_report", "handovers", ["report"])
    op.create_index("ix_handovers_state", "handovers", ["state", "to_unit", "report"])
    op.create_table(
        "templates",
        sa.Column("id", Key, nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
    )
    op.create_index("ix_templates_unit", "templates", ["unit"])
