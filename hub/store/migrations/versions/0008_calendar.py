"""Clocks of reports that are older than their clocks, and what the next deadlines are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Let clocks run from when a report was made; the hub works out what is due when it starts."""
    step = "CASE WHEN closed_at IS NOT NULL THEN '' WHEN answered_at IS NULL THEN 'answer' ELSE 'done' END"
    op.execute(f"UPDATE reports SET clock_from = created_at, due_kind = {step}")  # noqa: S608 - two constants
    late = sa.text("due_at IS NOT NULL AND escalated_at IS NULL")
    op.create_index("ix_reports_due_at", "reports", ["due_at"], sqlite_where=late, postgresql_where=late)
    told = sa.text("escalated_at IS NOT NULL")
    op.create_index("ix_reports_escalated", "reports", ["kecamatan"], sqlite_where=told, postgresql_where=told)
    shut = sa.text("due_kind = 'open'")
    op.create_index("ix_reports_unopened", "reports", ["due_at"], sqlite_where=shut, postgresql_where=shut)
