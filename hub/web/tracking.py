"""Where a citizen sees what has become of a complaint: by number what everybody may know, by the secret address all."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import Connection, Row
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.citizen_note import write_note
from hub.pipeline.intake import take_items
from hub.pipeline.replying import scrub_note
from hub.store import people
from hub.store import views_tracking as views
from hub.uploads import FORM_BYTES, MAX_BYTES, MAX_TOTAL, MOST, BadUpload, Upload, take_photos
from hub.web.access import Routes
from hub.web.language import Language, language_of, mark
from hub.web.limits import Attempts
from hub.web.pages import hub_of, page
from hub.web.visitors import TooManyAttempts
from hub.working_days import working_day_after
from normalizer.complaint import Reporter
from normalizer.number import make_number, read_number
from normalizer.report import CLOSED
from normalizer.taxonomy import category

if TYPE_CHECKING:
    from hub.host import Hub

CODE = re.compile(r"[a-z2-7]{24}")
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
WORDS = 2000
TERMS = {"ringan": 2, "normatif": 5, "tidak-berkadar-pengawasan": 14, "berkadar-pengawasan": 60}
"""Working days within which SP4N wants an answer, by legal class."""
SOON, LATER = 3, 15
"""Seconds between two looks for a complaint that is still being read: for the first ten, then."""
TURNS = 60
WISHES = {"keterangan": "", "belum": "BELUM SELESAI", "beda": "BEDA"}
"""What a button says in the words that the hub understands on every channel."""
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


@dataclass(frozen=True)
class Tracking:
    """The pages, and who has looked up how much lately."""

    lookups: Attempts = field(default_factory=lambda: Attempts(60, timedelta(minutes=10)))
    notes: Attempts = field(default_factory=lambda: Attempts(10, timedelta(hours=1)))

    async def look_up(self, request: Request) -> Response:
        """Show what everybody may know of a report. 404 for what is unknown and what is secret, alike."""
        asked = request.query_params.get("nomor", "").strip()[:40]
        found = None
        if asked:
            _count(self.lookups, request.client.host if request.client else "", hub_of(request).store.now())
            found = await hub_of(request).store.read(lambda connection: views.public_report(connection, asked))
        led = found is not None and _leads(request, asked, found.number)
        status = 404 if asked and found is None else 200
        return _private(page(request, "track.html", status, asked=asked, found=found, led=led))

    async def show(self, request: Request) -> Response:
        """Show a complaint's story to whoever holds its address; 404 with patience while it is still being read."""
        complaint = await self._complaint(request)
        if complaint is None:
            return _wait(request)
        return await _story(request, complaint)

    async def add(self, request: Request) -> Response:
        """Take more words, photos, "not done" or "not mine": an item of the complaint's own channel."""
        complaint, form = await self._complaint(request), await request.form()
        if complaint is None:
            return _wait(request)
        wish = str(form.get("maksud", ""))
        typed = str(form.get("kata", "")).replace("\0", "").replace("\r\n", "\n").strip()
        try:
            photos = await take_photos(form, "foto")
        except BadUpload as bad:
            return await _story(request, complaint, typed, bad.flaw)
        if wish not in WISHES or len(typed) > WORDS or not (typed or photos or WISHES[wish]):
            return await _story(request, complaint, typed, "long" if len(typed) > WORDS else "empty")
        _count(self.notes, complaint.track, hub_of(request).store.now())
        text = ". ".join(part for part in (WISHES[wish], typed) if part)
        if not await _keep(request, complaint, str(form.get("kunci", ""))[:64], text, photos):
            raise HTTPException(404)
        return RedirectResponse(f"/lacak/{complaint.track}?terkirim=1", 303, headers=PRIVATE)

    async def _complaint(self, request: Request) -> Row[Any] | None:
        """Find it. 404 for what cannot be a code."""
        code = request.path_params["code"]
        if not CODE.fullmatch(code):
            raise HTTPException(404)
        return await hub_of(request).store.read(lambda connection: views.tracked_complaint(connection, code))


def add_routes(routes: Routes) -> None:
    """Add the pages."""
    desk = Tracking()
    routes.add("/lacak", desk.look_up, access="public")
    routes.add("/lacak/{code}", desk.show, access="public")
    routes.add("/lacak/{code}", desk.add, access="public", methods=["POST"], max_body=FORM_BYTES)


def _count(attempts: Attempts, key: str, now: datetime) -> None:
    wait = attempts.wait(key, now)
    if wait is not None:
        raise TooManyAttempts(wait)
    attempts.fail(key, now)


def _private(response: HTMLResponse) -> HTMLResponse:
    response.headers.update(PRIVATE)
    return response


def _leads(request: Request, asked: str, number: str) -> bool:
    """Say whether the number that was asked for was joined to another."""
    key = read_number(asked)
    return key is not None and make_number(key, hub_of(request).region.letters) != number


def _wait(request: Request) -> Response:
    """Be patient with a complaint that is not read yet; an address that never was one looks the same, for a while."""
    turn = request.query_params.get("ke", "")
    tried = min(int(turn), TURNS) if turn.isdecimal() and len(turn) < 4 else 0
    after = SOON if tried < 10 else LATER
    return _private(page(request, "track_wait.html", 404, after=after, turn=tried + 1 if tried < TURNS else 0))


async def _story(request: Request, complaint: Row[Any], typed: str = "", flaw: str = "") -> Response:
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
        by=_promise(report, hub.region.zone, spoken),
        key=secrets.token_urlsafe(16),
        typed=typed,
        flaw=flaw,
        sent=request.query_params.get("terkirim") == "1" and not flaw,
        asked=ASKED,
        most={"words": WORDS, "photos": MOST, "bytes": MAX_BYTES, "total": MAX_TOTAL},
        photo_link=lambda name: hub.photo_link(name).removeprefix(hub.settings.web.public_url),
        **names,
    )
    return _private(answer)


def _read(connection: Connection, hub: Hub, complaint: Row[Any]) -> dict[str, Any]:
    report = views.report_of(connection, complaint)
    sealed = report.handling != "open"
    return {
        "report": report,
        "sealed": sealed,
        "number": views.receipt_number(connection, complaint.id) or report.number,
        # Sealed photos are shown to nobody but the integrity unit.
        "photos": [] if sealed else views.own_photos(connection, complaint.id),
        "questions": views.questions_to(connection, complaint.id),
        "entries": _entries(connection, hub, complaint, report),
        "may_write": complaint.reporter is not None,
    }


def _entries(connection: Connection, hub: Hub, complaint: Row[Any], report: Row[Any]) -> list[Entry]:
    """Tell the story, newest first: officials' public words without the names of other citizens, and the own ones."""
    names = people.names_of(connection, report.id)
    rows = views.notes_of(connection, complaint)
    pictures = views.photos_of_notes(connection, [row.id for row in rows]) if report.handling == "open" else {}
    told = [
        Entry(
            row.at,
            hub.house.unit_name(row.unit),
            row.status,
            row.reason,
            scrub_note(row.note, names, complaint.reporter),
            photos=tuple(pictures.get(row.id, ())),
        )
        for row in rows
    ]
    letters = [Entry(at, words=words) for at, words in views.letters_to(connection, complaint.id)]
    heard = {entry.words for entry in told}
    own = [Entry(row.at, words=row.text, mine=True) for row in views.own_words(connection, complaint.id)]
    return sorted((*told, *own, *(one for one in letters if one.words not in heard)), key=_when, reverse=True)


def _when(entry: Entry) -> datetime:
    return entry.at


def _step(status: str) -> int:
    """Give how far along it is: 0 to 3, -1 where it ended otherwise."""
    known = {"koordinasi": "disposisi"}.get(status, status)
    return STEPS.index(known) if known in STEPS else -1


def _promise(report: Row[Any], zone: str, spoken: Language) -> str:
    """Spell the day by which an answer is due; empty once there was one, or it is over."""
    if report.status in CLOSED or report.answered_at is not None:
        return ""
    received: date = report.created_at.astimezone(ZoneInfo(zone)).date()
    day = working_day_after(received, TERMS[category(report.category).legal_class])
    return format_date(day, "EEEE, d MMMM y", locale=spoken.locale)


async def _keep(request: Request, complaint: Row[Any], key: str, text: str, photos: tuple[Upload, ...]) -> bool:
    """Store what was added. False where nobody is known who could have said it."""
    hub = hub_of(request)
    who: Reporter | None = await hub.store.read(
        lambda connection: people.reporter(connection, complaint.reporter) if complaint.reporter else None
    )
    if who is None:
        return False
    item = write_note(
        key,
        complaint=complaint.native_id,
        reporter=who,
        at=hub.store.now(),
        text=text,
        anonim=complaint.anonim,
        rahasia=complaint.rahasia,
        photos=photos,
    )
    await take_items(hub.store, complaint.channel, [item])
    hub.processor.ring()
    return True
