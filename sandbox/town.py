"""A town in one process: every stand-in on a loopback port, and the recorded day replayed in them."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox import crop, qlue, waze
from sandbox.day import LENGTH, TAIL, Day, Event
from sandbox.day.letters import HUB
from sandbox.day.markers import with_photos
from sandbox.day.photos import draw
from sandbox.day.robots import answer_to, bounce_of
from sandbox.mail import LOOPBACK, Mailbox, Outbox

AFTERWARDS = "selesai.jpg"
"""The photo that officials take when they are done."""
TICK = 0.2
"""Seconds between two looks at the clock during a replay."""

SETTINGS = """\
[hub]
database = "sqlite:///{folder}/aduan.db"
region = "jakarta"
blobs = "{folder}/blobs"
photo_networks = ["127.0.0.0/8"]

[web]
host = "127.0.0.1"
port = {port}

[[channel]]
name = "waze"
kind = "waze"
every = "{every}s"
[channel.options]
feeds = ["{http}/waze{waze_path}?format=1&types=alerts"]

[[channel]]
name = "qlue"
kind = "qlue"
every = "{every}s"
allow_networks = ["127.0.0.0/8"]
[channel.options]
url = "{http}/qlue{list}"
history_url = "{http}/qlue{history}"
reply_url = "{http}/qlue{replies}"
token = "{token}"

[[channel]]
name = "email"
kind = "email"
every = "{every}s"
[channel.options]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{mailbox}"
password = "{token}"
idle = false
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "none"
from_address = "{mailbox}"

[[channel]]
name = "crop"
kind = "crop"
[channel.options]
url = "{http}/crop{events}"
secrets = ["{to_crop}"]
receive_secrets = ["{from_crop}"]

[[channel]]
name = "posko"
kind = "posko"
"""


class _Server(uvicorn.Server):
    """Leaves Ctrl-C to the program that the town lives in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch nothing."""
        yield


class _Crew(crop.Officers):
    """They get to two of three reports; the others stay open."""

    def begin(self, report: Mapping[str, Any]) -> None:
        """Plan the work, unless this is one of those that they do not get to."""
        if sum(report["report"].encode()) % 3:
            super().begin(report)


class Town:
    """All stand-ins, started and stopped together. What they show is moved on by `move_to`, or by `replay`."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.at = timedelta()
        """How far the day has come."""
        self.waze = waze.Feed(clock=lambda: self.day.start + self.at, window=timedelta(seconds=1))
        self.qlue = qlue.Feed()
        self._token = secrets.token_hex(8)
        """Opens every stand-in; a new one for each town."""
        self.mailbox = Mailbox(HUB, self._token)
        self.outbox = Outbox()
        self._to_crop, self._from_crop = (crop.made_up_secret(f"{way} {self._token}") for way in ("to", "from"))
        self.crop = crop.Crop([self._to_crop])
        self.http = ""
        """Address of everything that speaks HTTP, once started."""
        self._shown = self._read_mails = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._server: _Server | None = None

    # -------------------------------------------------------------------------------------------- starting, stopping

    async def start(self) -> None:
        """Open every door."""
        await self.mailbox.start()
        await self.outbox.start()
        door = socket.socket()
        door.bind((LOOPBACK, 0))
        config = uvicorn.Config(self._app(), log_config=None, log_level="error", lifespan="off")
        self._server = _Server(config)
        self._tasks.append(asyncio.create_task(self._server.serve([door])))
        door.listen()
        self.http = f"http://{LOOPBACK}:{door.getsockname()[1]}"

    async def stop(self) -> None:
        """Close every door."""
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
            await self._tasks[0]
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.mailbox.stop()
        await self.outbox.stop()

    def employ(self, hook_url: str, pace: float = 2, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """Let officials work on what reaches CROP, and report back to this address, `pace` seconds a step."""
        photo = self._photo_address(AFTERWARDS)
        self.crop.officers = _Crew(hook_url, self._from_crop, pace, photo, transport)
        self._tasks.append(asyncio.create_task(self.crop.officers.work()))

    def settings(self, folder: Path, port: int, every: float = 2) -> str:
        """Give the text of an aduan.toml that points a hub at this town; the hub serves on `port`."""
        return SETTINGS.format(
            folder=folder,
            port=port,
            every=every,
            http=self.http,
            waze_path=waze.PATH.format(partner="11111111", token=self._token),
            list=qlue.LIST,
            history=qlue.HISTORY,
            replies=qlue.REPLIES,
            imap=self.mailbox.port,
            smtp=self.outbox.port,
            mailbox=HUB,
            token=self._token,
            events=crop.EVENTS,
            to_crop=self._to_crop,
            from_crop=self._from_crop,
        )

    def summary(self) -> dict[str, Any]:
        """Count what has reached the town."""
        return {
            "crop": self.crop.summary(),
            "mails": len(self.outbox.mails),
            "qlue_replies": len(self.qlue.replies),
            "refusable": self.day.refusable,
            "shown": self._shown,
            "events": len(self.day.events),
        }

    def _app(self) -> Starlette:
        async def photo(request: Request) -> Response:
            name = request.path_params["name"]
            spot = self.day.photos.get(name)
            if name != AFTERWARDS and name not in self.day.photos:
                return Response(status_code=404)
            return Response(await asyncio.to_thread(draw, name, spot), media_type="image/jpeg")

        async def summarize(_request: Request) -> Response:
            return Response(json.dumps(self.summary() | {"over": self.is_over}), media_type="application/json")

        async def tell_truth(_request: Request) -> Response:
            rows = [{"channel": at, "id": name, **asdict(truth)} for (at, name), truth in self.day.truth.items()]
            return Response(json.dumps(rows), media_type="application/json")

        return Starlette(
            routes=[
                Mount("/waze", waze.make_app({self._token: self.waze})),
                Mount("/qlue", qlue.make_app(self.qlue, self._token)),
                Mount("/crop", crop.make_app(self.crop)),
                Route("/photos/{name}", photo),
                Route("/summary", summarize),
                Route("/truth", tell_truth),
            ]
        )

    def _photo_address(self, name: str) -> str:
        return f"{self.http}/photos/{name}"

    # ------------------------------------------------------------------------------------------------- the day goes on

    @property
    def is_over(self) -> bool:
        """Whether everything of the day has been shown."""
        return self._shown == len(self.day.events)

    async def move_to(self, at: timedelta) -> None:
        """Show everything up to this time of the day, and let citizens answer their mail."""
        self.at = max(self.at, at)
        while not self.is_over and self.day.events[self._shown].at <= self.at:
            await self._show(self.day.events[self._shown])
            self._shown += 1
        await self._answer_mails()

    async def replay(self, speed: float) -> None:
        """Let the day go by, so many times faster than the clock; after its end time goes on as everywhere."""
        clock = asyncio.get_running_loop().time
        began, whole = clock(), LENGTH + TAIL
        while True:
            gone = timedelta(seconds=clock() - began)
            await self.move_to(min(gone * speed, whole) + max(timedelta(), gone - whole / speed))
            await asyncio.sleep(TICK)

    async def _show(self, event: Event) -> None:
        match event.do:
            case "alert":
                self.waze.show(event.body)
            case "gone":
                self.waze.hide(event.name)
            case "marker":
                self.qlue.show(with_photos(dict(event.body), self._photo_address))
            case "progress":
                self.qlue.progress(event.name, event.body["status"], event.body["entry"])
            case "mail":
                await self.mailbox.add(event.raw, self.day.start + event.at)

    async def _answer_mails(self) -> None:
        """Let talkers answer once, and what cannot be delivered come back."""
        now = self.day.start + self.at
        while self._read_mails < len(self.outbox.mails):
            caught = self.outbox.mails[self._read_mails]
            self._read_mails += 1
            to, number = caught.recipients[0], 80_000 + self._read_mails
            if to in self.day.unreachable and caught.sender:
                await self.mailbox.add(bounce_of(caught.raw, caught.sender, now, number), now)
            elif words := self.day.talkers.pop(to, ""):
                await self.mailbox.add(answer_to(caught.raw, words, now, number), now)


def start_of_day(now: datetime) -> datetime:
    """Give the start of a day whose last event is now: so that nothing of it lies in the future."""
    return now - LENGTH - TAIL
