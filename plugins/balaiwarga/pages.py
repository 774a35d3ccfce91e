"""The form, its receipt and its script."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import segno
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub import uploads
from hub.plugin import TryAgain
from hub.uploads import BadUpload, Upload
from plugins.balaiwarga.channel import BalaiWarga
from plugins.balaiwarga.guard import ANSWER, TRAP, is_suspect
from plugins.balaiwarga.submission import SHORT, TICKS, WORDS, find_flaws, make_submission
from plugins.balaiwarga.ticket import Ticket

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
HARDEST = WORDS * 4
"""Letters of one field that are shown again; nobody types more by hand."""
EMPTY: dict[str, str] = {"cerita": "", "anonim": "1", "rahasia": "", **dict.fromkeys(SHORT, "")}


async def show_form(request: Request) -> Response:
    """Show an empty form with a ticket of its own."""
    channel = _channel(request)
    return _form(request, channel, await channel.new_ticket(), EMPTY)


async def submit(request: Request) -> Response:
    """Take a form: 303 to its receipt, or the same form with what must be put right."""
    channel, form = _channel(request), await request.form()
    said = _said(form)
    ticket = channel.stamp.open("formulir", _text(form, "tiket"))
    if ticket is None:
        return _form(request, channel, await channel.new_ticket(), said, ["expired"])
    flaws, photos = await _examine(form, said)
    now, address = channel.context.clock(), request.client.host if request.client else ""
    others = channel.visits.count_others(address, ticket.key, now)
    answers = {name: _text(form, name) for name in (TRAP, ANSWER)}
    asks = is_suspect(answers, ticket, now, others)
    if flaws or asks:
        return _form(request, channel, ticket, said, flaws, asks=asks, again=_has_files(form))
    try:
        await channel.keep(ticket, make_submission(said, photos))
    except TryAgain:
        return _form(request, channel, ticket, said, ["busy"], again=_has_files(form))
    channel.visits.note(address, ticket.key, now)
    receipt = channel.stamp.seal("terima", replace(ticket, at=int(now.timestamp())))
    return RedirectResponse(f"/lapor/tanda-terima?t={receipt}", 303, headers=PRIVATE)


async def show_receipt(request: Request) -> Response:
    """Show number and private address again and again, to whoever was led here after sending."""
    channel = _channel(request)
    ticket = channel.stamp.open("terima", request.query_params.get("t", ""))
    if ticket is None:
        raise HTTPException(404)
    at = datetime.fromtimestamp(ticket.at, UTC)
    link = channel.tracking_link(ticket)
    drawn = Markup(segno.make(link, micro=False).svg_inline(scale=4, border=2, dark="#000", light="#fff"))  # noqa: S704 - squares
    names = {"number": ticket.number, "at": at, "link": link, "drawn": drawn, "script": script_url()}
    return _private(request.state.render(TEMPLATES, "tanda_terima.html", **names))


async def give_script(_request: Request) -> Response:
    """Give what makes the form easier where JavaScript is on."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_script(), media_type="text/javascript", headers=headers)


def _channel(request: Request) -> BalaiWarga:
    """Give the channel that the form belongs to. 404 where none is configured."""
    found = request.state.channels(BalaiWarga.kind)
    if not found:
        raise HTTPException(404)
    channel: BalaiWarga = found[0]
    return channel


def _said(form: FormData) -> dict[str, str]:
    """Give what was typed, also where it is too long: it must not be lost."""
    typed = {name: _text(form, name)[:HARDEST] for name in ("cerita", *SHORT)}
    return typed | {name: "1" if form.get(name) else "" for name in TICKS}


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.replace("\0", "").replace("\r\n", "\n") if isinstance(value, str) else ""


async def _examine(form: FormData, said: Mapping[str, str]) -> tuple[list[str], tuple[Upload, ...]]:
    try:
        return find_flaws(said), await uploads.take_photos(form, "foto")
    except BadUpload as bad:
        return [*find_flaws(said), bad.flaw], ()


def _has_files(form: FormData) -> bool:
    return any(not isinstance(one, str) and one.filename for one in form.getlist("foto"))


def _form(
    request: Request,
    channel: BalaiWarga,
    ticket: Ticket,
    said: Mapping[str, str],
    flaws: list[str] | None = None,
    *,
    asks: bool = False,
    again: bool = False,
) -> Response:
    names = {
        "ticket": channel.stamp.seal("formulir", ticket),
        "said": said,
        "flaws": flaws or [],
        "asked": ticket.sum if asks else None,
        "again": again,
        "emergency": channel.options.emergency,
        "most": {"words": WORDS, "photos": uploads.MOST, "bytes": uploads.MAX_BYTES, "total": uploads.MAX_TOTAL},
        "lengths": SHORT,
        "trap": TRAP,
        "answer": ANSWER,
        "script": script_url(),
    }
    status = 503 if "busy" in (flaws or ()) else 422 if flaws or asks else 200
    response = _private(request.state.render(TEMPLATES, "lapor.html", status, **names))
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _private(response: Response) -> Response:
    response.headers.update(PRIVATE)
    return response


@cache
def _script() -> bytes:
    return (HERE / "lapor.js").read_bytes()


@cache
def script_url() -> str:
    """Give the script's address; it changes with its content."""
    return f"/lapor/lapor.js?v={hashlib.sha256(_script()).hexdigest()[:10]}"
