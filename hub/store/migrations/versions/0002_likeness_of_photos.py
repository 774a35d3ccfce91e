"""Photos keep what they look like, so that the same one is found again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; photos that were fetched before keep none."""
    op.add_column("photos", sa.Column("likeness", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_photos_likeness",
        "photos",
        ["likeness"],
        unique=False,
        sqlite_where=sa.text("likeness IS NOT NULL"),
        postgresql_where=sa.text("likeness IS NOT NULL"),
    )
