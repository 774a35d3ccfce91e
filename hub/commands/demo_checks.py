"""What must be true at the end of the demo: every report stands where it belongs, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from hub.store.tables import complaints, deliveries, followups, queue_entries, reports

CROP = "crop"
SHOWN = ("balaiwarga", "posko")
"""Channels whose replies are delivered by being there, on the tracking page."""

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


def count_replies(connection: Connection) -> dict[str, int]:
    """Count the replies that went out, by channel, also those that came back."""
    came_back = (deliveries.c.state == "undeliverable") & (deliveries.c.remote_id != "")
    gone_out = deliveries.c.kind == "reply", (deliveries.c.state == "sent") | came_back
    rows = connection.execute(select(deliveries.c.channel, func.count()).where(*gone_out).group_by("channel"))
    return {channel: count for channel, count in rows}  # noqa: C416 - rows are not plain tuples


def finished_complaints(connection: Connection) -> list[list[Any]]:
    """Give, for each complaint of each report that CROP finished, its replies that were not superseded.

    Without those that their citizens have erased: nobody is there to be told.
    """
    done = followups.c.channel == CROP, followups.c.status == "selesai", followups.c.applied
    finished = select(followups.c.report).where(*done)
    reply = (
        deliveries.c.complaint == complaints.c.id,
        deliveries.c.kind == "reply",
        deliveries.c.state != "superseded",
    )
    rows = connection.execute(
        select(complaints.c.id, *deliveries.c["state", "next_at", "reason"])
        .join(reports, reports.c.id == complaints.c.report)
        .outerjoin(deliveries, and_(*reply))
        .where(reports.c.id.in_(finished), reports.c.status == "selesai", complaints.c.state != "erased")
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).extend([row] if row.state else [])
    return list(found.values())


def is_settled(reply: Any) -> bool:
    """Say whether a reply is sent, due with a time, or undeliverable with a reason."""
    match reply.state:
        case "sent":
            return True
        case "due" | "waiting" | "running":
            return reply.next_at is not None
        case "undeliverable":
            return bool(reply.reason)
    return False


def check_answers(finished: Sequence[Sequence[Any]]) -> dict[str, dict[str, int]]:
    """Count the complaints of finished reports, and those among them that have an answer; and that none is lost."""
    answered = sum(bool(replies) and all(map(is_settled, replies)) for replies in finished)
    return {"answered": _both(len(finished), answered)}


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
    came: Mapping[str, Mapping[str, int]], gone_out: Mapping[str, int], town: Mapping[str, Any]
) -> dict[str, dict[str, int]]:
    """Compare the figures of each channel, and the replies that went out, with what the town has counted."""
    seen = {f"replies_seen_{name}": _both(gone_out.get(name, 0), count) for name, count in town["replies"].items()}
    unseen = sum(count for name, count in gone_out.items() if name not in {*town["replies"], *SHOWN})
    return {
        **seen,
        "replies_elsewhere": _both(0, unseen),
        "replies_twice": _both(0, town["twice"]),
        "followups_taken": _both(town["crop"]["followups_sent"], came[CROP]["followups"]),
        "faults_seen_by_crop": _both(0, sum(town["crop"][name] for name in NEVER)),
        "quarantined": _both(town["refusable"], sum(one["quarantined"] for one in came.values())),
    }


def is_good(checks: Mapping[str, Mapping[str, int]]) -> bool:
    """Say whether all is as it should be."""
    return all(one["should"] == one["are"] for one in checks.values())


def _both(should: int, are: int) -> dict[str, int]:
    return {"should": should, "are": are}
