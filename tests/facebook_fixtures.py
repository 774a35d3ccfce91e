"""A made-up page, the channel on it, and the way from what the page pushes to what the channel takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx2

from hub.plugin import Delivery, Item, PluginError, Reading, Reply, Reporter, Request, Unauthorized
from hub.testing import NOW, HttpWorld, ManualClock, make_context, make_delivery, sample_reply
from plugins.facebook.channel import Facebook
from sandbox.facebook import APP_SECRET, PAGE_ID, TOKEN, VERIFY_TOKEN, Page, make_app

GRAPH = "https://graph.test"
HOOK = "https://hub.test/hooks/facebook"
OPTIONS: dict[str, Any] = {
    "graph_url": GRAPH,
    "page_id": PAGE_ID,
    "page_token": TOKEN,
    "app_secret": APP_SECRET,
    "verify_token": VERIFY_TOKEN,
}
ANI, BUDI = "7001", "7002"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Wall:
    """The page, the channel, and everything that the channel took, as the host would store it."""

    def __init__(self, clock: Any = None, **options: Any) -> None:
        self.clock = clock or ManualClock()
        self.page = Page(HOOK, httpx2.MockTransport(self._hook), clock=self.clock)
        self.options = OPTIONS | options
        self.asked: list[httpx2.Request] = []
        self.items: list[Item] = []
        self.answers: list[int] = []
        self.cursor: Any = None
        self._app = httpx2.ASGITransport(make_app(self.page, limit=3, nested=2))
        self.restart()

    def restart(self) -> None:
        """Begin again with an empty memory."""
        context = make_context(transport=httpx2.MockTransport(self._graph), clock=self.clock, channel="facebook")
        self.channel = Facebook(Facebook.Options.model_validate(self.options), context)

    async def _graph(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return await self._app.handle_async_request(request)

    async def _hook(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        try:
            got = await self.channel.receive(Request(request.method, dict(request.headers), {}, request.content))
        except Unauthorized:
            self.answers.append(401)
            return httpx2.Response(401)
        self.items += got.items
        self.answers.append(got.status)
        return httpx2.Response(got.status, content=got.body)

    def take(self) -> list[Item]:
        """Give the items since the last time."""
        taken, self.items = self.items, []
        return taken

    def heard(self) -> list[Reading]:
        """Say what they mean."""
        return [reading for item in self.take() for reading in self.channel.read(item)]

    async def pull(self) -> list[Item]:
        """Poll once."""
        found: list[Item] = []
        async for page in self.channel.pull(self.cursor):
            found += page.items
            self.cursor = json.loads(json.dumps(page.cursor))
        return found


def entry(*changes: Any, messaging: Sequence[Any] = (), at: datetime = NOW, **others: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": PAGE_ID, "time": int(at.timestamp())}
    if changes:
        made["changes"] = [{"field": "feed", "value": value} for value in changes]
    if messaging:
        made["messaging"] = list(messaging)
    return made | others


def comment(**changes: Any) -> dict[str, Any]:
    """The value of a feed change."""
    plain = {
        "item": "comment",
        "verb": "add",
        "post_id": f"{PAGE_ID}_1",
        "comment_id": "1_2",
        "parent_id": f"{PAGE_ID}_1",
        "from": {"id": ANI, "name": "Warga Contoh"},
        "message": "Lampu jalan padam di Jl. Contoh RT 05/RW 07",
        "created_time": int(NOW.timestamp()),
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def said(**message: Any) -> dict[str, Any]:
    """A messaging event."""
    return {
        "sender": {"id": ANI},
        "recipient": {"id": PAGE_ID},
        "timestamp": int(NOW.timestamp() * 1000),
        "message": {"mid": "m_1", "text": "jalan berlubang depan pasar"} | message,
    }


def signed(*entries: Any, body: bytes | None = None) -> Request:
    """What Facebook would push."""
    page = Page()
    raw = body if body is not None else json.dumps({"object": "page", "entry": list(entries)}).encode()
    return Request("POST", {"x-hub-signature-256": page.sign(raw)}, {}, raw)


def reply_to(name: str, *, way: str = "comment", last: datetime = NOW, **changes: Any) -> Reply:
    context = {"way": way} | ({"last": last.isoformat()} if way == "message" else {})
    return sample_reply(complaint=name, reply_context=context, **changes)


def sending(parcel: Any, key: str = "key-1", *, uncertain: bool = False) -> Delivery:
    """A delivery to Ani, the only one who has written."""
    return make_delivery(parcel, key, uncertain=uncertain, to=Reporter(handle=ANI, name="Warga Contoh"))


async def caught(act: Callable[[], Any]) -> PluginError:
    try:
        await act()
    except PluginError as error:
        return error
    raise AssertionError("nothing was refused")


class FacebookWorld(HttpWorld):
    """The stand-in as the kit wants it, with some days of life on the page; `odd` rows stand in the feed."""

    def __init__(self, *odd: Any) -> None:
        super().__init__(self._serve)
        self.page = Page(clock=self.clock)
        self._app = httpx2.ASGITransport(make_app(self.page, limit=3, nested=2))
        self._odd = odd
        self._ready = False

    async def _serve(self, request: httpx2.Request) -> httpx2.Response:
        if not self._ready:
            self._ready = True
            await self._live()
        answer = await self._app.handle_async_request(request)
        if self._odd and request.url.path.endswith("/feed"):
            document = json.loads(await answer.aread())
            document["data"] = [*self._odd, *document["data"]]
            return httpx2.Response(200, json=document)
        return answer

    async def _live(self) -> None:
        for number in range(5):
            post = await self.page.post(ANI, f"jalan berlubang {number}", photo="https://photos.test/1.jpg")
            for serial in range(4):
                await self.page.comment(BUDI, post, f"betul, juga di gang {serial}")
            await self.page.message(ANI, f"sudah dua hari {number}")

    def effects(self) -> int:
        return len(self.page.comments) + len(self.page.messages)
