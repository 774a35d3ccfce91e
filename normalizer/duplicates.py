"""The same incident? One decision for a new complaint among those that stand near it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any, Literal

from normalizer.blocking import KIN, keys, probes
from normalizer.evidence import agrees, contradicts, metres, ties, weigh
from normalizer.facts import Facts, facts
from normalizer.taxonomy import category
from normalizer.weights import POLICY, Policy

__all__ = ["Arrival", "Candidate", "Decision", "decide", "facts", "keys", "probes", "weigh", "window"]

PILE = 4
"""So many strangers with other words on exactly the same point: it is a pin an app sets, not a position."""
STRETCH = 150.0
"""Metres that a report may reach whose kind is not known for sure, where its kind itself allows no more."""
WITNESSES = 60
"""So many complaints of one report are weighed, those nearest in time: in a flood a report has thousands."""
SHOWN = 3
"""Reports offered to people beside a decision."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A complaint that has no report yet."""

    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A complaint found under a probe, with the report it stands in."""

    complaint: int
    report: int
    at: datetime
    facts: dict[str, Any]
    status_closed_at: datetime | None = None
    """When its report was finished; None while it is open."""
    anchor: tuple[float, float] | None = None
    """Latitude, longitude of the report: how far it may stretch is counted from here."""


@dataclass(frozen=True)
class Decision:
    """What to do with a new complaint, and why."""

    outcome: Literal["join", "perhaps", "separate"]
    report: int | None = None
    """The report to join."""
    score: float = 0.0
    evidence: tuple[str, ...] = ()
    perhaps: tuple[tuple[int, float, tuple[str, ...]], ...] = ()
    """For people to look at, best first: report, score, evidence."""
    recurrence: int | None = None
    """The finished report it would have joined: to be linked, never joined."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one report's complaints say together."""

    report: int
    score: float
    evidence: tuple[str, ...]
    sure: bool
    """Nothing in the report speaks against what its best complaint says."""
    closed: bool

    @property
    def row(self) -> tuple[int, float, tuple[str, ...]]:
        return self.report, self.score, self.evidence


def window(code: str) -> timedelta:
    """Give how far back and forward in time complaints of this category are searched for their like."""
    return category(code).span


def decide(
    new: Arrival | Candidate,
    candidates: Sequence[Candidate],
    *,
    separated: frozenset[int] = frozenset(),
    numbers: Mapping[str, int] | None = None,
    policy: Policy = POLICY,
) -> Decision:
    """Decide whether a complaint joins one of the candidates' reports. The candidates' order changes nothing.

    `separated` are reports from which a person took this complaint: never joined again. `numbers` gives the report
    behind each quoted number, as far as it is open and not sealed.
    """
    quoted = _quoted(new, numbers or {}, _barred(new, candidates) | separated)
    if quoted is not None:
        return Decision("join", quoted, 0.999, ("nomor-dikutip",))
    seen = _without_pile(new, candidates)
    groups = _by_report(candidate for candidate in candidates if candidate.report not in separated)
    verdicts = [_judge(new.at, seen, group, policy) for group in groups.values()]
    verdicts.sort(key=lambda verdict: (-verdict.score, verdict.report))
    return _choose([verdict for verdict in verdicts if verdict.score >= policy.perhaps], policy.join)


def _choose(verdicts: list[_Verdict], join: float) -> Decision:
    """Take the best report that is open and sure; leave the next few to people."""
    likely = [verdict for verdict in verdicts if not verdict.closed]
    joined = next((verdict for verdict in likely if verdict.sure and verdict.score >= join), None)
    others = tuple(verdict.row for verdict in likely if verdict is not joined)[:SHOWN]
    if joined:
        return Decision("join", *joined.row, perhaps=others)
    past = next((verdict.report for verdict in verdicts if verdict.closed and verdict.score >= join), None)
    if not others:
        return Decision("separate", recurrence=past)
    return Decision("perhaps", None, *others[0][1:], perhaps=others, recurrence=past)


def _judge(at: datetime, facts: Facts, members: list[Candidate], policy: Policy) -> _Verdict:
    heard = members if len(members) <= WITNESSES else nsmallest(WITNESSES, members, key=lambda one: _nearness(at, one))
    weighed = [weigh(facts, member.facts, _hours(at, member.at), policy.weights) for member in heard]
    score, evidence = max(weighed)
    against = _bridges(evidence, weighed) + _stretches(facts, members) + _mixes(evidence, facts, heard)
    if any(_sealed_apart(facts, member) for member in members):
        score = 0.0
    return _Verdict(members[0].report, score, evidence + against, not against, any(_closed(at, m) for m in members))


def _nearness(at: datetime, member: Candidate) -> tuple[timedelta, int]:
    return abs(at - member.at), member.complaint


def _bridges(best: tuple[str, ...], weighed: list[tuple[float, tuple[str, ...]]]) -> tuple[str, ...]:
    """A vague complaint in a report must not tie two places together that the words keep apart."""
    apart = not agrees(best) and any(contradicts(evidence) for _, evidence in weighed)
    return ("berlawanan",) if apart else ()


def _mixes(best: tuple[str, ...], facts: Facts, members: list[Candidate]) -> tuple[str, ...]:
    """What is surely of one kind must not join what is surely of another because a vague one stands between them."""
    if "u" in facts or ties(best):
        return ()
    kind = category(facts["c"]).group
    sure = {category(member.facts["c"]).group for member in members if "u" not in member.facts} - {kind, KIN.get(kind)}
    return ("jenis-campur",) if sure else ()


def _stretches(facts: Facts, members: list[Candidate]) -> tuple[str, ...]:
    """A chain of neighbours is not one incident: its extent is counted from the report's anchor."""
    anchor = members[0].anchor
    if anchor is None or "p" not in facts:
        return ()
    apart = metres(anchor, facts["p"])
    all_of_it = [facts, *(member.facts for member in members)]
    extent = max(category(one["c"]).extent for one in all_of_it)
    extent = max(extent, STRETCH if any("u" in one for one in all_of_it) else 0)
    return (f"bentang:{apart:.0f}m",) if apart > extent else ()


def _quoted(new: Arrival | Candidate, numbers: Mapping[str, int], barred: frozenset[int]) -> int | None:
    """Give the oldest open report whose number the citizen quotes."""
    if "s" in new.facts:
        return None
    named = (numbers[number] for number in new.facts.get("q", ()) if number in numbers)
    return min((report for report in named if report not in barred), default=None)


def _barred(new: Arrival | Candidate, candidates: Sequence[Candidate]) -> frozenset[int]:
    """List the reports that not even a quoted number opens: finished, or sealed."""
    return frozenset(c.report for c in candidates if _closed(new.at, c) or _sealed_apart(new.facts, c))


def _without_pile(new: Arrival | Candidate, candidates: Sequence[Candidate]) -> Facts:
    """Give the facts, without the position where it is a default pin under many unrelated complaints."""
    facts = new.facts
    if "p" not in facts or sum(_unrelated(facts, candidate.facts) for candidate in candidates) < PILE:
        return facts
    return {name: value for name, value in facts.items() if name != "p"}


def _unrelated(a: Facts, b: Facts) -> bool:
    """Say whether two strangers said different things on exactly the same point."""
    if a["p"][:2] != b.get("p", ())[:2] or ("r" in a and a["r"] == b.get("r")):
        return False
    mine, theirs = set(a.get("t", ())), set(b.get("t", ()))
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _by_report(candidates: Iterable[Candidate]) -> dict[int, list[Candidate]]:
    groups: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.report, []).append(candidate)
    return groups


def _closed(at: datetime, candidate: Candidate) -> bool:
    return candidate.status_closed_at is not None and candidate.status_closed_at <= at


def _sealed_apart(facts: Facts, candidate: Candidate) -> bool:
    return ("s" in facts) != ("s" in candidate.facts)


def _hours(a: datetime, b: datetime) -> float:
    return abs((a - b).total_seconds()) / 3600
