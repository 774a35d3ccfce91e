"""What stands on X at this moment: posts with people, photos and places, and the replies that the account wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.twitter.faults import Fault

EPOCH = 1288834974657
"""Milliseconds since 1970 at which X's ids begin."""
_RULE = re.compile(r"(-?)(?:(from|conversation_id|is|lang|place_country):)?([^\s()]+)")
NEW_NAMES = {
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
}


class Timeline:
    """X in memory. Whatever is set on it counts from the next request on."""

    def __init__(self, account: str = "AduanKota", account_id: str = "1000000000000000009") -> None:
        self.account, self.account_id = account, account_id
        self.fault: Fault = ""
        self.fault_on: str = ""
        """Part of the path that the fault is shown on; empty: everywhere."""
        self.spelling = "tweet"
        """`tweet`: names of 2.166; `post`: those of 2.167, with nulls for what is missing."""
        self.page = 100
        """Posts a page at most, whatever is asked for."""
        self.remaining: dict[str, int] = {}
        """Requests left in this window, by path; 450 at first."""
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.heard: Callable[[], None] = lambda: None
        """Called when a request comes in that will not be answered for long."""
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and query of every request."""
        self.replies: list[dict[str, str]] = []
        """What the account wrote: `id`, `text`, `to`."""
        self.posts: dict[str, dict[str, Any]] = {}
        self.users = {account_id: {"id": account_id, "name": "Aduan Kota", "username": account}}
        self.media: dict[str, dict[str, Any]] = {}
        self.places: dict[str, dict[str, Any]] = {}
        self._last = 0

    def show(
        self,
        post: Mapping[str, Any],
        *,
        user: Mapping[str, Any] | None = None,
        media: Iterable[Mapping[str, Any]] = (),
        place: Mapping[str, Any] | None = None,
    ) -> str:
        """Let a post appear, by the names of 2.166; what is missing is filled in. Gives its id."""
        post_id = str(post.get("id") or self.next_id())
        plain: dict[str, Any] = {
            "id": post_id,
            "edit_history_tweet_ids": [post_id],
            "created_at": f"{self.clock():%Y-%m-%dT%H:%M:%S}.000Z",
            "conversation_id": post_id,
            "lang": "in",
            "entities": {"mentions": self._mentions(str(post.get("text", "")))},
            "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0},
        }
        self.posts[post_id] = plain | dict(post)
        if user:
            self.users[str(user["id"])] = dict(user)
            self.posts[post_id].setdefault("author_id", str(user["id"]))
        self.media |= {str(one["media_key"]): dict(one) for one in media}
        if place:
            self.places[str(place["id"])] = dict(place)
        return post_id

    def edit(self, post_id: str, text: str) -> str:
        """Let an author correct a post: it gets a new id, the old one is no longer listed. Gives the new one."""
        old = self.posts.pop(post_id)
        new = self.next_id()
        history = [*old["edit_history_tweet_ids"], new]
        return self.show(old | {"id": new, "text": text, "edit_history_tweet_ids": history})

    def delete(self, post_id: str) -> None:
        """Let a post vanish; posts that refer to it stay."""
        self.posts.pop(post_id, None)

    def next_id(self) -> str:
        """Give an id for a post of this moment, larger than all before."""
        milliseconds = int(self.clock().timestamp() * 1000)
        self._last = max(self._last + 1, (milliseconds - EPOCH) << 22)
        return str(self._last)

    def mentions(self) -> list[dict[str, Any]]:
        """Give the newest 800 posts that mention the account, the newest first."""
        sign = f"@{self.account}".lower()
        return [one for one in self._newest() if sign in one["text"].lower() or self._is_listed(one)][:800]

    def search(self, query: str) -> list[dict[str, Any]]:
        """Give the posts that match, newest first: any of the words, all of the rules, none of those with a minus."""
        rules = [(minus, kind, word.strip('"').lower()) for minus, kind, word in _RULE.findall(query) if word != "OR"]
        return [one for one in self._newest() if self._matches(one, rules)]

    def may_answer(self, post_id: str) -> bool:
        """Say whether the account was called by a post's author: mentioned, or one of its posts quoted."""
        post = self.posts[post_id]
        quoted = [one["id"] for one in post.get("referenced_tweets", ()) if one["type"] == "quoted"]
        ours = any(self.posts.get(one, {}).get("author_id") == self.account_id for one in quoted)
        return ours or post in self.mentions() or post.get("author_id") == self.account_id

    def answer(self, text: str, to: str) -> str:
        """Let the account reply. Gives the reply's id."""
        parent = self.posts[to]
        post = {
            "text": text,
            "author_id": self.account_id,
            "conversation_id": parent["conversation_id"],
            "in_reply_to_user_id": parent.get("author_id"),
            "referenced_tweets": [{"type": "replied_to", "id": to}],
        }
        reply = self.show(post)
        self.replies.append({"id": reply, "text": text, "to": to})
        return reply

    def _newest(self) -> list[dict[str, Any]]:
        return sorted(self.posts.values(), key=lambda one: -int(one["id"]))

    def _mentions(self, text: str) -> list[dict[str, Any]]:
        ids = {user["username"].lower(): user["id"] for user in self.users.values()}
        found = re.finditer(r"@(\w{1,15})", text)
        return [
            {"start": one.start(), "end": one.end(), "username": one[1], "id": ids.get(one[1].lower(), "1")}
            for one in found
        ]

    def _is_listed(self, post: Mapping[str, Any]) -> bool:
        listed = (post.get("entities") or {}).get("mentions") or ()
        return any(one.get("id") == self.account_id for one in listed)

    def _matches(self, post: Mapping[str, Any], rules: Iterable[tuple[str, str, str]]) -> bool:
        words, any_word = [], False
        for minus, kind, word in rules:
            hit = self._hit(post, kind, word)
            if (minus and hit) or (kind and not minus and not hit):
                return False
            if not kind and not minus:
                words.append(word)
                any_word = any_word or hit
        return any_word or not words

    def _hit(self, post: Mapping[str, Any], kind: str, word: str) -> bool:
        match kind:
            case "from":
                author = self.users.get(str(post.get("author_id")), {})
                return word in {str(author.get("username", "")).lower(), author.get("id")}
            case "conversation_id":
                return word == str(post["conversation_id"])
            case "is":
                return any(one["type"].startswith(word[:5]) for one in post.get("referenced_tweets", ()))
            case "lang":
                return word == post.get("lang")
        return word in str(post["text"]).lower()
