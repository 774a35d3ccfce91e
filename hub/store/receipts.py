"""Report numbers that citizens hold before their complaint was understood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from hub.store.bulk import insert_many
from hub.store.keys import take_keys
from hub.store.tables import receipts
from normalizer.number import make_number

MOST = 1000
"""So many numbers at once at most."""


def reserve(
    connection: Connection, channel: str, count: int, *, letters: str, holder: str, now: datetime
) -> Sequence[str]:
    """Take numbers that nobody else gets. Raises ValueError for too many at once."""
    if not 0 <= count <= MOST:
        raise ValueError(f"at most {MOST} numbers can be set aside at once")
    keys = take_keys(connection, "report", count)
    rows = [{"report": key, "channel": channel, "holder": holder[:80], "at": now} for key in keys]
    insert_many(connection, receipts, rows)
    return [make_number(key, letters) for key in keys]


def free_receipts(connection: Connection, keys: Collection[int]) -> dict[int, str]:
    """Give those of these report keys that are on a receipt which nothing came in on yet: by key, the channel."""
    unused = select(receipts.c.report, receipts.c.channel).where(
        receipts.c.report.in_(sorted(keys)), receipts.c.complaint.is_(None)
    )
    return {row.report: row.channel for row in connection.execute(unused)} if keys else {}


def use_receipt(connection: Connection, key: int, complaint: int) -> None:
    """Note which complaint came in on a receipt."""
    connection.execute(update(receipts).where(receipts.c.report == key).values(complaint=complaint))
