"""Made-up Qlue feeds of all generations, the channel on them, and a host that drops repeats as the hub does."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from hub.plugin import (
    Complaint,
    FollowUp,
    Reading,
)
from hub.testing import (
    HttpWorld,
    ManualClock,
    make_context,
)
from plugins.qlue.channel import Qlue
from plugins.qlue.generations import Generation
from sandbox.qlue import HISTORY, LIST, REPLIES, Feed, make_app
from tests.polling_host import Host

HERE = Path(__file__).with_name("data") / "qlue"
SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "qlue"
RECONSTRUCTED: dict[Generation, str] = {
    "g1": "gen1_marker_level1",
    "g2": "gen2_marker_v3",
    "g3": "gen3_petabencana_qlue_marker",
    "g4": "gen4_ext_top_report",
}
WIB = ZoneInfo("Asia/Jakarta")
BASE = "https://qlue.test"
TOKEN = "made-up-token-of-this-test"
OPTIONS = {
    "url": BASE + LIST,
    "generation": "g2",
    "history_url": BASE + HISTORY,
    "token": TOKEN,
    "reply_url": BASE + REPLIES,
}


FIXTURES = {path.stem: path.read_text() for path in HERE.glob("*.json")}


def fixture(name: str) -> Any:
    return json.loads(FIXTURES[name])


def row(number: int, **changes: Any) -> dict[str, Any]:
    """Give a row of the second generation: changes of `type`, of `profile` or of its `detail`."""
    first: dict[str, Any] = fixture("g2")[0]
    profile = first["profile"]
    detail = {name: value for name, value in changes.items() if name in profile["detail"]}
    outer = {name: value for name, value in changes.items() if name in profile}
    return {
        "id": number,
        "type": changes.get("type", "Flood"),
        "profile": profile | outer | {"detail": profile["detail"] | detail},
    }


def qlue(transport: httpx2.AsyncBaseTransport, clock: ManualClock | None = None, **options: Any) -> Qlue:
    parsed = Qlue.Options.model_validate(OPTIONS | options)
    return Qlue(parsed, make_context(transport=transport, clock=clock or ManualClock()))


def answering(document: Any) -> httpx2.MockTransport:
    return httpx2.MockTransport(lambda _: httpx2.Response(200, content=json.dumps(document)))


class Day:
    """The stand-in, the channel that polls it, and a clock of five minutes a poll."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        self.feed = Feed()
        app = make_app(self.feed, TOKEN)
        self.host = Host(qlue(httpx2.ASGITransport(app), self.clock, **options))

    async def poll(self) -> list[Reading]:
        self.clock.advance(timedelta(minutes=5))
        return await self.host.pull()


async def read_all(document: Any, generation: Generation, **options: Any) -> list[Complaint]:
    plain = {"generation": generation, "history_url": ""}
    found = await Host(qlue(answering(document), **(plain | options))).pull()
    return [reading for reading in found if isinstance(reading, Complaint)]


def moves(found: Sequence[Reading]) -> list[str]:
    return [reading.status for reading in found if isinstance(reading, FollowUp)]


def replayed() -> Feed:
    feed = Feed()
    for number in range(510):
        feed.show(row(number, status="complete" if number < 3 else "wait"))
    feed.progress("1", "complete", {"tl_by": "CROP", **fixture("history")[1]})
    return feed


class QlueWorld(HttpWorld):
    def __init__(self, *bad: Any) -> None:
        self.feed = replayed()
        app = httpx2.ASGITransport(make_app(self.feed, TOKEN))

        async def answer(request: httpx2.Request) -> httpx2.Response:
            if bad and request.url.path == LIST:
                return httpx2.Response(200, content=json.dumps([*bad, *self.feed.markers()]))
            return await app.handle_async_request(request)

        super().__init__(answer)

    def effects(self) -> int:
        return len(self.feed.replies)
