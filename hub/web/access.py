"""No route without an access rule: the one door through which the hub's own routes and those of plugins go.

public: anybody. staff: any account. admin: accounts of role `operator` or `admin`. signed: any account, or a link with
a signature over its path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial, wraps
from secrets import compare_digest
from typing import Any, get_args

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.plugin import Access
from hub.web.signing import PARAMETER, is_signed, unmask
from hub.web.visitors import GUEST_COOKIE, Visitor, keep_cookie

Endpoint = Callable[[Request], Awaitable[Response]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_SIZE = 256 * 1024
FIRST = ("/akun", "/keluar", "/masuk", "/bahasa/")
"""Where one may go although something is due."""
SPELLED = frozenset({b"utf-8", b"utf8"})
"""How forms may say that their letters are spelled; browsers say nothing, and send UTF-8."""


class NoAccessRule(ValueError):
    """A route was announced without saying who may use it."""


class SignInNeeded(Exception):
    """Only for accounts."""


class DutyFirst(Exception):
    """A password to choose or a second factor to set up comes before everything else."""


class Routes:
    """Collects routes; refuses one without an access rule."""

    def __init__(self) -> None:
        self.routes: list[BaseRoute] = []
        self.rules: dict[str, Access] = {}
        """Access by path, for tests and docs."""

    def add(
        self,
        path: str,
        endpoint: Endpoint,
        access: Access | None = None,
        *,
        methods: Sequence[str] = ("GET",),
        machines: bool = False,
        max_body: int = FORM_SIZE,
    ) -> None:
        """Add a route. Raises NoAccessRule.

        `machines`: called by programs. They show who they are by the Authorization header; cookies count for nothing,
        so no form of another site can use them.
        """
        if access is None or access not in get_args(Access):
            raise NoAccessRule(f"{path}: say access=public, staff, admin or signed")
        guarded = guard(endpoint, access, machines=machines)
        self.routes.append(Route(path, guarded, methods=list(methods), max_body_size=max_body))
        self.rules[path] = access


def guard(endpoint: Endpoint, access: Access, *, machines: bool = False) -> Endpoint:
    """Wrap an endpoint: who asks is found out, the access rule and the form's token are checked before it runs."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        door = request.app.state.door
        request.state.machines = machines
        visitor: Visitor = await (door.by_header(request) if machines else door.by_cookie(request))
        request.state.visitor = visitor
        offer = request.app.state.offer
        request.state.page, request.state.render = partial(offer.page, request), partial(offer.render, request)
        request.state.csrf, request.state.channels = partial(offer.csrf, request), partial(offer.channels, request)
        _check_access(request, visitor, access)
        try:
            if request.method not in SAFE and not machines:
                _check_spelling(request)
                await _check_form(request, visitor)
            response = await endpoint(request)
        finally:
            await request.close()  # lets go of the files that came with a form
        if getattr(request.state, "shows_form", False) and visitor.guest:
            keep_cookie(request, response, GUEST_COOKIE, visitor.guest)
        return response

    return guarded


def _check_access(request: Request, visitor: Visitor, access: Access) -> None:
    if access == "public":
        return
    if access == "signed" and _has_signature(request):
        return
    if visitor.account is None:
        raise SignInNeeded
    if access == "admin" and not visitor.runs_the_hub:
        raise HTTPException(403)
    if visitor.due and not request.url.path.startswith(FIRST):
        raise DutyFirst


def _has_signature(request: Request) -> bool:
    signature = request.query_params.get(PARAMETER, "")
    return bool(signature) and is_signed(request.app.state.secret, request.url.path, signature)


def _check_spelling(request: Request) -> None:
    """Some spellings that a form may name take minutes to read, others make letters that cannot be stored."""
    _, said = parse_options_header(request.headers.get("content-type"))
    if said.get(b"charset", b"utf-8").lower() not in SPELLED:
        raise HTTPException(400)


async def _check_form(request: Request, visitor: Visitor) -> None:
    """The token of the session must come with every change: in the form, or in a header."""
    sent: Any = request.headers.get("x-csrf-token") or (await request.form()).get("csrf", "")
    known = visitor.csrf if not visitor.guest or request.cookies.get(GUEST_COOKIE) == visitor.guest else ""
    if not known or not isinstance(sent, str) or not compare_digest(unmask(sent), known.encode()):
        raise HTTPException(403, "csrf")
