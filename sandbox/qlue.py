"""A stand-in for Qlue: the second generation's list, its histories, and a way back that never was, all from memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

Fault = Literal["", "401", "429", "500", "timeout", "html", "empty"]
LIST = "/qluein_marker_v3.php"
HISTORY = "/web_list_history_progress.php"
REPLIES = "/replies"


class Feed:
    """What Qlue shows at this moment, and what was answered there."""

    def __init__(self) -> None:
        self.fault: Fault = ""
        """What goes wrong with every request from now on."""
        self.replies: dict[str, dict[str, Any]] = {}
        """Replies by their key: the body, and the report as `pid`. A key counts once."""
        self._markers: dict[str, dict[str, Any]] = {}
        self._histories: dict[str, list[dict[str, Any]]] = {}

    def show(self, marker: Mapping[str, Any]) -> None:
        """Let a report (a row of the second generation, with `id`) appear or change. The newest stands first."""
        rest = {name: row for name, row in self._markers.items() if name != str(marker["id"])}
        self._markers = {str(marker["id"]): dict(marker)} | rest

    def hide(self, report: str) -> None:
        """Let a report leave the list."""
        self._markers.pop(report, None)

    def progress(self, report: str, status: str, entry: Mapping[str, Any] | None = None) -> None:
        """Move a report's status; `entry` is what the officials wrote, in the history's six fields."""
        marker: dict[str, Any] = json.loads(json.dumps(self._markers[report]))
        marker["profile"]["detail"]["status"] = status
        self._markers[report] = marker
        if entry is not None:
            self._histories.setdefault(report, []).append({**entry, "status": status})

    def markers(self) -> list[dict[str, Any]]:
        """Give the whole list, as every poll gets it."""
        return list(self._markers.values())

    def history(self, report: str) -> list[dict[str, Any]]:
        """Give what officials, and replies, say about a report."""
        return self._histories.get(report, [])

    def take(self, report: str, key: str, body: Mapping[str, Any]) -> None:
        """Take a reply into the history, unless its key is known."""
        if key not in self.replies:
            self.replies[key] = {**body, "pid": report}
            self._histories.setdefault(report, []).append(dict(body))


def make_app(feed: Feed, token: str = "", delay: float = 60) -> Starlette:
    """Serve a feed; with a token only to those who send it. A time-out lasts `delay` seconds."""

    async def markers(request: Request) -> Response:
        return await _refusal(request, feed, token, delay) or JSONResponse(feed.markers())

    async def history(request: Request) -> Response:
        return await _refusal(request, feed, token, delay) or JSONResponse(feed.history(_report(request)))

    async def reply(request: Request) -> Response:
        if refusal := await _refusal(request, feed, token, delay):
            return refusal
        key = request.headers.get("idempotency-key", "").strip('"')
        if not (key and _report(request)):
            return JSONResponse({"error": "Idempotency-Key and pid are needed"}, 400)
        feed.take(_report(request), key, await request.json())
        return JSONResponse({"accepted": True}, 202)

    return Starlette(routes=[Route(LIST, markers), Route(HISTORY, history), Route(REPLIES, reply, methods=["POST"])])


def _report(request: Request) -> str:
    return request.query_params.get("pid", "")


async def _refusal(request: Request, feed: Feed, token: str, delay: float) -> Response | None:
    if token and request.headers.get("token") != token:
        return Response(status_code=401)
    match feed.fault:
        case "401" | "429" | "500":
            return Response(status_code=int(feed.fault))
        case "html":
            return HTMLResponse("<!doctype html><title>Qlue</title>")
        case "empty":
            return JSONResponse([])
        case "timeout":
            await anyio.sleep(delay)
    return None
