"""Asks a person where a complaint that has its report turns out to be like another one: by what its photo tells.

The machine moves no complaint that is filed, so this is all it may do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.store import incidents, reports
from hub.store.incidents import Known, Probe
from hub.store.reports import ReportState
from hub.store.suggestions import placed_by_person, save_suggestion, settled_with
from normalizer.complaint import Understanding
from normalizer.duplicates import SHOWN, Arrival, Candidate, Decision, decide, window


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint in its report, as it is understood now."""

    key: int
    at: datetime
    understanding: Understanding


def ask(connection: Connection, report: ReportState, filed: Filed, now: datetime) -> None:
    """Put down which other open reports may be the same. Nothing sealed is compared, nothing a person decided."""
    if "sealed" in (report.handling, filed.understanding.handling) or placed_by_person(connection, filed.key):
        return
    candidates = _candidates(connection, report, filed)
    settled = settled_with(connection, report.id, {one.report for one in candidates})
    decision = decide(Arrival(filed.at, filed.understanding.facts), candidates, separated=settled)
    for other, score, evidence in _found(decision):
        save_suggestion(
            connection, complaint=filed.key, report=report.id, other=other, score=score, evidence=evidence, at=now
        )


def _found(decision: Decision) -> tuple[tuple[int, float, tuple[str, ...]], ...]:
    joined = ((decision.report, decision.score, decision.evidence),) if decision.report is not None else ()
    return (*joined, *decision.perhaps)[:SHOWN]


def _candidates(connection: Connection, report: ReportState, filed: Filed) -> list[Candidate]:
    """Find complaints of other reports, as a new complaint would."""
    span = window(filed.understanding.category)
    probe = Probe(frozenset(filed.understanding.probes), filed.at - span, filed.at + span)
    found = {one.complaint: one for under in incidents.find_known(connection, [probe]).values() for one in under}
    known = [one for one in found.values() if one.report != report.id]
    states = reports.load_reports(connection, {one.report for one in known})
    return [_candidate(one, state) for one in known if _is_open(state := states[one.report])]


def _is_open(report: ReportState) -> bool:
    return report.handling == "open" and not report.is_closed and report.merged_into is None


def _candidate(known: Known, report: ReportState) -> Candidate:
    return Candidate(known.complaint, known.report, known.at, known.facts, report.closed_at, report.anchor)
