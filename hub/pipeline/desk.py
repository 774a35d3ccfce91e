"""What staff do to reports: follow up, correct, join, take apart. Every write checks the version it was based on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select, update

from hub.pipeline import classing, dialogue, handover, taking
from hub.pipeline.clockwork import set_clocks
from hub.pipeline.house import House
from hub.pipeline.pictures import Picture, keep_pictures
from hub.pipeline.work import CHANNEL, NotAllowed, Work
from hub.plugin import FollowUp
from hub.store import reports, talks
from hub.store.keys import derive_key, random_key
from hub.store.store import Store
from hub.store.tables import reports as report_table
from normalizer.complaint import Complaint, Place
from normalizer.places import Placer
from normalizer.report import NO_PHOTO, REASONS

__all__ = ["CHANNEL", "Conflict", "Desk", "NotAllowed", "UnknownReport"]

T = TypeVar("T")


class UnknownReport(LookupError):
    """There is no report with this number."""


class Conflict(Exception):
    """Somebody else changed the report meanwhile."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the report is at version {version} by now")
        self.version = version


@dataclass(frozen=True)
class Desk:
    """The hands of the staff."""

    store: Store
    house: House
    placer: Placer
    after: Callable[[], None] = field(default=lambda: None)
    """Called after each change: there may be something to deliver."""

    async def follow_up(
        self,
        number: str,
        version: int | None,
        by: str,
        *,
        status: str = "",
        reason: str = "",
        note: str = "",
        note_internal: str = "",
        no_photo: str = "",
        photos: Sequence[bytes] = (),
        form: str = "",
    ) -> int:
        """Record what was done or said; the public part goes to every citizen of the report. Gives the new version.

        `photos` are pictures as they came, `no_photo` says why a finished report has none. The same words sent again
        with the same `form` are done once. Raises ImageError.
        """
        if status and not reports.is_status(status):
            raise NotAllowed("that is not a status")
        if (status == "ditolak") != bool(reason) or (reason and reason not in REASONS):
            raise NotAllowed("a refusal needs one of the reasons, and only a refusal has one")
        if no_photo and (status != "selesai" or no_photo not in NO_PHOTO):
            raise NotAllowed("only a finished report may say why it has no photo")
        words = derive_key(form, by, number, status, reason, note, note_internal, no_photo)
        said = FollowUp(
            native_id=words if form else random_key(),
            report=number,
            at=self.store.now(),
            status=status,
            note=note,
            note_internal=note_internal,
        )

        def say(connection: Connection, pictures: Sequence[Picture]) -> int:
            done = talks.report_of_follow_up(connection, CHANNEL, said.native_id)
            if done is not None:
                return reports.load_reports(connection, [done])[done].version
            work = self._start(connection, number, version)
            return work.follow_up(said, by, reason or no_photo, pictures)

        async with keep_pictures(self.store, photos) as pictures:
            return await self._run(lambda connection: say(connection, pictures))

    async def correct(
        self,
        number: str,
        version: int,
        by: str,
        *,
        category: str | None = None,
        place: tuple[float, float] | None = None,
        kelurahan: str | None = None,
        urgency: str | None = None,
        lead: str | None = None,
    ) -> int:
        """Set right what the machine guessed: from now on it stays as set."""
        where = await self._place(place, kelurahan)
        return await self._change(
            number, version, lambda work: work.correct(by, category=category, place=where, urgency=urgency, lead=lead)
        )

    async def classify(self, number: str, version: int, by: str, *, legal_class: str) -> int:
        """Set the class of the law that a report belongs to; empty: that of its category. Gives the new version."""
        return await self._change(number, version, lambda work: classing.classify(work, by, legal_class))

    async def merge(self, number: str, into: str, version: int, by: str) -> int:
        """Join two reports about one incident: the older survives. Gives its new version."""
        return await self._change(number, version, lambda work: work.merge(self._key(work.connection, into), by))

    async def unmerge(self, merge: int, by: str) -> None:
        """Take a joined report apart again: exactly its own complaints go back."""
        await self._run(lambda connection: Work(connection, self.house, self.store.now()).unmerge(merge, by))

    async def split(self, number: str, complaint: int, version: int, by: str) -> str:
        """Give one complaint a report of its own. The new report's number."""
        return await self._change(number, version, lambda work: work.split(complaint, by))

    async def answer(self, suggestion: int, by: str, *, same: bool) -> None:
        """Answer whether two reports are the same."""
        await self._run(
            lambda connection: Work(connection, self.house, self.store.now()).answer(suggestion, by, same=same)
        )

    async def open_sealed(self, number: str, by: str) -> None:
        """The integrity unit lets a report out: it goes where it belongs."""
        await self._run(lambda connection: self._start(connection, number, None).open_sealed(by))

    async def ask(
        self, number: str, version: int, by: str, *, complaint: int, kind: str, text: str = "", form: str = ""
    ) -> str:
        """Ask one citizen back on their own channel. The question's id: sent again with `form`, it is asked once."""
        name = derive_key(form, by, number, str(complaint), kind, text) if form else random_key()

        def act(connection: Connection) -> str:
            if not talks.is_said(connection, name):
                dialogue.ask(self._start(connection, number, version), by, complaint, kind, text, name)
            return name

        return await self._run(act)

    async def tell(self, number: str, version: int, by: str, *, complaint: int, text: str, form: str = "") -> None:
        """Answer one citizen alone; the report stays as it is. The same words sent again with `form` are said once."""
        name = derive_key(form, by, number, str(complaint), text) if form else random_key()

        def act(connection: Connection) -> None:
            if not talks.is_said(connection, name):
                dialogue.tell(self._start(connection, number, version), by, complaint, text, name)

        await self._run(act)

    async def confirm(self, number: str, version: int, by: str, *, complaint: int) -> int:
        """Say that a doubted complaint belongs to its report."""
        return await self._change(number, version, lambda work: dialogue.confirm(work, by, complaint))

    async def decide_dispute(
        self, number: str, version: int, by: str, *, unit: str, reopen: bool, reason: str = ""
    ) -> int:
        """Decide what citizens dispute; `unit` is the one that the person works for."""
        return await self._change(
            number, version, lambda work: dialogue.decide_dispute(work, by, unit, reopen=reopen, reason=reason)
        )

    async def validate(
        self, number: str, version: int | None, by: str, *, unit: str, decision: str, reason: str = ""
    ) -> int:
        """Accept (`sah`) or strike (`dicoret`) a duty report."""
        return await self._change(
            number, version, lambda work: dialogue.validate(work, by, unit, decision=decision, reason=reason)
        )

    async def call_back(self, number: str, by: str, *, act: str) -> int:
        """Undo a deed whose replies have not gone out. How many were called back."""
        return await self._change(number, None, lambda work: dialogue.call_back(work, by, act))

    async def take(self, number: str, by: str) -> int:
        """Take a report to work on. Raises taking.Taken, which names who has it."""
        return await self._change(number, None, lambda work: taking.take(work, by))

    async def give_back(self, number: str, by: str, *, leads: bool = False) -> int:
        """Let a report go; `leads`: also a colleague's."""
        return await self._change(number, None, lambda work: taking.give_back(work, by, leads=leads))

    async def assign(self, number: str, version: int, by: str, *, to: str) -> int:
        """Give a report to a colleague."""
        return await self._change(number, version, lambda work: taking.assign(work, by, to))

    async def hand_over(self, number: str, version: int, by: str, *, to: str, reason: str = "") -> int:
        """Offer a report to another unit; until it accepts, the giver stays responsible."""
        return await self._change(number, version, lambda work: handover.offer(work, by, to, reason))

    async def accept(self, number: str, version: int, by: str) -> int:
        """Take over what was offered."""
        return await self._change(number, version, lambda work: handover.accept(work, by))

    async def return_offer(self, number: str, version: int, by: str, *, reason: str) -> int:
        """Return what was offered."""
        return await self._change(number, version, lambda work: handover.give_back(work, by, reason))

    async def withdraw(self, number: str, version: int, by: str) -> int:
        """Take an offer back."""
        return await self._change(number, version, lambda work: handover.withdraw(work, by))

    async def seen(self, number: str) -> None:
        """Note that staff have opened the report."""
        now = self.store.now()
        await self.store.write(lambda connection: _mark_opened(connection, self.house, number, now))

    # ------------------------------------------------------------------------------------------------ inner works

    async def _place(self, place: tuple[float, float] | None, kelurahan: str | None) -> Place | None:
        if place is not None:
            lat, lon = place
            pin = Complaint(native_id="pin", created_at=self.store.now(), lat=lat, lon=lon)
            return await asyncio.to_thread(self.placer.place, pin)
        if kelurahan is None:
            return None
        area = next((area for area in self.house.region.areas if area.code == kelurahan), None)
        if area is None:
            raise NotAllowed("there is no such kelurahan here")
        return Place(result="found", level="kelurahan", kelurahan=area.code, kecamatan=area.kecamatan, confidence=1.0)

    async def _change(self, number: str, version: int | None, act: Callable[[Work], T]) -> T:
        return await self._run(lambda connection: act(self._start(connection, number, version)))

    async def _run(self, work: Callable[[Connection], T]) -> T:
        result = await self.store.write(work)
        self.after()
        return result

    def _start(self, connection: Connection, number: str, version: int | None) -> Work:
        key = self._key(connection, number)
        work = Work(connection, self.house, self.store.now())
        work.load(key)
        if version is not None and work.report.version != version:
            raise Conflict(work.report.version)
        return work

    def _key(self, connection: Connection, number: str) -> int:
        key = reports.find_report(connection, number)
        if key is None:
            raise UnknownReport(number)
        return key


def _mark_opened(connection: Connection, house: House, number: str, now: datetime) -> None:
    statement = update(report_table).where(report_table.c.number == number, report_table.c.opened_at.is_(None))
    connection.execute(statement.values(opened_at=now))
    # Of an emergency something else is due from now on.
    waited = select(report_table.c.id).where(report_table.c.number == number, report_table.c.due_kind == "open")
    states = list(reports.load_reports(connection, connection.execute(waited).scalars(), lock=True).values())
    set_clocks(connection, states, house, now)
    reports.save_reports(connection, states)
