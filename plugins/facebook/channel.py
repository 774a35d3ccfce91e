"""The channel: takes what Facebook pushes, asks for what it did not push, and answers in place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import httpx2

from hub.plugin import (
    Audience,
    BadOptions,
    Context,
    Delivery,
    Item,
    Manner,
    Meter,
    NoPull,
    Notice,
    Page,
    Reading,
    Receipt,
    Received,
    Rejected,
    Reply,
    Request,
    Sink,
    Source,
)
from plugins.facebook.graph import Graph
from plugins.facebook.memory import Memory
from plugins.facebook.options import FacebookOptions
from plugins.facebook.poll import Poll
from plugins.facebook.reading import read_item
from plugins.facebook.reply import COMMENT, Answer, manner_of
from plugins.facebook.webhook import answer_challenge, take


class Facebook(Source, Sink):
    """One page: posts of visitors, comments, Messenger."""

    kind: ClassVar[str] = "facebook"
    title: ClassVar[str] = "Facebook"
    audience: ClassVar[Audience] = "public"
    """Comments are; a message is marked `private` itself."""
    every: ClassVar[timedelta] = timedelta(minutes=10)
    silent_after: ClassVar[timedelta] = timedelta(hours=24)
    manner: ClassVar[Manner] = COMMENT
    """Of both ways the narrower; `manner_of` knows which one it is."""
    options: FacebookOptions

    class Options(FacebookOptions):
        """Settings of a Facebook channel."""

    def __init__(self, options: Options, context: Context) -> None:
        super().__init__(options, context)
        _check_address(self.options.graph_url)
        lasting = timedelta(days=max(1, self.options.conversation_days))
        self._memory = Memory(timedelta(seconds=self.options.burst_seconds), lasting)
        self._graph = Graph(self.options, context)

    async def receive(self, request: Request) -> Received:
        """Answer the set-up question, or take a signed batch. Raises Unauthorized, Rejected."""
        if request.method == "GET":
            return answer_challenge(request, self.options.verify_token)
        return take(request, self.options, self.context, self._memory)

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Ask for what may not have been pushed. Raises NoPull where the option `poll` is empty."""
        if not self.options.poll:
            raise NoPull
        async for page in Poll(self._graph, self.options, self._memory, self.context.clock(), cursor).pages():
            yield page

    def read(self, item: Item) -> Sequence[Reading]:
        """Say what an item means; ValueError for a wreck."""
        return [read_item(item, self.options, self.context.zone)]

    def meters(self) -> Sequence[Meter]:
        """Say how full Facebook's limits are, as its last answer told."""
        return tuple(self._graph.usage.values())

    def manner_of(self, reply_context: Mapping[str, str]) -> Manner:
        """Messages are private, may hold links, and have their window; comments stand before everybody."""
        return manner_of(reply_context, human_agent=self.options.human_agent)

    def wants(self, parcel: Notice | Reply) -> bool:
        """Replies to what came in by this plugin."""
        return isinstance(parcel, Reply) and parcel.reply_context.get("way") in {"comment", "message"}

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Answer by a comment or a message; what may have gone out before is looked up first."""
        if not isinstance(delivery.parcel, Reply):
            raise Rejected("takes replies only")
        return await Answer(self._graph, self.options, self.context.clock(), delivery, delivery.parcel).send()


def _check_address(text: str) -> None:
    try:
        address = httpx2.URL(text)
    except httpx2.InvalidURL:
        address = httpx2.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise BadOptions("graph_url is no http or https address")
