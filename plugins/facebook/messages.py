"""Messenger messages, as a webhook event and as a row of a conversation tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plugin import Attachment
from plugins.facebook.values import instant, rows_at, text_at

_KINDS = {"image": "photo", "video": "video", "audio": "document", "file": "document"}
RECEIPTS = ("delivery", "read")
"""Events without words that come for everything we send: they are not even stored."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    mid: str
    sender: str
    at: datetime
    text: str
    files: tuple[Attachment, ...]
    answers: str = ""
    """Id of the message that the citizen answered by hand."""
    echo: bool = False


def message_of(raw: Any) -> Message:
    """Read a message from either way in. Raises ValueError where it has no time."""
    return _of_event(raw) if "sender" in raw else _of_row(raw)


def message_id(raw: Any) -> str:
    """Give the id of the message that an event brings or edits; empty where it is about something else."""
    return text_at(raw, "message", "mid") or text_at(raw, "message_edit", "mid")


def subject(event: Any) -> str:
    """Name what an event is about: `message`, `reaction`, `postback` and others."""
    named = (name for name in event if name not in {"sender", "recipient", "timestamp"})
    return next(named, "nothing")[:40]


def _of_event(event: Any) -> Message:
    said = event.get("message") or event.get("message_edit") or {}
    lines = [text_at(said, "text").strip(), *_links(said)]
    return Message(
        mid=text_at(said, "mid"),
        sender=text_at(event, "sender", "id"),
        at=instant(event.get("timestamp")),
        text="\n".join(dict.fromkeys(filter(None, lines))),
        files=tuple(_files(said)),
        answers=text_at(said, "reply_to", "mid"),
        echo=isinstance(said, dict) and said.get("is_echo") is True,
    )


def _files(said: Any) -> Iterator[Attachment]:
    for one in rows_at(said, "attachments"):
        kind, url = _KINDS.get(text_at(one, "type")), text_at(one, "payload", "url")
        if kind and url and not text_at(one, "payload", "sticker_id"):  # until August 2026 a sticker was an image too
            yield attachment(kind, url)


def _links(said: Any) -> Iterator[str]:
    """What was shared is words: a map's address often says where it is."""
    for one in rows_at(said, "attachments"):
        if text_at(one, "type") not in {*_KINDS, "sticker"}:
            yield text_at(one, "payload", "title") or text_at(one, "title")
            yield text_at(one, "payload", "url") or text_at(one, "url")


def _of_row(row: Any) -> Message:
    return Message(
        mid=text_at(row, "id"),
        sender=text_at(row, "from", "id"),
        at=instant(row.get("created_time")),
        text=text_at(row, "message").strip(),
        files=tuple(_row_files(row)),
    )


def _row_files(row: Any) -> Iterator[Attachment]:
    for one in rows_at(row, "attachments", "data"):
        if url := text_at(one, "image_data", "url"):
            yield attachment("photo", url)
        elif url := text_at(one, "video_data", "url"):
            yield attachment("video", url)
        elif url := text_at(one, "file_url"):
            yield attachment("document", url, text_at(one, "mime_type"))


def attachment(kind: str, url: str, media_type: str = "") -> Attachment:
    """Make a file of it."""
    return Attachment.model_validate({"kind": kind, "url": url, "media_type": media_type})
