"""CROP is down for a simulated day, in every way it can be: afterwards it has everything, once, in order, signed."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook

from hub.clock import ManualClock
from hub.pipeline.dispatch import Dispatcher
from hub.store.store import Store
from hub.testing import make_context
from normalizer.region import Region
from normalizer.understand import Normalizer
from plugins.crop.channel import Crop
from tests.crop_fixtures import NEW, OPTIONS
from tests.store_fixtures import NOW, Mouth, Works, near, said

pytestmark = pytest.mark.anyio
DAY = timedelta(hours=24)
REPORTS = 12


@dataclass
class Office:
    """CROP behind a line that is down until `back`."""

    clock: ManualClock
    back: datetime
    effects: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    tries: int = 0
    looked_up: int = 0

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            self.looked_up += 1
            known = request.url.path.rsplit("/", 1)[-1]
            return httpx2.Response(200, json={"id": known}) if known in self.effects else httpx2.Response(404)
        self.tries += 1
        fault = self.tries % 4 if self.clock() < self.back else None
        if fault == 0:
            return httpx2.Response(500)
        if fault == 1:
            self.take(request)  # it has it, and the answer is lost
            raise httpx2.ReadTimeout("made up")
        if fault == 2:
            raise httpx2.ReadError("reset")
        if fault == 3:
            return httpx2.Response(429, headers={"retry-after": "600"})
        self.take(request)
        return httpx2.Response(202)

    def take(self, request: httpx2.Request) -> None:
        key = request.headers["webhook-id"]
        assert request.headers["idempotency-key"] == f'"{key}"'
        self.check_signature(request)
        # A retry carries the same bytes; the effect is the first one's.
        assert self.bodies.setdefault(key, request.content) == request.content
        self.effects.setdefault(key, json.loads(request.content)["data"])

    def check_signature(self, request: httpx2.Request) -> None:
        at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        assert abs(at - self.clock()) < timedelta(seconds=300)
        ours = Webhook(NEW).sign(request.headers["webhook-id"], at, request.content.decode())
        assert ours in request.headers["webhook-signature"].split()


async def test_a_day_without_crop_is_made_up_for(store: Store, region: Region, normalizer: Normalizer) -> None:
    clock = store.clock
    assert isinstance(clock, ManualClock)
    office = Office(clock, NOW + DAY)
    context = make_context(transport=httpx2.MockTransport(office.answer), clock=clock)
    crop = Crop(Crop.Options.model_validate(OPTIONS), context)
    works = Works(store, region, normalizer, {"mouth": Mouth()})
    works.house.sinks["crop"] = crop  # type: ignore[index]  # a dict in this house
    dispatcher = Dispatcher(store, "crop", crop, jitter=random.Random(1))  # noqa: S311 - jitter needs no secrecy
    await live(works, dispatcher, clock)
    await context.http.aclose()
    await check(works, office)


async def live(works: Works, dispatcher: Dispatcher, clock: ManualClock) -> None:
    """Two days in steps of five minutes; citizens go on complaining during the first."""
    for step in range(2 * 288):
        if step < 288 and step % 8 == 0:
            place = near(2000.0 * (step // 8 % REPORTS))
            await works.hear("mouth", said(f"c{step}", here=place, at=clock()))
        while await dispatcher.run_once():
            pass
        clock.advance(timedelta(minutes=5))


async def check(works: Works, office: Office) -> None:
    deliveries = await works.deliveries(channel="crop")
    assert {row.state for row in deliveries} <= {"sent", "superseded"}
    assert office.looked_up > 0, "no unknown outcome was looked up"
    versions: dict[str, list[int]] = defaultdict(list)
    for data in office.effects.values():
        versions[data["report"]].append(data["version"])
    assert all(seen == sorted(set(seen)) for seen in versions.values()), "out of order"
    reports = await works.rows("reports")
    assert {row.number: row.version for row in reports} == {name: seen[-1] for name, seen in versions.items()}
    assert len(office.effects) == sum(row.state == "sent" for row in deliveries)
