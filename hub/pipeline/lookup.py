"""What a desk looks up while a citizen waits: reports that mean the same, and where a number stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row

from hub.pipeline.nudging import nudges_of
from hub.pipeline.prepare import Understander
from hub.pipeline.replying import scrub_note
from hub.store import people
from hub.store.incidents import Known, Probe, find_known
from hub.store.store import Store
from hub.store.views_lookup import (
    Progress,
    living_key,
    open_nearby,
    progress_of,
    receipt_of,
    reports_of_native,
    visible_reports,
)
from hub.store.views_sight import Sight
from normalizer.complaint import Complaint, Understanding
from normalizer.duplicates import Arrival, Candidate, decide, probes, window
from normalizer.number import read_number
from normalizer.report import CLOSED
from normalizer.taxonomy import CATEGORIES, OTHER, category

How = Literal["join", "perhaps", "near"]
"""The machine would join it, would ask a person, or it is only of the same kind in the same kelurahan."""
SHOWN = 9
"""As many as there are keys to choose one."""
LONG_AGO = timedelta(days=730)
_JAKI = re.compile(r"JK\d{10}")


@dataclass(frozen=True, slots=True)
class Match:
    """An open report that the words may mean: a row of `reports`, and why it is offered."""

    report: Row[Any]
    how: How
    score: float = 0.0
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """What the rules make of the words, and the reports they may mean, best first."""

    understood: Understanding | None = None
    """None where the rules choke on the words."""
    found: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the report behind a number stands."""

    report: Row[Any]
    """Of the report that lives on, where the number's own was merged."""
    channel: str = ""
    """The channel whose number it is; empty for one of the hub's own."""
    progress: Progress = field(default_factory=Progress)
    nudges: tuple[tuple[datetime, str, datetime | None], ...] = ()
    """When somebody asked, at whose desk, when it was answered: newest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a number leads to."""

    standings: tuple[Standing, ...] = ()
    held_by: str = ""
    """The desk that printed this number on a receipt whose complaint has not arrived yet."""


@dataclass(frozen=True)
class Lookup:
    """Looks things up within what an account may see; a sealed report is never among them."""

    store: Store
    understander: Understander
    channels: Sequence[str] = ()
    """Configured ones: a foreign number may be the id of a complaint on any of them."""

    async def match(
        self,
        text: str,
        sight: Sight,
        *,
        lat: float | None = None,
        lon: float | None = None,
        address: str = "",
        kelurahan: str = "",
        kind: str = "",
    ) -> Matches:
        """Give the open reports that a complaint with these words would join, or perhaps join."""
        draft = Complaint(
            native_id="draft",
            created_at=self.store.now(),
            text=text,
            lat=lat if lon is not None else None,
            lon=lon if lat is not None else None,
            address=address,
            kelurahan_reported=kelurahan,
            category_hint=kind,
        )
        (understood,) = await self.understander.understand([draft])
        if isinstance(understood, str):
            return Matches()
        if not (text.strip() or kind):
            return Matches(understood)
        if understood.handling == "sealed" or sight.sealed:
            return Matches(understood)
        found = await self.store.read(lambda connection: _matches(connection, draft, understood, sight))
        return Matches(understood, tuple(found))

    async def find(self, number: str, sight: Sight) -> Found:
        """Find a report by the hub's number, or by any number of Qlue, LAPOR! or JAKI that its complaints carry."""
        if sight.sealed:
            return Found()
        return await self.store.read(lambda connection: self._find(connection, number.strip()[:60], sight))

    def _find(self, connection: Connection, number: str, sight: Sight) -> Found:
        key = read_number(number)
        if key is not None:
            ours = self._standings(connection, [("", living_key(connection, key))], sight)
            held = receipt_of(connection, key)
            if ours or held is not None:
                return Found(ours, held.holder if held is not None and held.complaint is None else "")
        return Found(self._standings(connection, self._foreign(connection, number), sight))

    def _foreign(self, connection: Connection, number: str) -> list[tuple[str, int]]:
        """Find a number of another system: a complaint's own id, else one that a complaint quotes."""
        own = reports_of_native(connection, self.channels, sorted(spellings(number)))
        return own or [("", known.report) for known in _quoting(connection, number, self.store.now())]

    @staticmethod
    def _standings(connection: Connection, found: Sequence[tuple[str, int]], sight: Sight) -> tuple[Standing, ...]:
        channels = {key: channel for channel, key in found}
        return tuple(
            Standing(row, channels[row.id], _progress(connection, row.id), tuple(nudges_of(connection, row.id)))
            for row in visible_reports(connection, channels, sight)
        )


def _progress(connection: Connection, report: int) -> Progress:
    """Read it as whoever stands at the desk may hear it: no citizen's name in officials' words."""
    found = progress_of(connection, report)
    return (
        replace(found, note=scrub_note(found.note, people.names_of(connection, report), None)) if found.note else found
    )


def spellings(number: str) -> set[str]:
    """Give the ways in which a channel may store a number that somebody typed."""
    bare = number.lstrip("#").strip()
    close = re.sub(r"[\s.\-]", "", bare)
    digits = re.sub(r"\D", "", bare)
    return {bare, close, close.upper(), *([digits] if len(digits) >= 5 else [])} - {""}


def _quoting(connection: Connection, number: str, now: datetime) -> list[Known]:
    """Find complaints that quote a number of another system, by the blocking key of that number."""
    digits, close = re.sub(r"\D", "", number), re.sub(r"[\s.\-]", "", number).upper()
    names = [f"jaki:{close}"] if _JAKI.fullmatch(close) else [f"qlue:{digits}", f"lapor:{digits}"] if digits else []
    if not names:
        return []
    keys = frozenset(probes({"c": "lainnya", "q": names}))
    found = find_known(connection, [Probe(keys, now - LONG_AGO, now + timedelta(days=1))])
    return [known for some in found.values() for known in some]


def _matches(connection: Connection, draft: Complaint, understood: Understanding, sight: Sight) -> list[Match]:
    known = _near_in_words(connection, draft, understood)
    quoted = {name: read_number(name.removeprefix("hub:")) for name in understood.quoted if name.startswith("hub:")}
    wanted = {one.report for one in known} | {key for key in quoted.values() if key is not None}
    rows = {row.id: row for row in visible_reports(connection, wanted, sight) if row.status not in CLOSED}
    numbers = {name: key for name, key in quoted.items() if key is not None and key in rows}
    found = _weighed(draft, understood, known, rows, numbers)
    seen = {match.report.id for match in found}
    return (found + _around(connection, draft, understood, sight, seen))[:SHOWN]


def _near_in_words(connection: Connection, draft: Complaint, understood: Understanding) -> list[Known]:
    span = window(understood.category)
    probe = Probe(frozenset(understood.probes), draft.created_at - span, draft.created_at + span)
    some = find_known(connection, [probe]) if probe.keys else {}
    return list({known.complaint: known for found in some.values() for known in found}.values())


def _weighed(
    draft: Complaint,
    understood: Understanding,
    known: Sequence[Known],
    rows: Mapping[int, Row[Any]],
    numbers: Mapping[str, int],
) -> list[Match]:
    candidates = [_candidate(one, rows[one.report]) for one in known if one.report in rows]
    decision = decide(Arrival(draft.created_at, understood.facts), candidates, numbers=numbers)
    found = [Match(rows[key], "perhaps", score, evidence) for key, score, evidence in decision.perhaps]
    if decision.outcome == "join" and decision.report is not None and decision.report in rows:
        found.insert(0, Match(rows[decision.report], "join", decision.score, decision.evidence))
    return found


def _candidate(known: Known, row: Row[Any]) -> Candidate:
    anchor = (row.anchor[0], row.anchor[1]) if row.anchor else None
    return Candidate(known.complaint, known.report, known.at, known.facts, row.closed_at, anchor)


def _around(
    connection: Connection, draft: Complaint, understood: Understanding, sight: Sight, seen: set[int]
) -> list[Match]:
    """Offer what is of the same kind in the same kelurahan: a clerk knows more than the words say."""
    kelurahan, kind = understood.place.kelurahan, category(understood.category)
    if not kelurahan or kind == OTHER:
        return []
    kinds = {other.code for other in CATEGORIES if other.group == kind.group}
    rows = open_nearby(connection, kelurahan, kinds, draft.created_at - kind.span, sight, limit=SHOWN + len(seen))
    return [Match(row, "near") for row in rows if row.id not in seen]
