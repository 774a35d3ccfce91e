"""Turnstiles: they hold what a hub sends before the other side takes it, or hold the answer afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Turnstile:
    """What one side lets the hub do: bring something, and go home with the answer."""

    def __init__(self) -> None:
        self.way_in, self.way_out = asyncio.Event(), asyncio.Event()
        self.taken = 0
        """How often something was let in and worked on; once more where it was brought again."""
        self.open()

    def open(self) -> None:
        self.way_in.set()
        self.way_out.set()

    def shut(self) -> None:
        """Let nothing in from now on."""
        self.way_in.clear()

    def keep(self) -> None:
        """Let everything in, and no answer out."""
        self.way_in.set()
        self.way_out.clear()

    async def pass_in(self) -> None:
        await self.way_in.wait()

    async def pass_out(self) -> None:
        self.taken += 1
        await self.way_out.wait()


class HeldPosts:
    """A stand-in of HTTP behind a turnstile: only what is posted passes it."""

    def __init__(self, app: ASGIApp, turnstile: Turnstile) -> None:
        self._app, self._turnstile = app, turnstile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        if await _is_gone(receive, self._turnstile.pass_in()):
            return  # what a dead hub had brought stays without effect

        async def reread() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        told: list[Message] = []

        async def hear(message: Message) -> None:
            told.append(message)

        await self._app(scope, reread, hear)
        if not await _is_gone(receive, self._turnstile.pass_out()):
            for message in told:
                await send(message)


async def _is_gone(receive: Receive, passage: Awaitable[None]) -> bool:
    """Wait at a turnstile; True where the client has left meanwhile."""
    passing, leaving = asyncio.ensure_future(passage), asyncio.ensure_future(receive())
    await asyncio.wait((passing, leaving), return_when=asyncio.FIRST_COMPLETED)
    is_gone = not passing.done()
    for one in (passing, leaving):
        one.cancel()
    await asyncio.gather(passing, leaving, return_exceptions=True)
    return is_gone
