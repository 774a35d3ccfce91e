"""A clerk's look at a photo before everybody sees it: let it be shown, make faces and plates unreadable, or keep it."""

from __future__ import annotations

from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pixelate import pixelate
from hub.store import blurs
from hub.store.audit import write_audit
from hub.store.blurs import Area, Choice
from hub.web.access import Routes
from hub.web.forms import actor, key, typed
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page
from hub.web.report import LOOKS_ONLY
from hub.web.visitors import visitor_of

CHOICES: dict[str, Choice] = {"tampil": "shown", "samarkan": "blurred", "jangan": "kept"}
COLUMNS, LINES = 16, 12
"""Fields that are laid over a photo, to be marked one by one or by drawing over them."""
MOST = COLUMNS * LINES
NO_PARTS = mark("Mark at least one part of the photo, or let it be shown as it is.")
MEANWHILE = mark("Somebody else decided about this photo meanwhile. Please look again.")
_drawing = anyio.CapacityLimiter(2)


def add_routes(routes: Routes) -> None:
    """Add the page."""
    routes.add("/foto/{name}/samarkan", show, access="staff")
    routes.add("/foto/{name}/samarkan", decide, access="staff", methods=["POST"])


async def show(request: Request) -> Response:
    """Show a photo of a report that this account sees, with what was decided of it."""
    return _page(request, await _photo(request))


async def decide(request: Request) -> Response:
    """Keep what is decided, and go back to the report."""
    photo, form = await _photo(request), await request.form()
    choice = CHOICES.get(typed(form, "pilihan", 20))
    if visitor_of(request).staff.role in LOOKS_ONLY:
        raise HTTPException(403)
    if choice is None:
        raise HTTPException(400)
    areas = read_areas(form) if choice == "blurred" else []
    if choice == "blurred" and not areas:
        return _page(request, photo, 422, NO_PARTS)
    if not await _keep(request, photo, choice, areas, seen=key(form, "seen")):
        return _page(request, await _photo(request), 409, MEANWHILE)
    return RedirectResponse(f"/laporan/{photo.number}", 303)


async def _photo(request: Request) -> Row[Any]:
    name, sight = request.path_params["name"], visitor_of(request).sight
    photo = await hub_of(request).store.read(lambda connection: blurs.photo_of(connection, name, sight))
    if photo is None:
        raise HTTPException(404)
    return photo


def _page(request: Request, photo: Row[Any], status: int = 200, flaw: str = "") -> Response:
    may_act = visitor_of(request).staff.role not in LOOKS_ONLY
    private = photo.audience == "private" or bool(photo.rahasia)
    flaw = language_of(request).gettext(flaw) if flaw else ""
    marked = {tuple(area) for area in photo.areas or ()}
    context: dict[str, Any] = {"photo": photo, "areas": marked, "private": private, "may_act": may_act, "flaw": flaw}
    return page(request, "public_blur.html", status, columns=COLUMNS, fields=_fields(), **context)


def _fields() -> list[Area]:
    """Lay the fields over a photo, line by line."""
    across = [round(1000 * at / COLUMNS) for at in range(COLUMNS + 1)]
    down = [round(1000 * at / LINES) for at in range(LINES + 1)]
    return [
        (across[x], down[y], across[x + 1] - across[x], down[y + 1] - down[y])
        for y in range(LINES)
        for x in range(COLUMNS)
    ]


def read_areas(form: FormData) -> list[Area]:
    """Read the parts, `left,top,width,height` in thousandths each; what is none is left out."""
    found = []
    for text in [str(value) for value in form.getlist("bagian")][:MOST]:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) == 4 and all(part.isdecimal() and len(part) < 5 for part in parts):
            left, top, width, height = (int(part) for part in parts)
            if left < 1000 and top < 1000 and width and height:
                found.append((left, top, min(width, 1000 - left), min(height, 1000 - top)))
    return found


async def _keep(request: Request, photo: Row[Any], choice: Choice, areas: list[Area], *, seen: int) -> bool:
    """Draw the copy, store it, and record who decided; False where somebody else did meanwhile."""
    hub, by, content = hub_of(request), actor(request), ""
    if choice == "blurred":
        try:
            draw = partial(_draw, hub.store.blobs, photo.content, areas)
            content = await anyio.to_thread.run_sync(draw, limiter=_drawing)
        except OSError:
            raise HTTPException(410) from None
    now = hub.store.now()

    def write(connection: Connection) -> bool:
        made: dict[str, Any] = {"areas": areas, "content": content, "seen": seen, "by": by, "at": now}
        if not blurs.decide_photo(connection, photo.id, choice, **made):
            return False
        write_audit(connection, now, by, f"photo-{choice}", photo.number)
        return True

    return await hub.store.write(write)


def _draw(store: Any, content: str, areas: list[Area]) -> str:
    return str(store.put(pixelate(store.get(content), areas)))
