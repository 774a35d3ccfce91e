"""What the work lists are read by: narrow rows that the database keeps itself, and an index of words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.store.queue_watch import spell_fill, spell_watches
from hub.store.search import index_all, spell_index
from hub.store.tables.columns import Instant, Key

revision = "0005"
down_revision = "0004"
NO = sa.text("false")


def upgrade() -> None:
    """Make the tables, fill them from the reports there are, and let the database keep them from now on."""
    op.create_table(
        "queue_rows",
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("report", Key, autoincrement=False, nullable=False),
        sa.Column("placed", sa.Boolean(), nullable=False, server_default=NO),
        sa.Column("handling", sa.String(8), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("urgency", sa.String(10), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("kelurahan", sa.String(16), nullable=False),
        sa.Column("kecamatan", sa.String(12), nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("duty", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("perhaps", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("photo", sa.Boolean(), nullable=False, server_default=NO),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("owner_until", Instant),
        sa.Column("due_at", Instant),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False, server_default=" "),
        sa.PrimaryKeyConstraint("queue", "open", "urgent", "report", name=op.f("pk_queue_rows")),
        sa.UniqueConstraint("report", name=op.f("uq_queue_rows_report")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_docs",
        sa.Column("report", Key, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_search_docs")),
    )
    dialect = op.get_bind().dialect.name
    for statement in (*spell_fill(dialect), *spell_watches(dialect), *spell_index(dialect)):
        op.execute(statement)
    index_all(op.get_bind())
