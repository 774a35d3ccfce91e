"""What a deed would tell each citizen, before anybody does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.pipeline import incident
from hub.pipeline.house import House
from hub.pipeline.officials import status_message
from hub.pipeline.replying import Answer, Case, Past, scrub_note
from hub.replies import Message
from hub.replies.compose import spell
from hub.store import complaints as complaint_store
from hub.store import people
from hub.store.reports import ReportState
from hub.tracking import mask
from normalizer.report import CLOSED


@dataclass(frozen=True, slots=True)
class Way:
    """Whether one citizen can be told something."""

    complaint: int
    channel: str
    problem: str = ""
    """Why this citizen cannot be told."""
    in_doubt: bool = False
    """A clerk must look first."""
    limit: int = 0
    """Longest text of the channel; 0 = none."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Citizens of one channel who would be told alike."""

    channel: str
    count: int
    text: str = field(repr=False)
    """What the first of them would read, without the secret of their own page."""
    problem: str = ""
    in_doubt: bool = False
    limit: int = 0
    """Longest text of the channel; 0 = none."""
    is_cut: bool = False
    """The officials' words do not go out whole."""


def follow_up(state: ReportState, now: datetime, *, status: str, reason: str, note: str) -> Answer:
    """Give what a follow-up would answer."""
    after = replace(state)
    if status:
        incident.set_status(after, status, now, reason)
    reopened = state.status in CLOSED and not after.is_closed
    return Answer(after, "pratinjau", status_message(after, note, reopened=reopened), by_hand=True)


def words_to_one(state: ReportState, complaint: int, text: str) -> Answer:
    """Give what one citizen alone would be told."""
    only = frozenset({complaint})
    return Answer(state, "pratinjau", status_message(state, text), only=only, by_hand=True)


def question(state: ReportState, complaint: int, house: House, *, kind: str, text: str) -> Answer:
    """Give what a question would ask; an unknown kind asks what was typed."""
    name = kind if kind in ("where", "photo", "still") else "other"
    message = Message(f"question.{name}", note=text, tail=("question.wait",), days=house.replies.answer.days)
    return Answer(state, "pratinjau", message, only=frozenset({complaint}), question=True, by_hand=True)


def ways(connection: Connection, answer: Answer, house: House, now: datetime) -> list[Way]:
    """Say whom an answer would reach; nothing is written."""
    return [_way(case) for case in _cases(connection, answer, house, now)]


def rehearse(connection: Connection, answer: Answer, house: House, now: datetime) -> list[Sort]:
    """Say what citizens would be told, nothing is written: those that can be told first, most first."""
    alike: dict[tuple[str, str, bool], list[Case]] = {}
    for case in _cases(connection, answer, house, now):
        way = _way(case)
        alike.setdefault((way.channel, way.problem, way.in_doubt), []).append(case)
    names = people.names_of(connection, answer.state.id) if answer.message.note else {}
    sorts = [_sort(way, cases, names) for way, cases in alike.items()]
    return sorted(sorts, key=lambda sort: (bool(sort.problem), sort.in_doubt, -sort.count, sort.channel))


def _cases(connection: Connection, answer: Answer, house: House, now: datetime) -> list[Case]:
    members = complaint_store.to_answer(connection, answer.state.id, answer.only)
    return [Case(answer, member, house, now, Past()) for member in members]


def _way(case: Case) -> Way:
    problem = case.problem(case.reply(note=""))
    return Way(case.complaint.id, case.complaint.channel, problem, case.in_doubt, case.manner.max_chars)


def _sort(way: tuple[str, str, bool], cases: Sequence[Case], names: Mapping[str, Sequence[str]]) -> Sort:
    (channel, problem, in_doubt), first = way, cases[0]
    note = scrub_note(first.answer.message.note, names, first.complaint.reporter)
    reply, manner = first.reply(note), first.manner
    is_cut = spell(" ".join(note.split()), manner.charset) not in reply.text
    return Sort(
        channel, len(cases), mask(reply.text, reply.link), problem, in_doubt, limit=manner.max_chars, is_cut=is_cut
    )
