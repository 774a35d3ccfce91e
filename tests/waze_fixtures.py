"""A made-up Waze feed, the channel on it, and a host that drops repeats as the hub does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from hub.plugin import (
    Complaint,
    Ended,
    Item,
    Reading,
)
from hub.testing import ManualClock, make_context
from plugins.waze.alert import sight
from plugins.waze.source import Waze
from sandbox.waze import Feed, make_app
from tests.polling_host import Host

FEED: dict[str, Any] = json.loads(Path(__file__).with_name("data").joinpath("waze", "feed.json").read_text())
TOKEN = "0c0ffee0-0000-4000-8000-000000000001"
OTHER_TOKEN = "0c0ffee0-0000-4000-8000-000000000002"
MINUTE = timedelta(minutes=1)


def url(token: str = TOKEN) -> str:
    return f"https://waze.test/row-partnerhub-api/partners/1/waze-feeds/{token}?format=1&types=alerts"


def alert(number: int, **changes: Any) -> dict[str, Any]:
    row = FEED["alerts"][1] | {"uuid": f"{number:08x}-0000-4000-8000-{number:012x}"} | changes
    return {key: value for key, value in row.items() if value is not ...}


def waze(transport: httpx2.AsyncBaseTransport, clock: ManualClock | None = None, **options: Any) -> Waze:
    parsed = Waze.Options.model_validate({"feeds": [url()]} | options)
    return Waze(parsed, make_context(transport=transport, clock=clock or ManualClock()))


def answering(document: Any) -> httpx2.MockTransport:
    return httpx2.MockTransport(lambda _: httpx2.Response(200, content=json.dumps(document)))


def readings(document: Any, **options: Any) -> list[Reading]:
    """Read a whole document through the channel, without the network."""
    channel = waze(answering(document), **options)
    return [reading for item in pulled(channel, document) for reading in channel.read(item)]


def pulled(channel: Waze, document: Any) -> list[Item]:
    jams = channel.options.include_jams
    now = channel.context.clock()
    return [sight(raw, known=(), jams=jams, polled=now).item for raw in document["alerts"]]


class Day:
    """A feed, or two that overlap, the channel that polls them, and a clock of two minutes a poll."""

    def __init__(self, feeds: int = 1, **options: Any) -> None:
        self.clock = ManualClock()
        self.feeds = [Feed(self.clock) for _ in range(feeds)]
        tokens = [TOKEN, OTHER_TOKEN][:feeds]
        app = make_app(dict(zip(tokens, self.feeds, strict=True)))
        options = {"feeds": [url(token) for token in tokens]} | options
        self.host = Host(waze(httpx2.ASGITransport(app), self.clock, **options))

    @property
    def feed(self) -> Feed:
        return self.feeds[0]

    async def polls(self, count: int = 1) -> list[Reading]:
        found: list[Reading] = []
        for _ in range(count):
            self.clock.advance(2 * MINUTE)
            found += await self.host.pull()
        return found


def ids(found: Sequence[Reading], kind: type[Complaint | Ended]) -> list[str]:
    return [reading.native_id for reading in found if isinstance(reading, kind)]


def crowd(count: int) -> dict[str, Any]:
    return FEED | {"alerts": [alert(number) for number in range(count)]}
