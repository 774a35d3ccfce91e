"""The summary of a run: what came in by channel, and what stands in the store at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from hub.store.deliveries import count_states
from hub.store.intake import count_outcomes
from hub.store.tables import complaints, reports

FIGURES = {
    "complaint": "complaints",
    "addition": "additions",
    "revision": "revisions",
    "followup": "followups",
    "outcome": "followups",
    "ended": "ended",
    "skipped": "skipped",
    "quarantined": "quarantined",
}
STATES = ("sent", "due", "superseded", "undeliverable", "dead")


def summarize(connection: Connection, after: int, repeats: Mapping[str, int]) -> dict[str, Any]:
    """Count everything since the raw item `after`; totals over the whole store."""
    channels = {
        channel: _figures(outcomes, repeats.get(channel, 0))
        for channel, outcomes in count_outcomes(connection, after).items()
    }
    for channel, count in repeats.items():
        channels.setdefault(channel, _figures({}, count))
    return {
        "channels": dict(sorted(channels.items())),
        "complaints": connection.execute(select(func.count()).select_from(complaints)).scalar_one(),
        "reports": connection.execute(
            select(func.count()).select_from(reports).where(reports.c.merged_into.is_(None))
        ).scalar_one(),
        "deliveries": _states(connection, "report"),
        "replies": _states(connection, "reply"),
    }


def _figures(outcomes: Mapping[str, int], repeats: int) -> dict[str, int]:
    figures = {"items": sum(outcomes.values()), **dict.fromkeys(FIGURES.values(), 0), "repeats": repeats}
    for outcome, count in outcomes.items():
        if outcome in FIGURES:
            figures[FIGURES[outcome]] += count
    return figures


def _states(connection: Connection, kind: str) -> dict[str, int]:
    counted = count_states(connection, kind)
    counted["due"] = counted.get("due", 0) + counted.pop("running", 0) + counted.pop("waiting", 0)
    return {state: counted.get(state, 0) for state in STATES}
