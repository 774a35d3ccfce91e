"""Who stands behind a request: by cookie in a browser, by the Authorization header for machines."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from hub.store.accounts import Account, check_password, find_account, hash_password, is_outdated, save_password
from hub.store.attempts import ADDRESS, NAME, PAIR, Tried, fail, forget, neighbourhood, wait
from hub.store.audit import write_audit
from hub.store.engine import StoreBusy
from hub.store.replies import held
from hub.store.sessions import TOUCH_EVERY, Session, find_session, open_session, touch_session
from hub.store.views_sight import Sight
from hub.web.signing import guest_token, mask

if TYPE_CHECKING:
    from hub.host import Hub

SESSION_COOKIE, GUEST_COOKIE = "aduan_sesi", "aduan_tamu"
_one_at_a_time, _hashing = anyio.CapacityLimiter(2), anyio.CapacityLimiter(2)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks. Without an account: the public."""

    account: Account | None = None
    csrf: str = field(default="", repr=False)
    """What their forms must carry, masked."""
    form_token: str = field(default="", init=False, repr=False)
    """And as the forms of this one answer carry it."""
    token: str = field(default="", repr=False)
    guest: str = field(default="", repr=False)
    """Random cookie of a browser without a session; only as good as the token made from it."""
    held: Mapping[str, Any] = field(default_factory=dict)
    """What the brake keeps back, by name: every page tells staff. Rows of name, by, at."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "form_token", mask(self.csrf))

    @property
    def sight(self) -> Sight:
        """What they may see. Raises PermissionError for the public."""
        return Sight(self.staff.role, self.staff.area)

    @property
    def staff(self) -> Account:
        """The account. Raises PermissionError for the public: a route must not forget its access rule."""
        if self.account is None:
            raise PermissionError("nobody is signed in")
        return self.account

    @property
    def runs_the_hub(self) -> bool:
        """May pause channels, retry deliveries and read figures."""
        return self.account is not None and self.account.role in {"operator", "admin"}


class TooManyAttempts(Exception):
    """Somebody guesses; `after` says when they may try again."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("too many attempts")
        self.after = after


class Doorkeeper:
    """Checks passwords and cookies against the store, and keeps guessers waiting."""

    def __init__(self, hub: Hub, secret: str) -> None:
        self._hub = hub
        self._secret = secret

    async def by_cookie(self, request: Request) -> Visitor:
        """Find the session of a browser; polling does not keep it alive."""
        token, now = request.cookies.get(SESSION_COOKIE, ""), self._hub.store.now()

        def find(connection: Connection) -> tuple[Session | None, Mapping[str, Any]]:
            session = find_session(connection, token, now) if token else None
            return session, held(connection) if session is not None else {}

        session, kept_back = await self._hub.store.read(find) if token else (None, {})
        if session is None:
            guest = request.cookies.get(GUEST_COOKIE) or secrets.token_urlsafe(16)
            return Visitor(csrf=guest_token(self._secret, guest), guest=guest)
        if session.seen_at + TOUCH_EVERY <= now and not _by_itself(request):
            with suppress(StoreBusy):  # in a flood complaints go first; the next page touches it
                await self._hub.store.write(lambda c: touch_session(c, token, now))
        return Visitor(session.account, session.csrf, token, held=kept_back)

    async def by_header(self, request: Request) -> Visitor:
        """Find who a machine is: `Bearer` with a session's token, or `Basic` with name and password."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            now = self._hub.store.now()
            session = await self._hub.store.read(lambda c: find_session(c, value.strip(), now))
            return Visitor(session.account if session else None)
        name, password = _basic(value) if scheme.lower() == "basic" else ("", "")
        return Visitor(await self.recognise(name, password, _address(request)) if name else None)

    async def recognise(self, name: str, password: str, address: str) -> Account | None:
        """Check a name and a password. Raises TooManyAttempts."""
        tried = ((PAIR, f"{name}\0{address}"), (NAME, name), (ADDRESS, address))
        async with _one_at_a_time:  # whoever guesses side by side finds the failures of the others counted
            found = await self._hub.store.read(lambda c: _unless_slowed(c, tried, self._hub.store.now(), name))
            account, stored = found or (None, None)
            if not await anyio.to_thread.run_sync(check_password, stored, password):
                await self._count(tried, name, account)
                return None
        if account is not None and stored is not None and is_outdated(stored):
            await self._strengthen(account, password)
        return account

    async def _count(self, tried: Tried, name: str, account: Account | None) -> None:
        """Count a failure; the one after which they must wait is written down, by name only where there is one."""
        now = self._hub.store.now()

        def count(connection: Connection) -> None:
            fail(connection, tried, now)
            if wait(connection, tried, now) is not None:
                write_audit(connection, now, name if account else "", "sign-in-slowed")

        await self._hub.store.write(count)

    async def sign_in(self, request: Request, name: str, password: str) -> str | None:
        """Open a session; give its token, None for a wrong name or password. Raises TooManyAttempts."""
        account = await self.recognise(name, password, _address(request))
        if account is None:
            return None
        now = self._hub.store.now()

        def open_(connection: Connection) -> str:
            forget(connection, PAIR, f"{name}\0{_address(request)}")
            write_audit(connection, now, account.name, "sign-in")
            return open_session(connection, account.id, now)

        return await self._hub.store.write(open_)

    async def _strengthen(self, account: Account, password: str) -> None:
        fresh = await anyio.to_thread.run_sync(hash_password, password, limiter=_hashing)
        await self._hub.store.write(lambda c: save_password(c, account.id, fresh))


def keep_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Hand a browser a cookie that scripts cannot read and other sites cannot send with a form."""
    hub = request.app.state.hub
    secure = hub.settings.web.public_url.startswith("https://")
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=secure, path="/")


def visitor_of(request: Request) -> Visitor:
    """Give who asks; the public where no guard ran (unknown paths)."""
    return getattr(request.state, "visitor", None) or Visitor()


def _by_itself(request: Request) -> bool:
    """Say that a page asks, not a person: what refreshes or listens is no use of a session."""
    return "hx-request" in request.headers or "text/event-stream" in request.headers.get("accept", "")


def _basic(value: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _address(request: Request) -> str:
    return neighbourhood(request.client.host) if request.client else ""


def _unless_slowed(connection: Connection, tried: Tried, now: datetime, name: str) -> tuple[Account, str] | None:
    after = wait(connection, tried, now)
    if after is not None:
        raise TooManyAttempts(after)
    return find_account(connection, name)
