"""The channel: reads mentions and a search, answers under the posts of those who called the account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel

from hub.plugin import (
    Audience,
    Complaint,
    Context,
    Delivery,
    Item,
    Manner,
    Meter,
    Notice,
    Page,
    PluginError,
    Reading,
    Receipt,
    Rejected,
    Reply,
    Sink,
    Source,
    Unauthorized,
)
from plugins.twitter.client import Client
from plugins.twitter.filter import load_filter
from plugins.twitter.meter import Spend
from plugins.twitter.options import Options as TwitterOptions
from plugins.twitter.options import check
from plugins.twitter.pulling import Pull
from plugins.twitter.reading import read_post
from plugins.twitter.refusals import Duplicate
from plugins.twitter.reply import LONGEST, find_sent, mark_of, spell, weight
from plugins.twitter.values import id_of, member


class Twitter(Source, Sink):
    """Posts on X about the city, and answers to them."""

    kind: ClassVar[str] = "twitter"
    title: ClassVar[str] = "X (Twitter)"
    audience: ClassVar[Audience] = "public"
    every: ClassVar[timedelta] = timedelta(minutes=2)
    silent_after: ClassVar[timedelta] = timedelta(hours=24)
    manner: ClassVar[Manner] = Manner(max_chars=LONGEST - weight(mark_of("")), links=False, threads=True, rate=100 / 15)

    class Options(TwitterOptions):
        """Whose mentions are read, with which keys, and what it may cost."""

    options: Options

    def __init__(self, options: BaseModel, context: Context) -> None:
        super().__init__(options, context)
        check(self.options)
        self._filter = load_filter(self.options.filter_file)
        self._client = Client(self.options, context.clock)
        self._spend = Spend()

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give the mentions, then what the search finds, the newest page first."""
        pull = Pull(self.options, self.context, self._client, self._spend, cursor, is_complaint=self._is_complaint)
        async for page in pull.pages():
            yield page

    def read(self, item: Item) -> Sequence[Reading]:
        """Give the complaint, the addition, or why it is neither. Raises ValueError for a wreck."""
        return [read_post(item, self._filter)]

    def wants(self, parcel: Notice | Reply) -> bool:
        """Take replies to those who called the account: X refuses all others."""
        return isinstance(parcel, Reply) and self.options.replies and parcel.reply_context.get("summoned") == "yes"

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post the reply under the citizen's post. A text that X has already was sent by an earlier try."""
        parcel = delivery.parcel
        if not isinstance(parcel, Reply):
            raise Rejected("takes replies only")
        post = id_of(parcel.reply_context.get("tweet")) or id_of(parcel.complaint)
        if not post:
            raise Rejected("the complaint's post is not known")
        if delivery.uncertain and (sent := await self._sent(parcel, delivery.key)):
            return Receipt(sent, "found on X: an earlier try had arrived")
        try:
            answer = await self._client.reply(spell(parcel.text, delivery.key), post)
        except Duplicate:
            return Receipt(note="X has this text already: an earlier try had probably arrived")
        self._spend.replied(self.context.clock())
        return Receipt(id_of(member(member(answer, "data"), "id")))

    def meters(self) -> Sequence[Meter]:
        """Say what was read and sent, what it costs, and what X's rate windows still allow."""
        limits = self._client.gate.limits
        return tuple(self._spend.meters(self.options.monthly_budget, limits, self.context.clock()))

    async def close(self) -> None:
        """Let go of the connections to X."""
        await self._client.close()

    def _is_complaint(self, item: Item) -> bool:
        try:
            return not item.quarantine and isinstance(read_post(item, self._filter), Complaint)
        except ValueError:
            return False

    async def _sent(self, parcel: Reply, key: str) -> str:
        """Look for a reply among our posts in the conversation; where search is not to be had, X's refusal must do."""
        if not id_of(parcel.thread):
            return ""
        try:
            return find_sent(await self._client.own_posts(parcel.thread), key)
        except Unauthorized:
            raise
        except PluginError:
            return ""
