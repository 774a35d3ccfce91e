"""Turns prepared items into complaints, reports, history and due deliveries: one batch, one transaction.

A batch of n leaves the same complaints and the same reports as n batches of one, so it does not matter where a
run was killed and began again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.pipeline.additions import Additions
from hub.pipeline.citizens import Citizens
from hub.pipeline.house import House
from hub.pipeline.ledger import Ledger, Unplaced
from hub.pipeline.officials import Officials
from hub.pipeline.prepare import Prepared
from hub.plugin import Addition, Complaint, Ended, FollowUp, Outcome, Reading, Skip
from hub.store import deliveries, intake
from hub.store.intake import RawItem
from normalizer.complaint import Understanding

RANK = ("complaint", "revision", "addition", "followup", "ended", "outcome", "skipped")
"""An item counts as the first of these that it holds."""


class Batch:
    """One transaction's work."""

    def __init__(self, connection: Connection, house: House, now: datetime) -> None:
        self.ledger = Ledger(connection, house, now)
        self.citizens = Citizens(self.ledger)
        self.additions = Additions(self.ledger, self.citizens)
        self.officials = Officials(self.ledger)

    def apply(self, batch: Sequence[Prepared]) -> Counter[tuple[str, str]]:
        """Do it all; give how many items of each channel came to what."""
        fresh = intake.claim_fresh(self.ledger.connection, [one.item.id for one in batch])
        batch = [one for one in batch if one.item.id in fresh]
        self.ledger.space.load(batch)
        tally: Counter[tuple[str, str]] = Counter()
        for one in batch:
            tally[one.item.channel, self._take(one)] += 1
        self.ledger.write()
        return tally

    def _take(self, one: Prepared) -> str:
        if one.problem:
            return self._settle(one.item, "quarantined", one.problem)
        outcomes, reason = set(), ""
        for reading, understanding in zip(one.readings, one.understood, strict=True):
            try:
                outcomes.add(self._take_reading(one.item, reading, understanding))
            except Unplaced as problem:
                return self._settle(one.item, "quarantined", str(problem))
            reason = reading.reason if isinstance(reading, Skip) else reason
        best = min(outcomes, key=RANK.index, default="skipped")
        return self._settle(one.item, best, reason if best == "skipped" else "")

    def _take_reading(self, item: RawItem, reading: Reading, understanding: Understanding | None) -> str:
        match reading:
            case Complaint() if understanding is not None:
                return self.citizens.take_complaint(item, reading, understanding)
            case Addition() if understanding is not None:
                return self.additions.take_addition(item, reading, understanding)
            case FollowUp():
                return self.officials.take_follow_up(item, reading)
            case Ended():
                return self.officials.take_end(item, reading)
            case Outcome():
                delivered = reading.result == "delivered"
                deliveries.mark_outcome(
                    self.ledger.connection, reading.key, delivered=delivered, reason=reading.reason, now=self.ledger.now
                )
                return "outcome"
        return "skipped"

    def _settle(self, item: RawItem, outcome: str, reason: str = "") -> str:
        state = outcome if outcome in ("skipped", "quarantined") else "done"
        self.ledger.space.results.setdefault((state, outcome, reason), []).append(item.id)
        return outcome
