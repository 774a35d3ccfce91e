"""What goes wrong, told to people on a page and to programs as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.store.engine import StoreBusy, StoreError
from hub.web.access import SAFE, DutyFirst, SignInNeeded
from hub.web.headers import HEADERS
from hub.web.language import language_of, mark
from hub.web.pages import page
from hub.web.visitors import TooManyAttempts

_log = structlog.get_logger()
FOR_MACHINES = ("/api/", "/hooks/", "/open311/", "/metrics", "/healthz", "/readyz")
BUSY_SECONDS = "5"

TITLES = {
    400: mark("This cannot be read"),
    401: mark("Please sign in"),
    403: mark("This is not for your account"),
    404: mark("There is nothing here"),
    405: mark("This cannot be done here"),
    410: mark("This has been erased"),
    413: mark("This is too large"),
    429: mark("Too many attempts"),
    503: mark("Busy just now"),
}
ADVICE = {
    403: mark("Ask your administrator, or sign in with another account."),
    404: mark("The page does not exist, or it belongs to another area."),
    429: mark("Please wait a few minutes."),
    503: mark("Many complaints are coming in. Please try again in a few seconds."),
}
CSRF = mark("The page was open for too long. Go back, load it again and send once more.")
BROKEN = mark("Something went wrong on our side")
BROKEN_ADVICE = mark("It has been noted. Please try again.")


def problem(status: int, title: str, headers: Mapping[str, str] | None = None, **members: Any) -> JSONResponse:
    """Answer a program: type, title and status, and whatever helps."""
    body = {"type": "about:blank", "title": title, "status": status, **members}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _answer(request: Request, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    if request.url.path.startswith(FOR_MACHINES):
        return problem(status, TITLES.get(status, BROKEN), headers, **({"detail": detail} if detail else {}))
    translate = language_of(request).gettext
    advice = CSRF if detail == "csrf" else ADVICE.get(status, BROKEN_ADVICE)
    title = translate(TITLES.get(status, BROKEN))
    answer = page(request, "error.html", status, title=title, advice=translate(advice))
    answer.headers.update(headers or {})
    return answer


async def on_http_error(request: Request, error: Exception) -> Response:
    """Not found, not allowed, too large."""
    if not isinstance(error, HTTPException):
        return await on_bug(request, error)
    detail = "" if error.detail == HTTPStatus(error.status_code).phrase else error.detail
    return _answer(request, error.status_code, detail, error.headers)


async def on_sign_in_needed(request: Request, _error: Exception) -> Response:
    """Send a browser to the login and back; tell a program."""
    if request.url.path.startswith(FOR_MACHINES):
        return _answer(request, 401, headers={"WWW-Authenticate": 'Bearer realm="aduan"'})
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={"HX-Redirect": "/masuk"})
    back = request.url.path if request.method in SAFE else ""
    return RedirectResponse(f"/masuk?kembali={back}", 303)


async def on_duty_first(request: Request, _error: Exception) -> Response:
    """Send staff to their own account: there it says what is due."""
    if request.url.path.startswith(FOR_MACHINES):
        return _answer(request, 403, "sign in with a browser first: a password or a second factor is due")
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={"HX-Redirect": "/akun"})
    return RedirectResponse("/akun", 303)


async def on_too_many(request: Request, error: Exception) -> Response:
    """Slow down."""
    after = int(error.after.total_seconds()) + 1 if isinstance(error, TooManyAttempts) else 60
    return _answer(request, 429, headers={"Retry-After": str(after)})


async def on_busy(request: Request, error: Exception) -> Response:
    """The store cannot take more just now."""
    if not isinstance(error, StoreBusy):
        _log.error("store refused", path=_route(request), reason=str(error))
    return _answer(request, 503, headers={"Retry-After": BUSY_SECONDS})


async def on_bug(request: Request, error: Exception) -> Response:
    """Ours to repair: the traceback goes to the log, never to the page."""
    _log.error("page failed", path=_route(request), kind=type(error).__name__)
    # This answer is made outside of the middleware that dresses all others.
    return _answer(request, 500, headers=HEADERS)


def _route(request: Request) -> str:
    """Name the page without what stands in its address: a tracking page's is a secret."""
    return str(getattr(request.scope.get("route"), "path", ""))


HANDLERS: dict[Any, Any] = {
    HTTPException: on_http_error,
    SignInNeeded: on_sign_in_needed,
    DutyFirst: on_duty_first,
    TooManyAttempts: on_too_many,
    StoreError: on_busy,
    Exception: on_bug,
}
