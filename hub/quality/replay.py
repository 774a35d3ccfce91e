"""Lets complaints arrive as they would at a hub, without a store: each is joined, asked about or set apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from normalizer.complaint import Complaint, Understanding
from normalizer.duplicates import Arrival, Candidate, Decision, decide, window

Decide = Callable[[Arrival, Sequence[Candidate]], Decision]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A complaint that was understood."""

    id: str
    at: datetime
    understanding: Understanding


@dataclass(slots=True)
class Grouping:
    """What became of a stream. Reports are counted by the complaint that opened them."""

    report: dict[str, int] = field(default_factory=dict)
    """Complaint to report."""
    decisions: dict[str, Decision] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many complaints a person is asked about."""
        return sum(bool(decision.perhaps) for decision in self.decisions.values())

    def together(self, a: str, b: str) -> bool:
        """Say whether two complaints stand in one report."""
        return self.report[a] == self.report[b]


class Replay:
    """The reports as they grow. Finds candidates by the same keys and in the same window as the store."""

    def __init__(self, judge: Decide = decide) -> None:
        self.grouping = Grouping()
        self._judge = judge
        self._found: dict[int, list[int]] = {}
        self._known: list[tuple[datetime, dict[str, Any], int]] = []
        self._anchors: dict[int, tuple[float, float]] = {}

    def take(self, arrived: Arrived) -> Decision:
        """Decide on the next complaint."""
        understood = arrived.understanding
        decision = self._judge(Arrival(arrived.at, understood.facts), self._candidates(arrived))
        key = len(self._known)
        report = decision.report if decision.outcome == "join" and decision.report is not None else key
        self._known.append((arrived.at, understood.facts, report))
        for name in understood.keys:
            self._found.setdefault(name, []).append(key)
        place = understood.place
        if place.level == "point" and place.lat is not None and place.lon is not None:
            self._anchors.setdefault(report, (place.lat, place.lon))
        self.grouping.report[arrived.id] = report
        self.grouping.decisions[arrived.id] = decision
        return decision

    def _candidates(self, arrived: Arrived) -> list[Candidate]:
        span = window(arrived.understanding.category)
        since = arrived.at - span
        found: dict[int, None] = {}
        for name in arrived.understanding.probes:
            # Complaints arrive in the order of their times: the latest under a key stand last.
            for key in reversed(self._found.get(name, ())):
                if self._known[key][0] < since:
                    break
                found[key] = None
        return [
            Candidate(key, report, at, facts, None, self._anchors.get(report))
            for key in sorted(found)
            for at, facts, report in (self._known[key],)
        ]


def replay(stream: Iterable[Arrived], judge: Decide = decide) -> Grouping:
    """Let all arrive in the order of their own times."""
    hub = Replay(judge)
    for arrived in sorted(stream, key=lambda one: (one.at, one.id)):
        hub.take(arrived)
    return hub.grouping


def arrive(rows: Iterable[tuple[str, Complaint]], understand: Callable[[Complaint], Understanding]) -> list[Arrived]:
    """Understand each."""
    return [Arrived(name, complaint.created_at, understand(complaint)) for name, complaint in rows]
