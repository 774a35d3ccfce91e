"""From a page of posts to items: each post with the people, photos, places and posts that it needs to be read alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from hub.plugin import Item
from plugins.twitter.values import dicts, id_of, member, native_id, text_of

_USER = ("id", "name", "username")


def posts_of(page: Any) -> list[Any]:
    """Give the posts of a page, the newest first as X gives them."""
    found = member(page, "data")
    return found if isinstance(found, list) else []


class Shelf:
    """What a page includes beside its posts, by id."""

    def __init__(self, page: Any) -> None:
        includes = member(page, "includes")
        self._posts = {text_of(one.get("id")): one for one in dicts(member(includes, "tweets"))}
        self._users = {text_of(one.get("id")): one for one in dicts(member(includes, "users"))}
        self._media = {text_of(one.get("media_key")): one for one in dicts(member(includes, "media"))}
        self._places = {text_of(one.get("id")): one for one in dicts(member(includes, "places"))}

    def item(self, post: Any, account: dict[str, str]) -> Item:
        """Make the item of a post; one without a usable id is kept unread."""
        name = native_id(post)
        if not name or not id_of(member(post, "id")):
            body = json.dumps(post).encode()
            return Item(f"unusable-{hashlib.sha256(body).hexdigest()[:16]}", body, quarantine="no usable id")
        needed = [post, *self._referenced(post)]
        includes = {
            "tweets": needed[1:],
            "users": [{key: user.get(key) for key in _USER} for user in self._authors(needed)],
            "media": [self._media[key] for one in needed for key in media_keys(one) if key in self._media],
            "places": [self._places[key] for one in needed if (key := place_id(one)) in self._places],
        }
        whole = {"data": post, "includes": {key: rows for key, rows in includes.items() if rows}, "account": account}
        return Item(name, json.dumps(whole, separators=(",", ":")).encode(), _mark(post))

    def _referenced(self, post: Any) -> list[Any]:
        named = [text_of(one.get("id")) for one in dicts(member(post, "referenced_tweets"))]
        return [self._posts[name] for name in named if name in self._posts]

    def _authors(self, posts: list[Any]) -> Iterator[dict[str, Any]]:
        for name in dict.fromkeys(text_of(member(post, "author_id")) for post in posts):
            if name in self._users:
                yield self._users[name]


def media_keys(post: Any) -> list[str]:
    """Give the keys of a post's photos and videos."""
    keys = member(member(post, "attachments"), "media_keys")
    return [key for key in keys if isinstance(key, str)][:8] if isinstance(keys, list) else []


def place_id(post: Any) -> str:
    """Give the id of the place a post was tagged with."""
    return text_of(member(member(post, "geo"), "place_id"))


def _mark(post: Any) -> str:
    """Sum up what makes a post another one: its version, words, photos and place. Likes and views do not."""
    told = [member(post, name) for name in ("id", "text", "geo", "referenced_tweets")]
    told += [member(member(post, "note_tweet"), "text"), media_keys(post)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
