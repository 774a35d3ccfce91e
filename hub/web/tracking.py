"""Where a citizen sees what has become of a complaint: by number what everybody may know, by the secret address all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.citizen_note import write_note
from hub.pipeline.intake import take_items
from hub.store import views_tracking as views
from hub.uploads import FORM_BYTES, BadUpload, Upload, take_photos
from hub.web.access import Routes
from hub.web.limits import Attempts
from hub.web.pages import hub_of, page
from hub.web.tracking_story import PRIVATE, WORDS, show_story, speaker_of
from hub.web.visitors import TooManyAttempts
from normalizer.number import make_number, read_number

CODE = re.compile(r"[a-z2-7]{24}")
SOON, LATER = 3, 15
"""Seconds between two looks for a complaint that is still being read: for the first ten, then."""
TURNS = 60
WISHES = {"keterangan": "", "belum": "BELUM SELESAI", "beda": "BEDA"}
"""What a button says in the words that the hub understands on every channel."""


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
        return await show_story(request, complaint)

    async def add(self, request: Request) -> Response:
        """Take more words, photos, "not done" or "not mine": an item of the complaint's own channel."""
        complaint, form = await self._complaint(request), await request.form()
        if complaint is None:
            return _wait(request)
        if complaint.state == "erased":
            raise HTTPException(410)
        wish = str(form.get("maksud", ""))
        typed = str(form.get("kata", "")).replace("\0", "").replace("\r\n", "\n").strip()
        try:
            photos = await take_photos(form, "foto")
        except BadUpload as bad:
            return await show_story(request, complaint, typed, bad.flaw)
        if wish not in WISHES or len(typed) > WORDS or not (typed or photos or WISHES[wish]):
            return await show_story(request, complaint, typed, "long" if len(typed) > WORDS else "empty")
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


async def _keep(request: Request, complaint: Row[Any], key: str, text: str, photos: tuple[Upload, ...]) -> bool:
    """Store what was added. False where nobody is known who could have said it."""
    hub = hub_of(request)
    who = await hub.store.read(lambda connection: speaker_of(connection, complaint))
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
