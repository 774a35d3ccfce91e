"""The town: starts and stops the stand-ins, moves the day on, and counts."""

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
from starlette.routing import Route

from sandbox import crop, lapor, qlue, waze
from sandbox.day import LENGTH, TAIL, Day
from sandbox.day.letters import HUB
from sandbox.day.photos import draw
from sandbox.day.tweets import ACCOUNT, QUERY
from sandbox.mail import LOOPBACK
from sandbox.town.crowd import STILL_THERE, Crowd
from sandbox.town.settings import SETTINGS
from sandbox.town.stands import Door, Stands

AFTERWARDS = "selesai.jpg"
"""The photo that officials take when they are done."""
TICK = 0.2
"""Seconds between two looks at the clock during a replay."""
OWN_DOORS = {"balaiwarga", "posko"}
"""Kinds of channels that are pages of the hub itself."""


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
        self.http = ""
        """Address of everything that speaks HTTP, once started."""
        self._token = secrets.token_hex(8)
        """Opens every stand-in; a new one for each town."""
        self.stands = Stands(day, self._token, self.now, self._photo_address)
        self.crop = self.stands.crop
        self._shown = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._server: _Server | None = None

    def now(self) -> datetime:
        """Give the time in the town."""
        return self.day.start + self.at

    # -------------------------------------------------------------------------------------------- starting, stopping

    async def start(self) -> None:
        """Open every door."""
        await self.stands.mailbox.start()
        await self.stands.outbox.start()
        door = socket.socket()
        door.bind((LOOPBACK, 0))
        config = uvicorn.Config(self._app(), log_config=None, log_level="error", lifespan="off")
        self._server = _Server(config)
        self._tasks.append(asyncio.create_task(self._server.serve([door])))
        door.listen()
        self.http = f"http://{LOOPBACK}:{door.getsockname()[1]}"
        self._crowd = Crowd(self.day, self.stands, self._photo_address(STILL_THERE))

    async def stop(self) -> None:
        """Close every door."""
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
            await self._tasks[0]
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.stands.mailbox.stop()
        await self.stands.outbox.stop()

    def employ(self, hub_url: str, pace: float = 2, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """Let officials work on what reaches CROP and report back to this hub, `pace` seconds a step.

        From now on Facebook pushes to it, too.
        """
        photo = self._photo_address(AFTERWARDS)
        self.stands.page.call(f"{hub_url}/hooks/facebook", transport)
        self.crop.officers = _Crew(f"{hub_url}/hooks/crop", self.stands.from_crop, pace, photo, transport)
        self._tasks.append(asyncio.create_task(self.crop.officers.work()))

    def open_doors(self, door: Door) -> None:
        """Hand in here what citizens bring to the hub's own form and counter; without, nobody does."""
        self.stands.door = door

    def settings(self, folder: Path, port: int, every: float = 2) -> str:
        """Give the text of an aduan.toml that points a hub at this town; the hub serves on `port`.

        Exports and spreadsheets are dropped into folders made in `folder`.
        """
        stands = self.stands
        stands.drop_into(folder.resolve())
        return SETTINGS.format(
            folder=folder,
            exports=stands.exports,
            sheets=stands.sheets,
            port=port,
            every=every,
            http=self.http,
            waze_path=waze.PATH.format(partner="11111111", token=self._token),
            list=qlue.LIST,
            history=qlue.HISTORY,
            replies=qlue.REPLIES,
            account=ACCOUNT,
            query=QUERY,
            imap=stands.mailbox.port,
            smtp=stands.outbox.port,
            mailbox=HUB,
            reports=lapor.REPORTS,
            topics=lapor.TOPICS,
            status=lapor.STATUS,
            page=stands.page.id,
            token=self._token,
            events=crop.EVENTS,
            to_crop=stands.to_crop,
            from_crop=stands.from_crop,
        )

    def summary(self) -> dict[str, Any]:
        """Count what has reached the town."""
        return {
            "crop": self.crop.summary(),
            "replies": self.stands.count(),
            "twice": self.stands.count_twice(),
            "refusable": self.day.refusable,
            "shown": self._shown,
            "events": len(self.day.events),
        }

    def truth(self) -> list[dict[str, Any]]:
        """Say what every complaint is really about, of those that could reach the hub."""
        shut = OWN_DOORS if self.stands.door is None else set()
        return [
            {"channel": at, "id": name, **asdict(truth)}
            for (at, name), truth in self.day.truth.items()
            if at not in shut
        ]

    def _app(self) -> Starlette:
        async def photo(request: Request) -> Response:
            name = request.path_params["name"]
            spot = self.day.photos.get(name)
            if name not in {AFTERWARDS, STILL_THERE, *self.day.photos}:
                return Response(status_code=404)
            return Response(await asyncio.to_thread(draw, name, spot), media_type="image/jpeg")

        async def summarize(_request: Request) -> Response:
            return Response(json.dumps(self.summary() | {"over": self.is_over}), media_type="application/json")

        async def tell_truth(_request: Request) -> Response:
            return Response(json.dumps(self.truth()), media_type="application/json")

        return Starlette(
            routes=[
                *self.stands.routes(),
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
        """Show everything up to this time of the day, each at its own, and let citizens answer what they are told."""
        while not self.is_over and self.day.events[self._shown].at <= max(self.at, at):
            event = self.day.events[self._shown]
            self.at = max(self.at, event.at)
            self._shown += 1
            await self.stands.show(event)
        self.at = max(self.at, at)
        self.stands.turn_windows(self.at)
        await self.stands.wall.push_again()
        await self._crowd.answer(self.now())

    async def replay(self, speed: float) -> None:
        """Let the day go by, so many times faster than the clock; after its end time goes on as everywhere."""
        clock = asyncio.get_running_loop().time
        began, whole = clock(), LENGTH + TAIL
        while True:
            gone = timedelta(seconds=clock() - began)
            await self.move_to(min(gone * speed, whole) + max(timedelta(), gone - whole / speed))
            await asyncio.sleep(TICK)


def start_of_day(now: datetime) -> datetime:
    """Give the start of a day whose last event is now: so that nothing of it lies in the future."""
    return now - LENGTH - TAIL
