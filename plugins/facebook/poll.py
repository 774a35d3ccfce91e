"""Asking instead of being told: posts with their comments, and conversations, as far back as something may be new."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.plugin import Item, Page
from plugins.facebook.graph import Graph
from plugins.facebook.items import message_item, post_item
from plugins.facebook.memory import Memory
from plugins.facebook.options import FacebookOptions
from plugins.facebook.values import instant, rows_at, text_at

_WORDS = "id,message,from{id,name},created_time"
_COMMENT = f"{_WORDS},parent{{id}},attachment"
COMMENTS = f"comments.filter(stream).limit(100){{{_COMMENT}}}"
POSTS = f"{_WORDS},attachments{{type,media,subattachments}},place,{COMMENTS}"
MESSAGES = "messages.limit(100){id,message,from,created_time,attachments}"
OVERLAP = timedelta(minutes=10)
"""Asked for again at every poll: the clocks differ, and what is written meanwhile may be late."""
MOST_PAGES = 200
"""Pages of one edge: a cursor that runs in circles must end."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Poll:
    """One round. The cursor is `{"polled": seconds since 1970}`: when the last whole round began."""

    graph: Graph
    options: FacebookOptions
    memory: Memory
    began: datetime
    cursor: Any

    async def pages(self) -> AsyncIterator[Page]:
        """Give everything; the cursor moves with the last page only, so a round that was cut is done again."""
        batch: list[Item] = []
        async for items in self._everything():
            if len(batch) + len(items) > _PAGE:
                yield Page(batch, self.cursor)
                batch = []
            batch = [*batch, *items]
        yield Page(batch, {"polled": int(self.began.timestamp())})

    async def _everything(self) -> AsyncIterator[Sequence[Item]]:
        if "posts" in self.options.poll:
            known: set[str] = set()
            for edge in ("visitor_posts", "feed"):
                async for items in self._posts(edge, known):
                    yield items
        if "messages" in self.options.poll:
            async for items in self._conversations():
                yield items

    async def _posts(self, edge: str, known: set[str]) -> AsyncIterator[Sequence[Item]]:
        """Posts of the last days not known yet, with all their comments: an old post may have a new one."""
        since = self.began - timedelta(days=self.options.lookback_days)
        path = f"{self.options.page_id}/{edge}"
        async for rows in self._rows(path, fields=POSTS, limit="25", since=str(int(since.timestamp()))):
            for row in rows:
                name, comments = text_at(row, "id"), row.pop("comments", None)
                if name in known:
                    continue
                known.update({name} - {""})
                post = post_item(row, self.began, self.memory)
                yield [post] if post else []
                async for items in self._comments(name, comments):
                    yield items

    async def _comments(self, post: str, first: Any) -> AsyncIterator[Sequence[Item]]:
        yield list(self._taken(rows_at(first, "data"), post))
        after = _next(first)
        if post and after:
            async for rows in self._rows(f"{post}/comments", after, fields=_COMMENT, filter="stream", limit="100"):
                yield list(self._taken(rows, post))

    def _taken(self, rows: Iterator[dict[str, Any]] | Sequence[dict[str, Any]], post: str) -> Iterator[Item]:
        for row in rows:
            item = post_item(row, self.began, self.memory, post)
            if item is not None:
                yield item

    async def _conversations(self) -> AsyncIterator[Sequence[Item]]:
        """Conversations in which something was said since the last round; the newest come first."""
        last = self.cursor.get("polled") if isinstance(self.cursor, dict) else None
        back = timedelta(days=self.options.lookback_days)
        since = instant(last) - OVERLAP if last else self.began - back
        path = f"{self.options.page_id}/conversations"
        fields = f"id,updated_time,{MESSAGES}"
        async for rows in self._rows(path, fields=fields, platform="messenger", limit="25"):
            for row in rows:
                if _is_before(row.get("updated_time"), since):
                    return
                yield await self._conversation(row, since)

    async def _conversation(self, row: Any, since: datetime) -> list[Item]:
        """Its messages since then, the oldest first, as they were said."""
        found = list(rows_at(row, "messages", "data"))
        after = _next(row.get("messages"))
        if after and found and not _is_before(found[-1].get("created_time"), since):
            fields = MESSAGES.partition("{")[2].removesuffix("}")
            async for more in self._rows(f"{text_at(row, 'id')}/messages", after, fields=fields, limit="100"):
                found += more
                if _is_before(more[-1].get("created_time"), since) or len(found) > _PAGE:
                    break
        recent = [one for one in found if not _is_before(one.get("created_time"), since)]
        items = (message_item(one, self.memory, self.options.page_id) for one in reversed(recent[:_PAGE]))
        return [item for item in items if item is not None]

    async def _rows(self, path: str, after: str = "", **params: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Follow an edge by its cursors. Its own address of the next page is not followed: it holds the token."""
        for _ in range(MOST_PAGES):
            answer = await self.graph.get(path, **params, **({"after": after} if after else {}))
            if rows := list(rows_at(answer, "data")):
                yield rows
            after, before = _next(answer), after
            if not after or after == before:
                return


def _next(answer: Any) -> str:
    """Give the cursor behind an answer; empty where it is the last one."""
    return text_at(answer, "paging", "cursors", "after") if text_at(answer, "paging", "next") else ""


def _is_before(time: Any, since: datetime) -> bool:
    try:
        return instant(time) < since
    except ValueError:
        return False
