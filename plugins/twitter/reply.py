"""What a reply looks like on X: its length by X's count, and a few letters of its own at the end."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from typing import Any

from plugins.twitter.posts import posts_of
from plugins.twitter.values import id_of, member, text_of

LONGEST = 280
LINK = 23
"""What any link counts, however long."""
_LINK = re.compile(r"(?i)https?://\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|info|id|io|me|co|gov)\b(?:/\S*)?")
"""X makes links of bare names of hosts too; these are the endings that officials write."""
_LIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""Code points that count one; all others two (X's counting rules, version 3)."""
_JOINERS = re.compile("[\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
_MARK = "23456789abcdefghjkmnpqrstuvwxyz"
"""Letters that are not mistaken for one another."""


def weight(text: str) -> int:
    """Count a text as X does. An emoji of several parts may count a little more here than there, never less."""
    composed = unicodedata.normalize("NFC", text)
    links = len(_LINK.findall(composed))
    bare = _JOINERS.sub("", _LINK.sub("", composed))
    return links * LINK + sum(1 if any(low <= ord(one) <= high for low, high in _LIGHT) else 2 for one in bare)


def spell(text: str, key: str) -> str:
    """Give the post: the text, shortened where it must be, and its mark.

    X refuses a text that the account has posted before, and many citizens of one report get the same words: the mark,
    made of the delivery's key, makes each post its own, and every retry of it the same.
    """
    mark = mark_of(key)
    room = LONGEST - weight(mark)
    body = unicodedata.normalize("NFC", text).strip()
    if weight(body) > room:
        while body and weight(body) + 2 > room:
            body = body[:-1]
        body = f"{body.rsplit(' ', 1)[0].rstrip()}…"
    return body + mark


def mark_of(key: str) -> str:
    """Give the mark of a delivery, like ` ·k7q2m`."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    letters = []
    for _ in range(5):
        number, at = divmod(number, len(_MARK))
        letters.append(_MARK[at])
    return f" ·{''.join(letters)}"


def find_sent(page: Any, key: str) -> str:
    """Give the id of the post with this delivery's mark; empty where there is none on the page."""
    mark = mark_of(key).strip()
    found = (post for post in posts_of(page) if html.unescape(text_of(member(post, "text"))).endswith(mark))
    return next((id_of(member(post, "id")) for post in found), "")
