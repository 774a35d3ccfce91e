"""A stand-in for X on a loopback port, the channel on it, and a host that drops repeats as the hub does."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.plugin import Item, PluginError, Reading
from hub.testing import NOW, Fault, ManualClock, World, make_context
from plugins.twitter.channel import Twitter
from sandbox.twitter import Fault as XFault
from sandbox.twitter import Keys, Timeline, make_app

KEYS = Keys()
CITIZEN = {"id": "1000000000000000001", "name": "Warga Contoh", "username": "warga_contoh"}
NEIGHBOUR = {"id": "1000000000000000002", "name": "Tetangga Contoh", "username": "tetangga_contoh"}
OPTIONS: dict[str, Any] = {
    "account": "AduanKota",
    "bearer_token": KEYS.bearer,
    "consumer_key": KEYS.consumer_key,
    "consumer_secret": KEYS.consumer_secret,
    "access_token": KEYS.access_token,
    "access_token_secret": KEYS.access_token_secret,
    "query": "(banjir OR lampu) -from:AduanKota",
    "timeout": 2.0,
}
LAMP = "@AduanKota lampu jalan padam di Jl. Contoh Raya RT 05/RW 07, tolong diperbaiki"


class Server(uvicorn.Server):
    """Leaves Ctrl-C to the tests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Door:
    """A port that leads to whatever timeline is behind it at the moment."""

    def __init__(self) -> None:
        self.url = ""
        self.app: ASGIApp = make_app(Timeline())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@asynccontextmanager
async def open_door() -> AsyncIterator[Door]:
    door = Door()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = uvicorn.Config(door, log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = Server(config)
    task = asyncio.create_task(server.serve([listener]))
    door.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield door
    finally:
        server.should_exit = server.force_exit = True
        await task


def post(words: str, user: dict[str, str] = CITIZEN, **more: Any) -> dict[str, Any]:
    return {"text": words, "author_id": user["id"], **more}


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


class Day:
    """X, the channel that polls it, a clock of two minutes a poll, and the host's memory."""

    def __init__(self, door: Door, **options: Any) -> None:
        self.clock = ManualClock()
        self.x = Timeline()
        self.x.clock = self.clock
        self.x.users |= {one["id"]: one for one in (CITIZEN, NEIGHBOUR)}
        door.app = make_app(self.x, KEYS, delay=5)
        self.options = OPTIONS | {"api_url": door.url} | options
        self.channel = self.connect()
        self.cursor: Any = None
        self.marks: dict[str, str] = {}
        self.error: PluginError | None = None

    def connect(self) -> Twitter:
        return Twitter(Twitter.Options.model_validate(self.options), make_context(clock=self.clock))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.channel.close()

    async def restart(self) -> None:
        await self.channel.close()
        self.channel = self.connect()

    async def pull(self, stop: int = 0, forget: int = 0) -> list[Item]:
        """Pull; be killed at page `stop`, with the last `forget` of its pages not committed. Gives what is news."""
        news: list[Item] = []
        count, self.error = 0, None
        try:
            async for page in self.channel.pull(self.cursor):
                count += 1
                if not stop or count <= stop - forget:
                    news += [item for item in page.items if self.marks.get(item.native_id) != item.mark]
                    self.marks |= {item.native_id: item.mark for item in page.items}
                    self.cursor = json.loads(json.dumps(page.cursor))
                if count == stop:
                    break
        except PluginError as error:
            self.error = error
        return news

    async def poll(self) -> list[Reading]:
        """Let time pass, pull, and read what is news."""
        self.clock.advance(timedelta(minutes=2))
        return [reading for item in await self.pull() if not item.quarantine for reading in self.channel.read(item)]

    def asked(self, part: str) -> list[dict[str, str]]:
        return [query for path, query in self.x.asked if part in path]


FAULTS: dict[Fault, XFault] = {
    Fault.UNAUTHORIZED: "401",
    Fault.FORBIDDEN: "403",
    Fault.THROTTLED: "429",
    Fault.THROTTLED_DATE: "429-date",
    Fault.ERROR: "500",
    Fault.BAD_GATEWAY: "502",
    Fault.UNAVAILABLE: "503",
    Fault.PAGE: "200-html",
    Fault.TIMEOUT: "slow",
    Fault.RESET: "cut",
    Fault.LOST: "lost",
    Fault.HANG: "slow",
}


class XWorld(World):
    """A fresh timeline behind the door for every check."""

    def __init__(self, door: Door, *bad: dict[str, Any]) -> None:
        super().__init__()
        self.x = Timeline()
        self.x.clock, self.x.heard, self.x.page = self.clock, self.waiting.set, 5
        self.x.users[CITIZEN["id"]] = CITIZEN
        for number in range(13):
            at = NOW - timedelta(minutes=30 - number)
            self.x.show(post(f"{LAMP} no {number}", id=str(snowflake(at) + number)))
        for one in bad:
            self.x.show(one)
        door.app = make_app(self.x, KEYS, delay=2)

    async def fail(self, fault: Fault) -> bool:
        self.x.fault = FAULTS.get(fault, "")
        return fault in FAULTS

    async def recover(self) -> None:
        self.x.fault = ""

    def effects(self) -> int:
        return len(self.x.replies)


def snowflake(at: Any) -> int:
    return (int(at.timestamp() * 1000) - 1288834974657) << 22
