"""Second factors, devices, and an audit that shows when it was tampered with."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
