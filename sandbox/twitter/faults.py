"""What X answers when something is wrong, in the shapes that were documented or seen (X API v2, 2.166)."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

Fault = Literal[
    "",
    "401",
    "402",
    "403",
    "403-bare",
    "429",
    "429-bare",
    "429-legacy",
    "429-html",
    "429-date",
    "cap-daily",
    "cap-monthly",
    "400",
    "500",
    "502",
    "503",
    "503-html",
    "503-empty",
    "200-html",
    "empty",
    "loop",
    "slow",
    "cut",
    "lost",
]
"""`empty`: no posts; `loop`: every page names the same next one; `slow`: no answer for long; `cut`: the connection
breaks within the answer; `lost`: the same, after a reply was taken."""

_TYPES = "https://api.twitter.com/2/problems/"
PAGE = "<!doctype html><title>X</title><h1>Something went wrong</h1>"


def problem(status: int, title: str, detail: str, kind: str = "", **more: Any) -> JSONResponse:
    """Give a problem document; `kind` is the last part of its type."""
    body = {"title": title, "detail": detail, "type": _TYPES + kind if kind else "about:blank", "status": status}
    return JSONResponse(body | more, status, media_type="application/problem+json")


def invalid(name: str, value: str) -> JSONResponse:
    """Refuse a parameter's value."""
    said = f"The `{name}` query parameter value [{value}] is not valid"
    return JSONResponse(
        {
            "errors": [{"parameters": {name: [value]}, "message": said}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": _TYPES + "invalid-request",
        },
        400,
    )


def unauthorized() -> JSONResponse:
    """Refuse the keys."""
    return problem(401, "Unauthorized", "Unauthorized")


def capped(period: str) -> JSONResponse:
    """Say that a quota is used up."""
    return problem(429, "UsageCapExceeded", "Usage cap exceeded", "usage-capped", period=period, scope="Product")


def answer(fault: Fault, reset: int) -> Response | None:
    """Give the answer to every request under a fault; None where the request is served. `reset`: unix seconds."""
    window = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
    enroll = {"reason": "client-not-enrolled", "registration_url": "https://developer.x.com"}
    legacy = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
    too_many = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    answers: dict[str, Response] = {
        "401": unauthorized(),
        "402": problem(402, "Payment Required", "No credits"),
        "403": problem(403, "Client Forbidden", "Not enrolled", "client-forbidden", **enroll),
        "403-bare": Response(status_code=403),
        "429": JSONResponse(too_many, 429, window),
        "429-bare": JSONResponse(too_many, 429),
        "429-legacy": JSONResponse(legacy, 429, window),
        "429-html": HTMLResponse(PAGE, 429, window),
        "cap-daily": capped("Daily"),
        "cap-monthly": capped("Monthly"),
        "400": invalid("start_time", "yesterday"),
        "500": problem(500, "Internal Server Error", "Internal Server Error"),
        "502": HTMLResponse(PAGE, 502),
        "503": problem(503, "Service Unavailable", "Service Unavailable"),
        "503-html": HTMLResponse(PAGE, 503),
        "503-empty": Response(status_code=503),
        "200-html": HTMLResponse(PAGE),
        "empty": JSONResponse({"meta": {"result_count": 0}}),
        "cut": Cut(),
    }
    return answers.get(fault)


class Cut(Response):
    """Promises more than it sends: the server then breaks the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the beginning only."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"data"', "more_body": True})
