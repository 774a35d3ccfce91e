"""Writes replies: what each citizen is answered, on their own channel, in their language and at a good hour."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.pipeline.house import House
from hub.plugin import Manner, Reply, Sink
from hub.replies import About, Message, after_quiet, compose
from hub.store import complaints as complaint_store
from hub.store import deliveries as delivery_store
from hub.store import people
from hub.store import replies as reply_store
from hub.store.keys import derive_key
from hub.store.reports import ReportState
from normalizer.privacy import scrub
from normalizer.report import CLOSED
from normalizer.taxonomy import category

NO_PRIVATE_ROUTE = "no private route"
NO_REPLIES = "this channel takes no replies"
NOBODY = "anonymous source: nobody to answer"
IN_DOUBT = "waits for a clerk: is this complaint about this report?"
RECEIVED = "diterima"
"""Cause of an acknowledgement."""
NOBODY_LOOKED = "nobody has looked whether this complaint belongs to the report"


def asking(question: str) -> str:
    """Give the cause of the reply that puts a question."""
    return f"tanya:{question}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Something to tell citizens about a report."""

    state: ReportState
    cause: str
    """What the key is made from: the same cause is told once."""
    message: Message
    photos: tuple[str, ...] = ()
    only: frozenset[int] | None = None
    """These complaints only; None = all."""
    question: bool = False
    by_hand: bool = False

    @property
    def act(self) -> str:
        """What the replies to one deed have in common."""
        return derive_key(self.state.number, self.cause)

    @property
    def first(self) -> bool:
        """An acknowledgement: nothing was said before it."""
        return self.cause == RECEIVED


@dataclass(frozen=True)
class Past:
    """What was said before to the citizens of these complaints."""

    unsent: Mapping[int, Sequence[Any]] = field(default_factory=dict)
    last: Mapping[int, datetime] = field(default_factory=dict)


def write_replies(connection: Connection, answers: Iterable[Answer], house: House, now: datetime) -> int:
    """Write one reply for each complaint of each report; what cannot be answered says why. Gives how many."""
    wanted = list(answers)
    rows = acknowledgements(connection, [answer for answer in wanted if answer.first], house, now)
    delivery_store.write_deliveries(connection, rows)
    count = len(rows)
    for answer in wanted:
        if not answer.first:
            count += _write_answer(connection, answer, house, now)
    return count


def acknowledgements(
    connection: Connection, answers: Sequence[Answer], house: House, now: datetime
) -> list[dict[str, Any]]:
    """Give the first words to new citizens; none where nothing can be said, and not for ever to the same one."""
    by_complaint = {key: answer for answer in answers for key in answer.only or ()}
    members = complaint_store.to_answer(connection, None, by_complaint)
    told = reply_store.count_acknowledged(
        connection, {row.reporter for row in members if row.reporter}, now - timedelta(days=1), RECEIVED
    )
    rows = []
    for member in members:
        answer = by_complaint[member.id]
        row = _reply_row(Case(answer, member, house, now, Past()), note="")
        if row["state"] == "undeliverable":
            continue
        told[member.reporter] = told.get(member.reporter, 0) + 1
        if told[member.reporter] <= house.replies.acknowledgements:
            rows.append(row)
    return rows


def _write_answer(connection: Connection, answer: Answer, house: House, now: datetime) -> int:
    members = complaint_store.to_answer(connection, answer.state.id, answer.only)
    ids = [member.id for member in members]
    past = Past(reply_store.unsent_replies(connection, ids), reply_store.last_replies(connection, ids, RECEIVED))
    names = people.names_of(connection, answer.state.id) if answer.message.note or past.unsent else {}
    scrubber = Scrubber(names)
    many = len(members) > house.replies.many
    rows: list[dict[str, Any]] = []
    replaced: list[int] = []
    for member in members:
        older = [] if answer.question else [row for row in past.unsent.get(member.id, ()) if not row.question]
        note = scrubber.scrub(_notes(older, answer.message.note), member.reporter)
        rows.append(_reply_row(Case(answer, member, house, now, past, many=many), note))
        replaced.extend(row.id for row in older)
    reply_store.supersede(connection, replaced)
    delivery_store.write_deliveries(connection, rows)
    return len(rows)


def _notes(older: Sequence[Any], note: str) -> str:
    """Words that never went out go out with the next ones."""
    said = dict.fromkeys(part for part in (*(row.note for row in older), note) if part.strip())
    return " ".join(said)


@dataclass(frozen=True)
class Scrubber:
    """Scrubs the same words for many citizens: once for all but those whom alone a name in them means."""

    names: Mapping[str, Sequence[str]]
    done: dict[tuple[str, str | None], str] = field(default_factory=dict)
    meant: dict[str, frozenset[str]] = field(default_factory=dict)
    """Reporters by note."""

    def scrub(self, note: str, reporter: str | None) -> str:
        """Do what `scrub_note` does."""
        if note not in self.meant:
            self.meant[note] = _meant_alone(note, self.names)
        own = reporter if reporter in self.meant[note] else None
        if (note, own) not in self.done:
            self.done[note, own] = scrub_note(note, self.names, own)
        return self.done[note, own]


def _meant_alone(note: str, names: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Give the reporters with a name, or a part of one, that stands in a note and that nobody else has."""
    lowered = note.casefold()
    found = {
        key: {word for name in some for word in _words_of(name) if word[1] in lowered} for key, some in names.items()
    }
    held = Counter(word for some in found.values() for word in some)
    return frozenset(key for key, some in found.items() if any(held[word] == 1 for word in some))


def _words_of(name: str) -> list[tuple[bool, str]]:
    """Whole names are looked for in any spelling, parts of them are not: the two are told apart."""
    parts = name.casefold().split()
    return [(True, " ".join(parts)), *((False, part) for part in parts)]


def scrub_note(note: str, names: Mapping[str, Sequence[str]], reporter: str | None) -> str:
    """Take everybody's personal data, and the names of all reporters but this one, out of officials' words.

    `names` are names and handles by reporter key.
    """
    others = [name for key, found in names.items() if key != reporter for name in found]
    return scrub(note, names=others) if note else ""


@dataclass(frozen=True)
class Case:
    """One citizen to be told one thing."""

    answer: Answer
    complaint: Any
    house: House
    now: datetime
    past: Past
    many: bool = False

    @property
    def sink(self) -> Sink | None:
        """The channel that the citizen used, where it takes replies."""
        return self.house.sinks.get(self.complaint.channel)

    @property
    def manner(self) -> Manner:
        """How this citizen is spoken to."""
        return self.sink.manner_of(self.complaint.reply_context) if self.sink is not None else Manner()

    def about(self) -> About:
        """Say what the text tells of the report."""
        state, language = self.answer.state, self.complaint.language
        kind = category(state.category)
        return About(
            number=state.number,
            category=kind.name_en if language == "en" else kind.name_id,
            place=self.house.place_name(state.place),
            joined=state.complaint_count > 1,
            link=self.house.track_link(self.complaint.track) if self.manner.private else "",
        )

    def reply(self, note: str) -> Reply:
        """Write the reply; `note` is scrubbed for this citizen."""
        answer, complaint, manner = self.answer, self.complaint, self.manner
        about = self.about()
        message = Message(answer.message.main, answer.message.reason, note, answer.message.tail, answer.message.days)
        return Reply(
            report=answer.state.number,
            complaint=complaint.native_id,
            cause=answer.cause,
            at=self.now,
            status=answer.state.status,
            text=compose(message, about, manner, self.house.replies.wording[complaint.language]),
            photos=answer.photos[: manner.photos],
            thread=complaint.thread,
            reply_context=complaint.reply_context,
            note=note,
            unit=self.house.unit_name(answer.state.lead),
            link=about.link,
            question=answer.question,
            by_hand=answer.by_hand,
        )

    def problem(self, reply: Reply) -> str:
        """Say why this citizen cannot be told; empty where they can."""
        if self.sink is None or not self.sink.wants(reply):
            return NO_REPLIES
        if self.complaint.reporter is None:
            return NOBODY
        secret = self.answer.state.handling == "sealed" or self.complaint.rahasia
        return NO_PRIVATE_ROUTE if secret and not self.manner.private else ""

    @property
    def in_doubt(self) -> bool:
        """Whether a clerk must look first: the citizen says it is not theirs, or the machine is not sure it is over."""
        doubt = self.complaint.doubt
        over = self.answer.state.status in CLOSED
        return not (self.answer.question or self.answer.first) and (doubt == "citizen" or (doubt == "machine" and over))

    def due(self) -> datetime:
        """Give when it may go out."""
        rules, state = self.house.replies, self.answer.state
        due = self.now + rules.undo if self.many else self.now
        if state.urgency == "darurat" or self.answer.first:
            return due
        last = self.past.last.get(self.complaint.id)
        if last is not None and state.status not in CLOSED and not self.answer.question:
            due = max(due, last + rules.gap)
        return good_hour(state, self.house, due)


def good_hour(state: ReportState, house: House, at: datetime) -> datetime:
    """Give the same instant, or the end of the quiet hours that it falls into; an emergency has none."""
    return at if state.urgency == "darurat" else after_quiet(at, house.replies.quiet, ZoneInfo(house.region.zone))


def _reply_row(case: Case, note: str) -> dict[str, Any]:
    answer, complaint, state = case.answer, case.complaint, case.answer.state
    reply = case.reply(note)
    problem = case.problem(reply)
    waits = not problem and case.in_doubt
    return {
        "key": derive_key(complaint.channel, state.number, answer.cause, str(complaint.id)),
        "channel": complaint.channel,
        "kind": "reply",
        "report": state.id,
        "complaint": complaint.id,
        "version": state.version,
        "cause": answer.cause[:24],
        "act": answer.act,
        "waits_for": "clerk" if waits else "",
        "digest": hashlib.sha256(reply.text.encode()).hexdigest(),
        "parcel": reply.model_dump_json().encode(),
        "urgent": state.urgency == "darurat",
        "state": "undeliverable" if problem else "waiting" if waits else "due",
        "next_at": None if problem else case.now + case.house.replies.patience if waits else case.due(),
        "created_at": case.now,
        "settled_at": case.now if problem else None,
        "reason": problem or (IN_DOUBT if waits else ""),
    }


def keep_private(
    connection: Connection, house: House, *, reports: Sequence[int] = (), complaints: Sequence[int] = ()
) -> None:
    """Let no reply that waits go out where others would see it: what it answers has become secret."""
    waiting = delivery_store.open_replies(connection, reports=reports, complaints_=complaints)
    delivery_store.withhold(connection, [row.id for row in waiting if not _is_private(house, row)], NO_PRIVATE_ROUTE)


def _is_private(house: House, row: Any) -> bool:
    sink = house.sinks.get(row.channel)
    return sink is not None and sink.manner_of(row.reply_context).private
