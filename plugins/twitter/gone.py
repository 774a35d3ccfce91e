"""Complaints whose posts were deleted or made private at X since: looked up once a day where an operator wants it.

X asks those who store posts to remove them then (developer policy). A look-up of posts by id names the missing ones in
its `errors`; it costs as much as reading them.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from hub.plugin import Item
from plugins.twitter.values import dicts, id_at, id_of, member, text_of

BATCH = 100
"""Posts in one look-up at most."""
SIZE = 1000
"""Complaints that are kept in mind, the newest."""
MEMBER = "gone"
"""Marks the body of such an item; no page of X has this member."""
_GONE = ("resource-not-found", "not-authorized-for-resource")


class Watch:
    """Posts that became complaints, by native id, with their newest version; and who is still to be looked up today."""

    def __init__(self, stored: Any) -> None:
        known = stored if isinstance(stored, dict) else {}
        posts, todo = known.get("posts"), known.get("todo")
        self._posts = {id_of(name): id_of(one) for name, one in posts.items()} if isinstance(posts, dict) else {}
        self._todo = [str(name) for name in todo] if isinstance(todo, list) else []
        self._day = text_of(known.get("day"))

    def add(self, native_id: str, post_id: str, now: datetime) -> None:
        """Keep a complaint in mind."""
        self._day = self._day or f"{now:%Y-%m-%d}"
        self._posts[native_id] = post_id
        for old in sorted(self._posts, key=_age)[: max(0, len(self._posts) - SIZE)]:
            del self._posts[old]

    def batch(self, now: datetime, days: int) -> list[str]:
        """Give the next posts to look up, none older than so many days; each once a day."""
        today = f"{now:%Y-%m-%d}"
        if self._day != today:
            oldest = id_at(now - timedelta(days=days))
            self._posts = {name: one for name, one in self._posts.items() if _age(name) >= oldest}
            self._todo, self._day = list(self._posts), today
        self._todo = [name for name in self._todo if name in self._posts]
        return [self._posts[name] for name in self._todo[:BATCH]]

    def settle(self, batch: list[str], page: Any) -> list[Item]:
        """Take the answer about a batch; give an item for each post that is gone."""
        errors = dicts(member(page, "errors"))
        missing = {
            id_of(error.get("resource_id")) or id_of(error.get("value"))
            for error in errors
            if text_of(error.get("type")).endswith(_GONE)
        }
        self._todo = self._todo[len(batch) :]
        gone = [name for name, one in self._posts.items() if one in missing and one in batch]
        for name in gone:
            del self._posts[name]
        return [Item(f"{name}/{MEMBER}", json.dumps({MEMBER: name}).encode()) for name in gone]

    def dump(self) -> dict[str, Any]:
        """Give it as a cursor keeps it."""
        return {"posts": dict(self._posts), "todo": list(self._todo), "day": self._day}


def _age(post_id: str) -> int:
    """Give a number by which the oldest post comes first."""
    return int(post_id or 0)
