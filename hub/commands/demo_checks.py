"""What must be true at the end of the demo: every report stands where it belongs, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from hub.store.tables import deliveries, queue_entries, reports

NEVER = ("changed_repeats", "order_violations", "bad_signatures", "bad_requests", "followups_refused")
"""What CROP must not have seen."""


def report_rows(connection: Connection) -> list[Any]:
    """Give every report that was not merged away, with the queue that it belongs to and the one it is in."""
    return list(
        connection.execute(
            select(*reports.c["number", "handling", "queue", "category"], queue_entries.c.unit)
            .outerjoin(queue_entries, queue_entries.c.report == reports.c.id)
            .where(reports.c.merged_into.is_(None))
        )
    )


def count_replies(connection: Connection) -> int:
    """Count the replies that went out, also those that came back."""
    came_back = (deliveries.c.state == "undeliverable") & (deliveries.c.remote_id != "")
    gone_out = deliveries.c.kind == "reply", (deliveries.c.state == "sent") | came_back
    return int(connection.execute(select(func.count()).where(*gone_out)).scalar_one())


def check_places(
    rows: Sequence[Any], at_crop: Mapping[str, Mapping[str, Any]], integrity_unit: str
) -> dict[str, dict[str, int]]:
    """Count where the reports should be and where they are. `at_crop` are CROP's reports by number."""
    opened = [row for row in rows if row.handling == "open"]
    sealed = [row for row in rows if row.handling == "sealed"]
    kept = [row for row in sealed if row.unit == integrity_unit and not at_crop.get(row.number, {}).get("complaints")]
    return {
        "open_at_crop": _both(len(opened), sum(row.number in at_crop for row in opened)),
        "in_their_queue": _both(len(rows), sum(row.unit == row.queue != "" for row in rows)),
        "sealed_only_at_integrity": _both(len(sealed), len(kept)),
    }


def check_flows(
    came: Mapping[str, Mapping[str, int]], gone_out: int, town: Mapping[str, Any]
) -> dict[str, dict[str, int]]:
    """Compare the figures of each channel, and the replies that went out, with what the town has counted."""
    return {
        "replies_seen": _both(gone_out, town["mails"] + town["qlue_replies"]),
        "followups_taken": _both(town["crop"]["followups_sent"], came["crop"]["followups"]),
        "faults_seen_by_crop": _both(0, sum(town["crop"][name] for name in NEVER)),
        "quarantined": _both(town["refusable"], sum(one["quarantined"] for one in came.values())),
    }


def is_good(checks: Mapping[str, Mapping[str, int]]) -> bool:
    """Say whether all is as it should be."""
    return all(one["should"] == one["are"] for one in checks.values())


def _both(should: int, are: int) -> dict[str, int]:
    return {"should": should, "are": are}
