"""The Waze channel on real captures: whole, twice, and cut short. Skipped where the captures are absent."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.plugin import Complaint, Ended, Item, Reading, Skip
from hub.testing import ManualClock, make_context
from plugins.waze.source import Waze

FOLDER = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "waze"
CAPTURES = [
    "jakarta_2017-05-03T0525Z_halfA.json",
    "newyork_2019-03-22T2138Z.json",
    "cali_2026_first_full_poll.json",
    "cartagena_2026_first_full_poll.json",
]


def capture(name: str) -> dict[str, Any]:
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{name} is not here: set ADUAN_SHARED")
    document: dict[str, Any] = json.loads(path.read_text())
    return document


class Feed:
    """Serves a document whose window moves on with the clock, and keeps what the hub would keep."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.clock = ManualClock()
        self.marks: dict[str, str] = {}
        self.cursor: Any = None
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=self.document))
        options = Waze.Options.model_validate({"feeds": ["https://waze.test/feed"], "include_jams": True})
        self.channel = Waze(options, make_context(transport=transport, clock=self.clock))

    async def poll(self) -> list[Reading]:
        self.clock.advance(timedelta(minutes=2))
        self.document["endTimeMillis"] = int(self.clock().timestamp() * 1000)
        news: list[Item] = []
        async for page in self.channel.pull(self.cursor):
            news += [item for item in page.items if self.marks.get(item.native_id) != item.mark]
            self.marks |= {item.native_id: item.mark for item in page.items}
            self.cursor = json.loads(json.dumps(page.cursor))
        assert not any(item.quarantine for item in news)
        return [reading for item in news for reading in self.channel.read(item)]


@pytest.mark.anyio
@pytest.mark.parametrize("name", CAPTURES)
async def test_every_alert_is_a_complaint_or_skipped_with_a_reason_and_a_repeat_is_nothing(name: str) -> None:
    feed = Feed(capture(name))
    found = await feed.poll()
    kinds = Counter(type(reading) for reading in found)
    assert kinds.keys() == {Complaint, Skip}
    assert kinds.total() == len(feed.document["alerts"])
    assert all(reading.reason for reading in found if isinstance(reading, Skip))
    assert all(reading.category_hint not in {"", "lainnya"} for reading in found if isinstance(reading, Complaint))
    assert await feed.poll() == []


@pytest.mark.anyio
@pytest.mark.parametrize("name", CAPTURES)
async def test_a_shortened_file_ends_what_is_missing_after_three_polls(name: str) -> None:
    feed = Feed(capture(name))
    complaints = [reading.native_id for reading in await feed.poll() if isinstance(reading, Complaint)]
    gone = set(complaints[: len(complaints) // 3])
    feed.document["alerts"] = [alert for alert in feed.document["alerts"] if alert["uuid"] not in gone]
    assert await feed.poll() == []
    assert await feed.poll() == []
    assert {reading.native_id for reading in await feed.poll() if isinstance(reading, Ended)} == gone
    assert await feed.poll() == []


@pytest.mark.anyio
async def test_the_loss_of_most_of_a_file_ends_nothing() -> None:
    feed = Feed(capture(CAPTURES[0]))
    await feed.poll()
    del feed.document["alerts"][50:]
    for _ in range(6):
        assert await feed.poll() == []


@pytest.mark.parametrize("name", ["cali_2026_alerts_first_seen.jsonl", "cartagena_2026_alerts_first_seen.jsonl"])
@pytest.mark.anyio
async def test_days_of_alerts_are_all_read(name: str) -> None:
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{name} is not here: set ADUAN_SHARED")
    feed = Feed({"alerts": [json.loads(line) for line in path.read_text().splitlines()]})
    assert len(await feed.poll()) == len(feed.document["alerts"])
