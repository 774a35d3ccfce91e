"""A CROP that honours keys, and what it posts: shared by the tests of both directions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx2
from standardwebhooks.webhooks import Webhook

from hub.plugin import Request
from hub.testing import (
    NOW,
    REPORT,
    HttpWorld,
    ManualClock,
)
from plugins.crop import Crop

OLD, NEW, THEIRS = (f"whsec_{name * 8}" for name in ("b2xk", "bmV3", "Y3Jv"))
URL = "https://crop.test/events"
OPTIONS: dict[str, Any] = {"url": URL, "secrets": [OLD, NEW], "receive_secrets": [THEIRS]}
FOLLOW_UP = {
    "id": "tl-1",
    "report": REPORT,
    "status": " Proses ",
    "note": "Tim di lokasi – RW 03",
    "note_internal": None,
    "photos": ["https://crop.test/foto/1.jpg"],
    "unit": "KELURAHAN CONTOH",
    "officer": "Petugas Contoh",
    "at": "2026-11-20T10:00:00+07:00",
}


def pushed(body: Any = FOLLOW_UP, *, secret: str = THEIRS, at: datetime = NOW, key: str = "tl-1") -> Request:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, text),
    }
    return Request("POST", headers, {}, text.encode())


class OtherSide(HttpWorld):
    """A CROP that honours keys and can be asked for them."""

    def __init__(self) -> None:
        super().__init__(self.take)
        self.requests: list[httpx2.Request] = []
        self.events: dict[str, bytes] = {}

    def take(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if request.method == "GET":
            key = request.url.path.rpartition("/")[2]
            return httpx2.Response(200, json={"id": key}) if key in self.events else httpx2.Response(404)
        self.events.setdefault(request.headers["webhook-id"], request.content)
        return httpx2.Response(202)

    def effects(self) -> int:
        return len(self.events)


@asynccontextmanager
async def crop(world: HttpWorld | None = None, clock: ManualClock | None = None, **options: Any) -> AsyncIterator[Crop]:
    world = world or OtherSide()
    world.clock = clock or world.clock
    context = world.context()
    try:
        yield Crop(Crop.Options.model_validate(OPTIONS | options), context)
    finally:
        await context.http.aclose()
