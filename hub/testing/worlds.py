"""The other side of a channel in a test: what it answers, and how it fails on command."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from email.utils import format_datetime
from enum import StrEnum
from types import TracebackType
from typing import Self

import anyio
import httpx2

from hub.plugin import Context
from hub.testing.check import ContractFailure
from hub.testing.doubles import NOW, ManualClock, MemoryBoard, make_context

Handler = (
    Callable[[httpx2.Request], httpx2.Response] | Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]
)


class Fault(StrEnum):
    """What can go wrong on the other side. A world says which of these it can play."""

    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    THROTTLED = "429 with Retry-After in seconds"
    THROTTLED_DATE = "429 with Retry-After as a date"
    ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    PAGE = "200 with an HTML page"
    REFUSED = "connection refused"
    TIMEOUT = "time-out while the answer is awaited"
    RESET = "connection reset while the answer is awaited"
    LOST = "taken, but the answer is lost"
    HANG = "hangs for ever"


RETRY_AFTER = 120
"""Seconds, counted from `NOW`, that both throttling faults ask for."""


class World:
    """The other side, fresh for every check. Subclass it where a channel does not speak HTTP.

    `__aenter__` may start a server; `context` connects a plugin to it; `fail` lets it misbehave from now on.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.board = MemoryBoard()
        self.waiting = anyio.Event()
        """Set it when a plugin waits under `Fault.HANG`; the kit then cancels the plugin."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def context(self) -> Context:
        """Lend a context whose every way out leads into this world."""
        return make_context(clock=self.clock, board=self.board)

    async def fail(self, fault: Fault) -> bool:
        """Show this fault from now on; False where this world has no such thing."""
        return False

    async def recover(self) -> None:
        """Be well again."""

    def effects(self) -> int:
        """Count what deliveries have brought about on the other side (sinks only)."""
        raise ContractFailure(f"{type(self).__name__} must count the effects of deliveries")


class HttpWorld(World):
    """A world behind HTTP: a handler answers, faults come in front of it.

    `dialect` replaces the answer to a fault where the other side has its own way to say it.
    """

    def __init__(self, handler: Handler, dialect: Mapping[Fault, Handler] | None = None) -> None:
        super().__init__()
        self._good = httpx2.MockTransport(handler)
        self._dialect = {fault: httpx2.MockTransport(answer) for fault, answer in (dialect or {}).items()}
        self._fault: Fault | None = None

    def context(self) -> Context:
        """Lend a context whose HTTP client ends here."""
        return make_context(transport=_Faulty(self), clock=self.clock, board=self.board)

    async def fail(self, fault: Fault) -> bool:
        """Every fault can be played over HTTP."""
        self._fault = fault
        return True

    async def recover(self) -> None:
        """Answer by the handler again."""
        self._fault = None

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as told: well, in the dialect, or with the plain fault."""
        fault = self._fault
        if fault is None:
            return await self._good.handle_async_request(request)
        if fault in self._dialect:
            return await self._dialect[fault].handle_async_request(request)
        if fault is Fault.LOST:
            await self._good.handle_async_request(request)
        if fault is Fault.HANG:
            self.waiting.set()
            await anyio.sleep_forever()
        if fault in _ERRORS:
            raise _ERRORS[fault](str(fault), request=request)
        return _ANSWERS[fault]()


class _Faulty(httpx2.AsyncBaseTransport):
    def __init__(self, world: HttpWorld) -> None:
        self._world = world

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._world.answer(request)


_ERRORS: dict[Fault, type[httpx2.TransportError]] = {
    Fault.REFUSED: httpx2.ConnectError,
    Fault.TIMEOUT: httpx2.ReadTimeout,
    Fault.RESET: httpx2.ReadError,
    Fault.LOST: httpx2.ReadTimeout,
}


def _throttled(retry_after: str) -> httpx2.Response:
    return httpx2.Response(429, headers={"Retry-After": retry_after})


def _retry_date() -> str:
    return format_datetime(NOW + timedelta(seconds=RETRY_AFTER), usegmt=True)


_ANSWERS: dict[Fault, Callable[[], httpx2.Response]] = {
    Fault.UNAUTHORIZED: lambda: httpx2.Response(401),
    Fault.FORBIDDEN: lambda: httpx2.Response(403),
    Fault.THROTTLED: lambda: _throttled(str(RETRY_AFTER)),
    Fault.THROTTLED_DATE: lambda: _throttled(_retry_date()),
    Fault.ERROR: lambda: httpx2.Response(500, text="Internal Server Error"),
    Fault.BAD_GATEWAY: lambda: httpx2.Response(502, html="<h1>Bad Gateway</h1>"),
    Fault.UNAVAILABLE: lambda: httpx2.Response(503),
    Fault.PAGE: lambda: httpx2.Response(200, html="<!doctype html><title>Log in</title>"),
}
