"""What a deed would tell each citizen, before anybody does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.pipeline import incident
from hub.pipeline.house import House
from hub.pipeline.officials import status_message
from hub.pipeline.replying import Answer, _Case, _Past, scrub_note
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import people
from hub.store.reports import ReportState
from hub.tracking import mask
from normalizer.report import CLOSED


@dataclass(frozen=True, slots=True)
class Told:
    """What one citizen would be told."""

    complaint: int
    channel: str
    text: str = field(repr=False)
    """As it would arrive, without the secret of the citizen's own page."""
    problem: str = ""
    """Why this citizen cannot be told."""
    in_doubt: bool = False
    """A clerk must look first."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Citizens of one channel who would be told alike: how many, and the text of the first."""

    channel: str
    count: int
    text: str = field(repr=False)
    problem: str = ""
    in_doubt: bool = False


def follow_up(state: ReportState, now: datetime, *, status: str, reason: str, note: str) -> Answer:
    """Give what a follow-up would answer."""
    after = replace(state)
    if status:
        incident.set_status(after, status, now, reason)
    reopened = state.status in CLOSED and not after.is_closed
    return Answer(after, "pratinjau", status_message(after, note, reopened=reopened), by_hand=True)


def question(state: ReportState, complaint: int, house: House, *, kind: str, text: str) -> Answer:
    """Give what a question would ask; an unknown kind asks what was typed."""
    name = kind if kind in ("where", "photo", "still") else "other"
    message = Message(f"question.{name}", note=text, tail=("question.wait",), days=house.replies.answer.days)
    return Answer(state, "pratinjau", message, only=frozenset({complaint}), question=True, by_hand=True)


def rehearse(connection: Connection, answer: Answer, house: House, now: datetime) -> list[Told]:
    """Say what each citizen would be told; nothing is written."""
    names = people.names_of(connection, answer.state.id) if answer.message.note else {}
    told = []
    for member in complaint_store.to_answer(connection, answer.state.id, answer.only):
        case = _Case(answer, member, house, now, _Past())
        reply = case.reply(scrub_note(answer.message.note, names, member.reporter))
        text = mask(reply.text, reply.link)
        told.append(Told(member.id, member.channel, text, case.problem(reply), case.in_doubt))
    return told


def sort(told: Iterable[Told]) -> Sequence[Sort]:
    """Put together who would be told alike: those that can be told first, most first."""
    found: dict[tuple[str, str, bool], list[Told]] = {}
    for one in told:
        found.setdefault((one.channel, one.problem, one.in_doubt), []).append(one)
    kinds = [Sort(key[0], len(same), same[0].text, key[1], key[2]) for key, same in found.items()]
    return sorted(kinds, key=lambda kind: (bool(kind.problem), kind.in_doubt, -kind.count, kind.channel))
