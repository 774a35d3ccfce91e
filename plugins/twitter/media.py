"""A post's photos and videos."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.plugin import Attachment
from plugins.twitter.posts import media_keys
from plugins.twitter.values import dicts, member, text_of


def attachments_of(post: Any, includes: Any) -> tuple[Attachment, ...]:
    """Give them in the post's order. Of a video the preview, and the smallest file."""
    media = {text_of(one.get("media_key")): one for one in dicts(member(includes, "media"))}
    return tuple(file for key in media_keys(post) if key in media for file in _files(media[key]))


def _files(one: dict[str, Any]) -> Iterator[Attachment]:
    if one.get("type") == "photo":
        yield from _file("photo", one.get("url"))
    elif one.get("type") in {"video", "animated_gif"}:
        yield from _file("photo", one.get("preview_image_url"))
        films = [film for film in dicts(one.get("variants")) if film.get("content_type") == "video/mp4"]
        yield from _file("video", min(films, key=_rate).get("url") if films else None)


def _rate(film: dict[str, Any]) -> float:
    rate = film.get("bit_rate")
    return rate if isinstance(rate, int) else 0


def _file(kind: Any, url: Any) -> Iterator[Attachment]:
    address = text_of(url)
    if address.startswith(("https://", "http://")) and len(address) <= 2000:
        yield Attachment(kind=kind, url=address)
