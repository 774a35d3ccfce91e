"""What staff write under a report: an answer to all its citizens or to one, a note for colleagues, photos, the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.images import ImageError
from hub.pipeline.desk import NotAllowed
from hub.store import views_dialogue
from hub.store import views_report as views
from hub.uploads import BadUpload, take_photos
from hub.web.forms import actor, form_key, key, typed, version
from hub.web.language import mark
from hub.web.pages import hub_of

LONGEST = 4000
NOTHING = mark("nothing was changed: write a note, or choose something else than it is")
PUBLIC_TOO = mark("there are words for citizens in the form as well: send them, or empty that field first")
NO_WORDS = mark("“done” needs a word to the citizens: write what was done")
NO_PICTURE = mark("“done” needs a photo of the result, or the reason why there is none")
STATUS_FOR_ALL = mark("the status is everybody's: answer all citizens, or leave the status as it is")
PHOTOS_FOR_ALL = mark("photos go to all citizens: answer all, or leave them out")
REFUSALS = (
    mark("only a finished report may say why it has no photo"),
    mark("write what you want to tell this citizen"),
    mark("this citizen cannot be told on their channel"),
)
"""What the desk says, for the catalogs."""
FLAWS = {
    "photos-many": mark("at most 4 photos at once"),
    "photos-large": mark("a photo may have 10 MB at most, all together 20 MB"),
    "photos-kind": mark("only photos can be added: JPEG, PNG, WebP or HEIC"),
}


async def follow_up(request: Request, report: Row[Any], form: FormData) -> str:
    """Record what was done or said. Raises NotAllowed, Conflict."""
    if complaint := key(form, "warga"):
        return await _tell(request, report, form, complaint)
    said = read_said(report, form)
    photos = await _photos(form)
    if form.get("hanya") == "internal":
        said = _internal_only(form, said)
        photos = []
    if not any(said.values()) and not photos:
        raise NotAllowed(NOTHING)
    await _check_end(request, report, said, photos)
    try:
        await hub_of(request).desk.follow_up(
            report.number, version(form), actor(request), **said, photos=photos, form=form_key(form)
        )
    except ImageError:
        raise NotAllowed(FLAWS["photos-kind"]) from None
    return str(report.number)


def read_said(report: Row[Any], form: FormData) -> dict[str, str]:
    """Read the fields; what is as it was when the form was shown says nothing."""
    said = {name: typed(form, name, LONGEST) for name in ("status", "reason", "note", "note_internal", "no_photo")}
    if form.get("lalu") == "selesai":
        said["status"] = "selesai"
    # A form that comes a second time must read as it did the first time, when the report was still as before.
    if said["status"] == (typed(form, "was_status", 20) or report.status):
        said["status"] = ""
    if said["status"] != "ditolak":
        said["reason"] = ""
    if said["status"] != "selesai":
        said["no_photo"] = ""
    return said


def _internal_only(form: FormData, said: dict[str, str]) -> dict[str, str]:
    """Leave out what is for citizens. Where no script keeps their words, they would be lost: refused then."""
    if said["note"] and form.get("draf") != "1":
        raise NotAllowed(PUBLIC_TOO)
    return {name: value if name == "note_internal" else "" for name, value in said.items()}


async def _photos(form: FormData) -> list[bytes]:
    try:
        return [one.data for one in await take_photos(form, "foto")]
    except BadUpload as bad:
        raise NotAllowed(FLAWS[bad.flaw]) from None


async def _check_end(request: Request, report: Row[Any], said: dict[str, str], photos: Sequence[bytes]) -> None:
    """A report is done when its citizens are told what was done, and can see it or read why not."""
    if said["status"] != "selesai":
        return
    if not said["note"]:
        raise NotAllowed(NO_WORDS)
    if photos or said["no_photo"]:
        said["no_photo"] = "" if photos else said["no_photo"]
        return
    shown = await hub_of(request).store.read(lambda c: views_dialogue.result_photos(c, report.id))
    if not shown:
        raise NotAllowed(NO_PICTURE)


async def _tell(request: Request, report: Row[Any], form: FormData, complaint: int) -> str:
    """Answer one citizen; what is for all is refused, not dropped."""
    hub, said = hub_of(request), read_said(report, form)
    if said["status"]:
        raise NotAllowed(STATUS_FOR_ALL)
    if await _photos(form):
        raise NotAllowed(PHOTOS_FOR_ALL)
    if not await hub.store.read(lambda c: views.has_complaint(c, report.id, complaint)):
        raise HTTPException(404)
    await hub.desk.tell(
        report.number, version(form), actor(request), complaint=complaint, text=said["note"], form=form_key(form)
    )
    if said["note_internal"]:
        await _note_too(request, report, form, said["note_internal"])
    return str(report.number)


async def _note_too(request: Request, report: Row[Any], form: FormData, words: str) -> None:
    """The note among colleagues that stood beside it: of the report as the answer left it."""
    desk = hub_of(request).desk
    await desk.follow_up(report.number, None, actor(request), note_internal=words, form=form_key(form))
