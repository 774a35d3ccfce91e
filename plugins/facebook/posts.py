"""Posts and comments, as a webhook's feed change and as a row of the Graph API tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plugin import Attachment
from plugins.facebook.values import digest, instant, rows_at, text_at

POSTS = frozenset({"post", "status", "photo", "video", "share", "link", "note"})
"""What a feed change may call a post (its `item`)."""
TAKEN = frozenset({"add", "edited"})
_MEDIA = {"photo": "photo", "video": "video", "video_inline": "video", "animated_image_video": "video"}


@dataclass(frozen=True, slots=True)
class Post:
    """A post or a comment."""

    id: str
    author: str
    """Empty where Facebook does not say who wrote it."""
    name: str
    at: datetime
    text: str
    files: tuple[Attachment, ...]
    threads: tuple[str, ...] = ()
    """A comment's parents: the comment it answers, the post it stands under."""
    address: str = ""
    """Where the author checked in: a hint only."""

    @property
    def mark(self) -> str:
        """Sum up what can be edited, alike from both ways in."""
        return digest([self.text, len(self.files)])


def change_id(value: Any) -> str:
    """Give the id of what a feed change is about: the comment, else the post."""
    comment = text_at(value, "comment_id") if text_at(value, "item") == "comment" else ""
    return comment or text_at(value, "post_id")


def change_author(value: Any) -> tuple[str, str]:
    """Give id and name of who wrote it; old payloads have their own members for it."""
    author = text_at(value, "from", "id") or text_at(value, "sender_id")
    return author, text_at(value, "from", "name") or text_at(value, "sender_name")


def post_of_change(value: Any) -> Post:
    """Read a feed change. Raises ValueError where it has no time."""
    author, name = change_author(value)
    own = change_id(value)
    threads = dict.fromkeys((text_at(value, "parent_id"), text_at(value, "post_id")))
    return Post(
        id=own,
        author=author,
        name=name,
        at=instant(value.get("created_time")),
        text=text_at(value, "message").strip(),
        files=tuple(_files(value)),
        threads=tuple(one for one in threads if one and one != own) if text_at(value, "item") == "comment" else (),
    )


def _files(value: Any) -> Iterator[Attachment]:
    photos = value.get("photos")
    several = photos if isinstance(photos, list) else []
    single = text_at(value, "photo") or (text_at(value, "link") if text_at(value, "item") == "photo" else "")
    for url in dict.fromkeys((single, *several)):
        if url and isinstance(url, str):
            yield Attachment(kind="photo", url=url)
    if url := text_at(value, "video"):
        yield Attachment(kind="video", url=url)


def post_of_row(row: Any, post: str = "") -> Post:
    """Read a row of the Graph API; `post` is what a comment stands under. Raises ValueError where it has no time."""
    parents = dict.fromkeys((text_at(row, "parent", "id"), post))
    return Post(
        id=text_at(row, "id"),
        author=text_at(row, "from", "id"),
        name=text_at(row, "from", "name"),
        at=instant(row.get("created_time")),
        text=text_at(row, "message").strip(),
        files=tuple(_attached(row)),
        threads=tuple(filter(None, parents)),
        address=_address(row),
    )


def _attached(row: Any) -> Iterator[Attachment]:
    """Give the pictures of a post (a list, albums nested) or of a comment (one)."""
    single = row.get("attachment")
    found = [*rows_at(row, "attachments", "data"), *([single] if isinstance(single, dict) else [])]
    for one in found:
        nested = list(rows_at(one, "subattachments", "data"))
        for file in nested or [one]:
            kind = _MEDIA.get(text_at(file, "type"), "photo" if nested else "")
            url = text_at(file, "media", "source" if kind == "video" else "image")
            url = url or text_at(file, "media", "image", "src")
            if kind and url:
                yield Attachment(kind="video" if kind == "video" else "photo", url=url)


def _address(row: Any) -> str:
    place = row.get("place")
    parts = (text_at(place, "name"), text_at(place, "location", "street"), text_at(place, "location", "city"))
    return ", ".join(dict.fromkeys(filter(None, parts)))
