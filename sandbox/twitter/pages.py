"""How X writes a page: only the members that were asked for, what belongs to them beside them, one of two spellings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.twitter.timeline import NEW_NAMES, Timeline

ALWAYS = {"id", "text", "edit_history_tweet_ids"}


def page_of(
    timeline: Timeline, posts: Sequence[Mapping[str, Any]], query: Mapping[str, str], token: str
) -> dict[str, Any]:
    """Write a page of posts; `token` names the next one, empty for the last."""
    if not posts:
        return {"meta": {"result_count": 0}}
    asked = _listed(query, "tweet.fields") | _listed(query, "post.fields") | ALWAYS
    meta = {"result_count": len(posts), "newest_id": posts[0]["id"], "oldest_id": posts[-1]["id"]}
    includes, errors = _includes(timeline, posts, query, asked)
    page: dict[str, Any] = {"data": [_post(timeline, one, asked) for one in posts]}
    page |= {"includes": includes} if includes else {}
    page |= {"errors": errors} if errors else {}
    return page | {"meta": meta | ({"next_token": token} if token else {})}


def _listed(query: Mapping[str, str], name: str) -> set[str]:
    return set(query.get(name, "").split(","))


def _post(timeline: Timeline, post: Mapping[str, Any], asked: set[str]) -> dict[str, Any]:
    shown = {name: value for name, value in post.items() if name in asked}
    if timeline.spelling == "tweet":
        return shown
    empty = dict.fromkeys(("geo", "attachments", "referenced_posts", "note_post", "in_reply_to_user_id"))
    return empty | {NEW_NAMES.get(name, name): value for name, value in shown.items()}


def _includes(
    timeline: Timeline, posts: Sequence[Mapping[str, Any]], query: Mapping[str, str], asked: set[str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    wanted = _listed(query, "expansions")
    named = [one["id"] for post in posts for one in post.get("referenced_tweets") or ()]
    errors = [missing(name) for name in dict.fromkeys(named) if name not in timeline.posts]
    others = [timeline.posts[name] for name in dict.fromkeys(named) if name in timeline.posts]
    deep, found = [*posts, *others], {}
    if "referenced_tweets.id" in wanted:
        found["tweets" if timeline.spelling == "tweet" else "posts"] = [_post(timeline, one, asked) for one in others]
    if "attachments.media_keys" in wanted:
        known = deep if "referenced_tweets.id.attachments.media_keys" in wanted else posts
        found["media"] = _pick(timeline.media, [key for one in known for key in _media(one)])
    if "geo.place_id" in wanted:
        found["places"] = _pick(timeline.places, [(one.get("geo") or {}).get("place_id") for one in posts])
    if "author_id" in wanted:
        found["users"] = _pick(timeline.users, [one.get("author_id") for one in deep])
    return {name: rows for name, rows in found.items() if rows}, errors if "referenced_tweets.id" in wanted else []


def _media(post: Mapping[str, Any]) -> list[str]:
    return list((post.get("attachments") or {}).get("media_keys") or ())


def _pick(known: Mapping[str, dict[str, Any]], names: Sequence[Any]) -> list[dict[str, Any]]:
    return [known[name] for name in dict.fromkeys(names) if name in known]


def missing(name: str, parameter: str = "referenced_tweets.id") -> dict[str, Any]:
    """Say that a post is not there, beside those that are."""
    return {
        "resource_id": name,
        "resource_type": "tweet",
        "parameter": parameter,
        "value": name,
        "title": "Not Found Error",
        "detail": f"Could not find tweet with {parameter}: [{name}].",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
