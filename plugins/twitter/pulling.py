"""Reads the two lists, mentions and search, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from hub.plugin import BadOptions, Context, Item, Page, Throttled
from plugins.twitter.client import Client
from plugins.twitter.meter import OWNED_READ, READ, Spend
from plugins.twitter.options import Options
from plugins.twitter.posts import Shelf, posts_of
from plugins.twitter.refusals import BadParameter, next_month
from plugins.twitter.state import REACH, Round, State
from plugins.twitter.values import id_of, member, native_id, text_of, time_in

MAX_PAGES = 20
"""Of one list in one pull; the rest comes with the next."""
TOKENS = {"mentions": "pagination_token", "search": "next_token"}


class Pull:
    """One pull: the lists in turn, from where the cursor says."""

    def __init__(
        self,
        options: Options,
        context: Context,
        client: Client,
        spend: Spend,
        cursor: Any,
        *,
        is_complaint: Callable[[Item], bool],
    ) -> None:
        self._is_complaint = is_complaint
        self._options, self._context, self._client, self._spend = options, context, client, spend
        self._state = State(cursor, options.account)
        spend.load(self._state.spend, context.clock())

    async def pages(self) -> AsyncIterator[Page]:
        """Give every page of both lists."""
        self._check_budget()
        await self._know_account()
        for name in ("mentions", "search") if self._options.query else ("mentions",):
            async for page in self._list(name):
                yield page
        if self._options.recheck_days:
            async for page in self._gone():
                yield page

    async def _know_account(self) -> None:
        """Look the account's id up, once for all pulls."""
        if self._state.account_id:
            return
        found = await self._client.account(self._options.account)
        self._state.account_id = id_of(member(member(found, "data"), "id"))
        self._spend.looked_up(self._context.clock())
        if not self._state.account_id:
            raise BadOptions("account: X knows nobody of that name")

    async def _list(self, name: str) -> AsyncIterator[Page]:
        place, options = self._state.places[name], self._options
        overlap, first = timedelta(minutes=options.overlap), timedelta(hours=options.first_hours)
        for _ in range(MAX_PAGES):
            self._check_budget()
            now = self._context.clock()
            part = place.begin(now, overlap, first, REACH if name == "search" else None)
            try:
                page = await self._ask(name, part)
            except BadParameter as refused:
                page = await self._ask_again(name, part, refused, now)
            items = list(self._take(name, page, now))
            meta = member(page, "meta")
            if not part.tokens:
                part.newest = str(max(int(part.newest or 0), int(id_of(member(meta, "newest_id")) or 0)))
            is_over = not part.turn(text_of(member(meta, "next_token")))
            if is_over:
                place.end()
            yield Page(items, self._state.dump(self._spend.dump()))
            if is_over:
                return

    async def _gone(self) -> AsyncIterator[Page]:
        """Look today's complaints up; those whose post is gone end."""
        watch = self._state.watch
        while batch := watch.batch(self._context.clock(), self._options.recheck_days):
            self._check_budget()
            page = await self._client.posts(batch)
            self._spend.read(len(posts_of(page)), READ, self._context.clock())
            yield Page(watch.settle(batch, page), self._state.dump(self._spend.dump()))

    async def _ask(self, name: str, part: Round) -> Any:
        """Ask for the round's next page; by time where the last round lies too far back for search."""
        window: dict[str, Any] = {TOKENS[name]: part.token} if part.token else {}
        window |= {"start_time": part.start} if part.start else {"since_id": part.since}
        if name == "mentions":
            return await self._client.mentions(self._state.account_id, **window)
        try:
            return await self._client.search(self._options.query, **window)
        except BadParameter as refused:
            if "query" in refused.names:
                raise BadOptions("query: X does not take it") from None
            raise

    async def _ask_again(self, name: str, part: Round, refused: BadParameter, now: datetime) -> Any:
        """Do without what X does not take: a token of old, or a since_id that lies too far back."""
        if TOKENS[name] in refused.names and part.tokens:
            part.tokens.clear()
        elif "since_id" in refused.names and not part.start:
            start = max(time_in(part.since) or now - REACH, now - REACH)
            part.tokens, part.start = [], f"{start:%Y-%m-%dT%H:%M:%SZ}"
        else:
            raise refused
        return await self._ask(name, part)

    def _take(self, name: str, page: Any, now: datetime) -> Iterator[Item]:
        """Make the items of a page, the oldest first: what continues a conversation comes after its start."""
        posts, shelf = posts_of(page), Shelf(page)
        fresh = self._state.seen.add(id_of(member(post, "id")) for post in posts)
        owned = name == "mentions" and self._options.owned and self._options.signs
        self._spend.read(fresh, OWNED_READ if owned else READ, now)
        account = {"id": self._state.account_id, "username": self._options.account}
        latest: dict[str, Item] = {}
        for post in posts:
            item = shelf.item(post, account)
            if item.quarantine or not self._state.is_outdated(native_id(post), id_of(member(post, "id"))):
                latest.setdefault(item.native_id, item)
            if self._options.recheck_days and self._is_complaint(item):
                self._state.watch.add(item.native_id, id_of(member(post, "id")), now)
        yield from reversed(latest.values())

    def _check_budget(self) -> None:
        now, budget = self._context.clock(), self._options.monthly_budget
        self._spend.turn(now)
        if budget and self._spend.usd >= budget:
            raise Throttled(next_month(now), "the month's budget is used up (monthly_budget)")
