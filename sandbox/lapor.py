"""A stand-in for LAPOR!'s interfaces: topics and reports in JSON, reports and statuses taken in XML, from memory.

The list of reports, the way back for a status and most names are made up: LAPOR!'s own are not public.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Literal
from xml.parsers import expat

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

Fault = Literal["", "401", "429", "500", "timeout", "html", "refused-json", "lost"]
TOPICS = "/api/services/f01/gettopics"
REPORTS = "/api/services/f01/getreports"
ADD_STREAM = "/api/stream/addstream"
STATUS = "/api/stream/addstatus"
FIRST_ID = 9_160_001

TOPIC_LIST = [
    {"id": "3", "parent": "0", "topic_name": "PEKERJAAN UMUM DAN PENATAAN RUANG"},
    {"id": "13", "parent": "3", "topic_name": "JALAN BERLUBANG"},
    {"id": "21", "parent": "0", "topic_name": "TOPIK LAINNYA"},
]


class Stream:
    """What LAPOR! shows at this moment, and what was sent there."""

    def __init__(self) -> None:
        self.fault: Fault = ""
        """What goes wrong with every request from now on."""
        self.statuses: list[dict[str, str]] = []
        """Statuses taken: trackingid, status, isi. A reference (`referensi`) counts once."""
        self.pushed: list[dict[str, str]] = []
        """Reports taken: isi, rahasia, anonim, email, namadepan, and the trackingid they got."""
        self._references: dict[str, str] = {}
        self._reports: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(FIRST_ID)
        self._transactions = itertools.count(1)

    def show(self, report: Mapping[str, Any]) -> str:
        """Let a report appear or change, before all others. Gives its tracking id, a new one where it has none."""
        name = str(report.get("TrackingID") or f"#{next(self._ids)}")
        rest = {other: row for other, row in self._reports.items() if other != name}
        self._reports = {name: {"TrackingID": name, **report}} | rest
        return name.lstrip("#")

    def progress(self, tracking_id: str, status: str, answer: str = "") -> None:
        """Move a report's status; `answer` is what the agency wrote."""
        report = self._reports[f"#{tracking_id.lstrip('#')}"]
        report["status"] = status
        if answer:
            report["tindak_lanjut"] = answer

    def reports(self) -> list[dict[str, Any]]:
        """Give the whole list; secret reports and reporters are not in it."""
        hidden = {"pelapor", "rahasia"}
        return [
            {name: value for name, value in report.items() if name not in hidden}
            for report in self._reports.values()
            if report.get("rahasia") != "1"
        ]

    def push(self, sent: Mapping[str, str]) -> tuple[str, str]:
        """Take a report; give its tracking id and the number of the transaction."""
        name = self.show({"isi": sent.get("isi", ""), "rahasia": sent.get("rahasia", "0"), "status": "Belum"})
        self.pushed.append({**sent, "trackingid": name})
        return name, str(next(self._transactions))

    def take(self, sent: Mapping[str, str]) -> str:
        """Take a status unless its reference is known; give the number of the transaction. Raises KeyError."""
        reference = sent.get("referensi", "")
        if reference in self._references:
            return self._references[reference]
        self.progress(sent["trackingid"], sent.get("status", ""), sent.get("isi", ""))
        self.statuses.append(dict(sent))
        number = str(next(self._transactions))
        if reference:
            self._references[reference] = number
        return number


def make_app(stream: Stream, token: str = "", delay: float = 60) -> Starlette:
    """Serve LAPOR!; with a token only to those who send it. A time-out lasts `delay` seconds."""

    async def topics(request: Request) -> Response:
        return await _refusal(request, stream, token, delay) or JSONResponse(TOPIC_LIST)

    async def reports(request: Request) -> Response:
        if refusal := await _refusal(request, stream, token, delay):
            return refusal
        form = await request.form()
        found, size = stream.reports(), int(str(form.get("limit") or 0))
        start = (int(str(form.get("page") or 1)) - 1) * size
        return JSONResponse(found[start : start + size] if size else found)

    async def add_stream(request: Request) -> Response:
        if refusal := await _refusal(request, stream, token, delay, _sent(await request.body())):
            return refusal
        name, number = stream.push(_sent(await request.body()))
        return await _taken(stream, delay, name, number)

    async def status(request: Request) -> Response:
        sent = _sent(await request.body())
        if refusal := await _refusal(request, stream, token, delay, sent):
            return refusal
        try:
            number = stream.take(sent)
        except KeyError:
            return Response(status_code=404)
        return await _taken(stream, delay, sent["trackingid"], number)

    ways = {TOPICS: topics, REPORTS: reports, ADD_STREAM: add_stream, STATUS: status}
    return Starlette(routes=[Route(path, endpoint, methods=["POST"]) for path, endpoint in ways.items()])


def _sent(body: bytes) -> dict[str, str]:
    """Read XML flatly: every element's text and every attribute by its name. Raises ValueError."""
    found: dict[str, str] = {}
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name)
        found.update(attributes)

    def words(text: str) -> None:
        found[inside[-1]] = found.get(inside[-1], "") + text

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    parser.CharacterDataHandler = words
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError("not XML") from error
    return found


async def _taken(stream: Stream, delay: float, name: str, number: str) -> Response:
    if stream.fault == "lost":
        await anyio.sleep(delay)
    body = f"<respon><hasil><trackingid>{name}</trackingid></hasil><transaksiid>{number}</transaksiid></respon>"
    return Response(body, media_type="text/xml")


async def _refusal(
    request: Request, stream: Stream, token: str, delay: float, sent: Mapping[str, str] | None = None
) -> Response | None:
    shown = sent.get("token", "") if sent is not None else (await request.form()).get("KEYTOKEN", "")
    if token and shown != token:
        return Response(status_code=401)
    match stream.fault:
        case "401" | "429" | "500":
            return Response(status_code=int(stream.fault))
        case "html":
            return HTMLResponse("<!doctype html><title>LAPOR!</title>")
        case "refused-json":
            return JSONResponse({"status": "error", "message": "token"})
        case "timeout":
            await anyio.sleep(delay)
    return None
