"""What a post says: the long text, links spelled out, leading names of a reply left out."""

from __future__ import annotations

import html
import re
from typing import Any

from plugins.twitter.values import dicts, id_of, member, text_of

_NAMES = re.compile(r"(?:@\w{1,15}\s+)+")
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/\w+(?:/\w+)?/status/(\d{1,19})")
LONGEST = 25_000
"""Letters of a long post (X's own limit)."""


def words_of(post: Any) -> str:
    """Give a post's own words."""
    note = member(post, "note_tweet")
    long = text_of(member(note, "text"))
    text = long or text_of(member(post, "text"))
    if references(post, "replied_to"):
        text = text[_hidden(post, text, is_long=bool(long)) :]
    source = member(note, "entities") if long else member(post, "entities")
    for link in dicts(member(source, "urls")):
        short = text_of(link.get("url"))
        if short:
            text = text.replace(short, _spelled(link, post))
    lines = (" ".join(line.split()) for line in html.unescape(text[:LONGEST]).splitlines())
    return "\n".join(line for line in lines if line)


def _hidden(post: Any, text: str, *, is_long: bool) -> int:
    """Give how many letters X hides: the names that a reply is addressed to, by its own account of it."""
    told = member(post, "display_text_range")
    start = told[0] if isinstance(told, list) and told and type(told[0]) is int else 0
    names = _NAMES.match(text)
    if names is None:
        return 0
    return names.end() if is_long else min(max(start, 0), names.end())


def _spelled(link: dict[str, Any], post: Any) -> str:
    """Give where a link leads; nothing for the post's own photos and for the post that it quotes."""
    target = text_of(link.get("unwound_url")) or text_of(link.get("expanded_url"))
    status = _STATUS.match(target)
    if link.get("media_key") or (status and status[1] in {*references(post), id_of(member(post, "id"))}):
        return ""
    return target


def references(post: Any, kind: str = "") -> list[str]:
    """Give the ids of the posts that this one answers, quotes or repeats, of one kind or of all."""
    found = dicts(member(post, "referenced_tweets"))
    ids = (id_of(one.get("id")) for one in found if not kind or one.get("type") == kind)
    return [one for one in ids if one]


def is_named(post: Any, account: dict[str, str], text: str) -> tuple[bool, bool]:
    """Say whether a post mentions the account at all, and whether in its own words: `text`."""
    name = text_of(account.get("username")).lower()
    mentions = dicts(member(member(post, "entities"), "mentions"))
    mentions += dicts(member(member(member(post, "note_tweet"), "entities"), "mentions"))
    inside = bool(name) and re.search(rf"(?i)(?<!\w)@{re.escape(name)}(?!\w)", text) is not None
    listed = any(
        text_of(one.get("username")).lower() == name or (one.get("id") and one.get("id") == account.get("id"))
        for one in mentions
    )
    return inside or listed, inside


def tags_of(post: Any) -> tuple[str, ...]:
    """Give a post's hashtags, lower case."""
    found = dicts(member(member(post, "entities"), "hashtags"))
    return tuple(dict.fromkeys(tag.lower() for one in found if (tag := text_of(one.get("tag"))[:100])))[:20]
