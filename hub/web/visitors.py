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
from hub.store.attempts import ADDRESS, FACTOR, NAME, PAIR, Tried, fail, forget, neighbourhood, wait
from hub.store.audit import write_audit
from hub.store.engine import StoreBusy
from hub.store.factors import pass_factor
from hub.store.replies import held
from hub.store.sessions import TOUCH_EVERY, Session, close_session, find_session, open_session, touch_session
from hub.store.views_sight import Sight
from hub.web.devices import device_of
from hub.web.signing import guest_token, mask

if TYPE_CHECKING:
    from hub.host import Hub

SESSION_COOKIE, GUEST_COOKIE, STEP_COOKIE = "aduan_sesi", "aduan_tamu", "aduan_langkah"
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
    due: str = ""
    """What they must do on /akun before anything else: choose a `password`, set up the second `factor`."""
    elsewhere: bool = False
    """Signed in by the city's own sign-in."""
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


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a right password opens: a session, or the half of one that waits for the second factor."""

    token: str = field(repr=False)
    half: bool = False


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
        due = self.due(session.account, elsewhere=session.elsewhere)
        return Visitor(session.account, session.csrf, token, due=due, elsewhere=session.elsewhere, held=kept_back)

    def due(self, account: Account, *, elsewhere: bool = False) -> str:
        """Say what this account must do first. Whoever signs in elsewhere has password and second factor there."""
        if elsewhere:
            return ""
        if account.must_change:
            return "password"
        return "factor" if self.needs_factor(account) and not account.two_factor else ""

    def needs_factor(self, account: Account) -> bool:
        """Say whether the settings ask a second factor of this account."""
        asked = self._hub.settings.web.two_factor
        return asked == "all" or (asked == "admins" and account.role == "admin")

    async def by_header(self, request: Request) -> Visitor:
        """Find who a machine is: `Bearer` with a session's token, or `Basic` with name and password.

        An account with a second factor brings a fresh code along, in `X-Aduan-Code`: best once, for a token.
        """
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            now = self._hub.store.now()
            session = await self._hub.store.read(lambda c: find_session(c, value.strip(), now))
            return self._machine(session.account, elsewhere=session.elsewhere) if session else Visitor()
        name, password = _basic(value) if scheme.lower() == "basic" else ("", "")
        account = await self.recognise(name, password, address_of(request)) if name else None
        if account is not None and account.two_factor:
            code = request.headers.get("x-aduan-code", "")
            account = account if await self.check_factor(account, code) else None
        return self._machine(account) if account else Visitor()

    def _machine(self, account: Account, *, elsewhere: bool = False) -> Visitor:
        return Visitor(account, due=self.due(account, elsewhere=elsewhere), elsewhere=elsewhere)

    async def check_factor(self, account: Account, typed: str) -> str:
        """Check a code; gives `code`, `recovery` or nothing. Raises TooManyAttempts."""
        now, tried = self._hub.store.now(), ((FACTOR, str(account.id)),)
        key = self._hub.secret

        def check(connection: Connection) -> str | timedelta:
            after = wait(connection, tried, now)
            if after is not None:
                return after
            passed = pass_factor(connection, account.id, key, typed[:40], now)
            if passed:
                forget(connection, *tried[0])
            else:
                _count(connection, tried, account.name, now)
            return passed

        found = await self._hub.store.write(check)
        if isinstance(found, timedelta):
            raise TooManyAttempts(found)
        return found

    async def recognise(self, name: str, password: str, address: str) -> Account | None:
        """Check a name and a password. Raises TooManyAttempts."""
        tried = ((PAIR, f"{name}\0{address}"), (NAME, name), (ADDRESS, address))
        async with _one_at_a_time:  # whoever guesses side by side finds the failures of the others counted
            found = await self._hub.store.read(lambda c: _unless_slowed(c, tried, self._hub.store.now(), name))
            account, stored = found or (None, None)
            if not await anyio.to_thread.run_sync(check_password, stored, password):
                now, who = self._hub.store.now(), name if account else ""
                await self._hub.store.write(lambda c: _count(c, tried, who, now))
                return None
        if account is not None and stored is not None and is_outdated(stored):
            await self._strengthen(account, password)
        return account

    async def sign_in(self, request: Request, name: str, password: str) -> SignedIn | None:
        """Open a session, or its first half; None for a wrong name or password. Raises TooManyAttempts."""
        account = await self.recognise(name, password, address_of(request))
        if account is None:
            return None
        pair = f"{name}\0{address_of(request)}"
        await self._hub.store.write(lambda connection: forget(connection, PAIR, pair))
        if not account.two_factor:
            return SignedIn(await self.let_in(request, account))
        now = self._hub.store.now()
        return SignedIn(
            await self._hub.store.write(lambda c: open_session(c, account.id, now, pending=True)), half=True
        )

    async def halfway(self, request: Request) -> Account | None:
        """Give who has told the right password and not yet the code."""
        token, now = request.cookies.get(STEP_COOKIE, ""), self._hub.store.now()
        found = await self._hub.store.read(lambda c: find_session(c, token, now, pending=True)) if token else None
        return found.account if found is not None else None

    async def let_in(
        self, request: Request, account: Account, *, how: str = "password", elsewhere: bool = False
    ) -> str:
        """Open a new session and give its token; the half one, and the one this browser had, are over."""
        now = self._hub.store.now()
        device = device_of(request.headers.get("user-agent", ""))
        old = [token for name in (STEP_COOKIE, SESSION_COOKIE) if (token := request.cookies.get(name))]

        def open_(connection: Connection) -> str:
            for token in old:
                close_session(connection, token)
            write_audit(connection, now, account.name, "sign-in", how=how)
            return open_session(connection, account.id, now, device=device, elsewhere=elsewhere)

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


def address_of(request: Request) -> str:
    """Give what failures are counted by."""
    return neighbourhood(request.client.host) if request.client else ""


def _count(connection: Connection, tried: Tried, who: str, now: datetime) -> None:
    """Count a failure; the one after which they must wait is written down, by name only where there is one."""
    fail(connection, tried, now)
    if wait(connection, tried, now) is not None:
        write_audit(connection, now, who, "sign-in-slowed")


def _unless_slowed(connection: Connection, tried: Tried, now: datetime, name: str) -> tuple[Account, str] | None:
    after = wait(connection, tried, now)
    if after is not None:
        raise TooManyAttempts(after)
    return find_account(connection, name)
