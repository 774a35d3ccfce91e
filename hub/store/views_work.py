"""How a report is being worked on, for its page: the owner, who else has it open, whom it can be given to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from hub.store import claims
from hub.store.accounts import Account


def work_on(connection: Connection, report: Row[Any], account: Account, now: datetime) -> dict[str, Any]:
    """Give what `report_owner.html` shows."""
    leads = account.role in claims.LEADERS
    over = report.owner_until is not None and report.owner_until <= now
    return {
        "owner": "" if over else report.owner,
        "looking": claims.lookers(connection, report.id, account.name, now),
        "colleagues": claims.colleagues(connection, account) if leads else [],
        "leads": leads,
    }
