"""A complaint's own story, as its citizen may see it: where it stands, what was done, what is asked of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import Connection, Row
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.clocks.keeper import keeper_of
from hub.pipeline.replying import scrub_note
from hub.store import people
from hub.store import views_tracking as views
from hub.uploads import MAX_BYTES, MAX_TOTAL, MOST
from hub.web.counter.clerk import PROMISE_DAYS
from hub.web.language import Language, language_of, mark
from hub.web.pages import hub_of, page
from normalizer.complaint import Reporter
from normalizer.region import Region
from normalizer.report import CLOSED

if TYPE_CHECKING:
    from hub.host import Hub

WORDS = 2000
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
STEPS = ("menunggu", "disposisi", "proses", "selesai")
MEANING = {
    "menunggu": mark("We have it. It waits for the office that must act."),
    "koordinasi": mark("Several offices are agreeing on who does what."),
    "disposisi": mark("It is with the office that must act."),
    "proses": mark("They are working on it."),
    "selesai": mark("The office says that it is done."),
    "ditolak": mark("Nothing can be done about it."),
    "berakhir": mark("It has ended by itself: nobody reports it any more."),
}
ASKED = {
    "where": mark("Where exactly is it? Street, RT/RW, kelurahan or a landmark, please."),
    "photo": mark("Can you send a photo of it?"),
    "still": mark("Is it still like that?"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a complaint's story."""

    at: datetime
    who: str = ""
    status: str = ""
    reason: str = ""
    words: str = field(default="", repr=False)
    mine: bool = False
    photos: tuple[str, ...] = ()


async def show_story(request: Request, complaint: Row[Any], typed: str = "", flaw: str = "") -> Response:
    """Show it to its citizen, with what they typed and what is wrong with it. 410 once it was erased."""
    if complaint.state == "erased":
        raise HTTPException(410)
    hub = hub_of(request)
    names = await hub.store.read(lambda connection: _read(connection, hub, complaint))
    report = names["report"]
    spoken = language_of(request)
    status = 422 if flaw else 200
    answer = page(
        request,
        "track_story.html",
        status,
        complaint=complaint,
        meaning=spoken.gettext(MEANING.get(report.status, "")),
        step=_step(report.status),
        steps=STEPS,
        by=_promise(report, complaint, hub.region, spoken),
        late=_due(complaint, hub.region) < hub.store.now().astimezone(ZoneInfo(hub.region.zone)).date(),
        key=secrets.token_urlsafe(16),
        typed=typed,
        flaw=flaw,
        sent=request.query_params.get("terkirim") == "1" and not flaw,
        asked=ASKED,
        most={"words": WORDS, "photos": MOST, "bytes": MAX_BYTES, "total": MAX_TOTAL},
        photo_link=lambda name: hub.photo_link(name).removeprefix(hub.settings.web.public_url),
        **names,
    )
    answer.headers.update(PRIVATE)
    return answer


@dataclass(frozen=True, slots=True)
class Asked:
    """What the officials want to know of this citizen."""

    kind: str
    text: str = field(repr=False)
    due_at: datetime


def _read(connection: Connection, hub: Hub, complaint: Row[Any]) -> dict[str, Any]:
    report = views.report_of(connection, complaint)
    notes = views.notes_of(connection, complaint)
    names: dict[str, list[str]] = {}
    for key in {report.id, *(row.report for row in notes)}:
        names |= people.names_of(connection, key)

    def scrubbed(words: str) -> str:
        return scrub_note(words, names, complaint.reporter)

    sealed = report.handling != "open"
    return {
        "report": report,
        "sealed": sealed,
        "number": views.receipt_number(connection, complaint.id) or report.number,
        # Sealed photos are shown to nobody but the integrity unit.
        "photos": [] if sealed else views.own_photos(connection, complaint.id),
        "questions": [
            Asked(row.kind, scrubbed(row.text), row.due_at) for row in views.questions_to(connection, complaint.id)
        ],
        "entries": _entries(connection, hub, complaint, notes, scrubbed, sealed=sealed),
        "may_write": speaker_of(connection, complaint) is not None,
    }


def _entries(
    connection: Connection,
    hub: Hub,
    complaint: Row[Any],
    rows: Sequence[Row[Any]],
    scrubbed: Callable[[str], str],
    *,
    sealed: bool,
) -> list[Entry]:
    """Tell the story, newest first: officials' public words without the names of other citizens, and the own ones."""
    pictures = {} if sealed else views.photos_of_notes(connection, [row.id for row in rows])
    told = [
        Entry(
            row.at,
            hub.house.unit_name(row.unit),
            row.status,
            row.reason,
            scrubbed(row.note),
            photos=tuple(pictures.get(row.id, ())),
        )
        for row in rows
    ]
    letters = [Entry(at, words=scrubbed(words)) for at, words in views.letters_to(connection, complaint.id)]
    heard = {entry.words for entry in told}
    own = [Entry(row.at, words=row.text, mine=True) for row in views.own_words(connection, complaint.id)]
    return sorted((*told, *own, *(one for one in letters if one.words not in heard)), key=_when, reverse=True)


def _when(entry: Entry) -> datetime:
    return entry.at


def _step(status: str) -> int:
    """Give how far along it is: 0 to 3, -1 where it ended otherwise."""
    known = {"koordinasi": "disposisi"}.get(status, status)
    return STEPS.index(known) if known in STEPS else -1


def _promise(report: Row[Any], complaint: Row[Any], region: Region, spoken: Language) -> str:
    """Spell the day by which an answer is due; empty once there was one, or it is over."""
    if report.status in CLOSED or report.answered_at is not None:
        return ""
    return str(format_date(_due(complaint, region), "EEEE, d MMMM y", locale=spoken.locale))


def _due(complaint: Row[Any], region: Region) -> date:
    """Count this citizen's own days, as a desk's receipt does: a report that they joined may be older."""
    received: date = complaint.received_at.astimezone(ZoneInfo(region.zone)).date()
    return keeper_of(region).calendar.working_day_after(received, PROMISE_DAYS)


def speaker_of(connection: Connection, complaint: Row[Any]) -> Reporter | None:
    """Give who complained; None where nobody was known, or no longer is."""
    return people.reporter(connection, complaint.reporter) if complaint.reporter else None
