"""The channel: polls the list of reports, fetches the histories of those that moved, and answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from hub.answers import send, undelivered
from hub.plugin import (
    Audience,
    BadOptions,
    Context,
    Delivery,
    Item,
    Manner,
    Page,
    PluginError,
    Reading,
    Receipt,
    Rejected,
    Reply,
    Secret,
    Sink,
    Source,
    TryAgain,
)
from plugins.qlue.generations import GENERATIONS, Generation
from plugins.qlue.history import MEMBER, history_item, read_history
from plugins.qlue.marker import Marker
from plugins.qlue.reply import reply_body
from plugins.qlue.values import STATUSES
from plugins.qlue.web import rows
from plugins.qlue.window import Window

PAGE = 500
HISTORIES = 30
"""How many histories a pull fetches at most: each is a request of its own."""


class Qlue(Source, Sink):
    """Reports of the Qlue app, any of its four feed generations."""

    kind: ClassVar[str] = "qlue"
    title: ClassVar[str] = "Qlue"
    audience: ClassVar[Audience] = "public"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    silent_after: ClassVar[timedelta] = timedelta(hours=6)
    manner: ClassVar[Manner] = Manner(max_chars=500, photos=1, links=True)

    class Options(BaseModel):
        """Where the feed is and which generation it speaks."""

        model_config = ConfigDict(hide_input_in_errors=True)

        url: str = Field(description="Address of the list of reports, with its query (category, city).")
        generation: Generation = Field(default="g2", description="Shape of the list: g1, g2, g3 or g4.")
        history_url: str = Field(default="", description="Address of a report's history; the report goes in as pid.")
        token: Secret = Field(default=Secret(""), description="Sent in the header `token` (g4); empty: none.")
        reply_url: str = Field(default="", description="Where replies are posted; empty: they are undeliverable.")

    options: Options

    def __init__(self, options: BaseModel, context: Context) -> None:
        super().__init__(options, context)
        self._fields = GENERATIONS[self.options.generation]
        self._category = _address("url", self.options.url).params.get("category", "")
        for name in ("history_url", "reply_url"):
            if address := getattr(self.options, name):
                _address(name, address)
        self._strange: set[str] = set()

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give every report of the list, whatever its order, then the histories of those that moved."""
        window, now = Window(cursor), self.context.clock()
        found = await self._ask(self._request(self.options.url))
        if not found:
            raise TryAgain("answered an empty list")
        markers = unique(Marker(row, self._fields) for row in found)
        for at in range(0, len(markers), PAGE):
            items = [self._see(marker, window, now) for marker in markers[at : at + PAGE]]
            if at + PAGE >= len(markers):
                window.polled = int(now.timestamp())
            yield Page(items, window.dump())
        if self.options.history_url and window.due:
            async for page in self._histories(window):
                yield page

    def read(self, item: Item) -> Sequence[Reading]:
        """Give the complaint and the move of its status, or an official's entry. Raises ValueError for a wreck."""
        body = json.loads(item.body)
        zone = self.context.zone
        if isinstance(body, dict) and MEMBER in body:
            return [read_history(item, body, zone, self.context.source_name)]
        marker = Marker(body, self._fields)
        polled = item.meta.get("polled")
        complaint = marker.complaint(zone, datetime.fromisoformat(polled) if polled else None, self._category)
        moved = marker.follow_up(int(item.meta.get("since", 0)), complaint.created_at)
        return [complaint, moved] if moved else [complaint]

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post a reply into the report's history. Without an address for it, it is rejected."""
        if not isinstance(delivery.parcel, Reply):
            raise Rejected("takes replies only")
        if not self.options.reply_url:
            raise Rejected("no write-back address is configured (reply_url)")
        body = reply_body(delivery.parcel, self.context.zone, self.context.source_name)
        request = self._request(self.options.reply_url, delivery.parcel.complaint, body)
        request.headers["idempotency-key"] = f'"{delivery.key}"'
        response = await send(self.context.http, request)
        if not response.is_success:
            raise undelivered(response, self.context.clock())
        return Receipt()

    def _see(self, marker: Marker, window: Window, now: datetime) -> Item:
        if not marker.id:
            return marker.item(now, 0)
        self._hear(marker.status)
        return marker.item(now, window.see(marker.id, marker.status, marker.comments))

    async def _histories(self, window: Window) -> AsyncIterator[Page]:
        """Fetch what is due, some at a time. One that fails waits for its next turn and is told at the end."""
        before, names = window.dump(), window.due[:HISTORIES]
        items: list[Item] = []
        problem: PluginError | None = None
        for name in names:
            try:
                found = await self._ask(self._request(self.options.history_url, name))
            except PluginError as refused:
                problem = refused
                window.postpone(name)
                break
            items += {item.native_id: item for item in (history_item(name, row) for row in found)}.values()
            window.fetched(name)
        for at in range(0, max(len(items), 1), PAGE):
            last = at + PAGE >= len(items)
            yield Page(items[at : at + PAGE], window.dump() if last else before)
        if problem:
            raise TryAgain(f"history: {problem}", self.every)

    async def _ask(self, request: httpx2.Request) -> list[Any]:
        response = await send(self.context.http, request)
        return rows(response, self.context.clock())

    def _request(self, url: str, report: str = "", body: dict[str, str] | None = None) -> httpx2.Request:
        address = httpx2.URL(url)
        address = address.copy_merge_params({"pid": report}) if report else address
        token = self.options.token.get_secret_value()
        headers = {"accept": "application/json"} | ({"token": token} if token else {})
        return self.context.http.build_request("POST" if body else "GET", address, headers=headers, json=body)

    def _hear(self, status: str) -> None:
        """Log a status that nobody knows, once, and not without end."""
        if status and status not in STATUSES and status not in self._strange and len(self._strange) < 100:
            self._strange.add(status)
            self.context.log.warning("unknown Qlue status", status=status)


def unique(markers: Iterable[Marker]) -> list[Marker]:
    """Keep each report once, as it stands first in the list."""
    kept: dict[str, Marker] = {}
    for marker in markers:
        kept.setdefault(marker.native_id, marker)
    return list(kept.values())


def _address(name: str, text: str) -> httpx2.URL:
    try:
        address = httpx2.URL(text)
    except httpx2.InvalidURL:
        address = httpx2.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise BadOptions(f"{name} is no http or https address")
    return address
