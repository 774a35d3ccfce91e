"""Reports say whether their category is sure: the others wait for somebody to look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; of older reports nobody asks again."""
    op.add_column("reports", sa.Column("category_sure", sa.Boolean(), nullable=False, server_default=sa.true()))
