"""From a raw item to what it means: a citizen's complaint, more words on one, an end, or nothing for us."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.plugin import Addition, Complaint, Ended, Item, Reading, Reporter, Skip
from plugins.facebook.messages import Message, message_of
from plugins.facebook.options import FacebookOptions
from plugins.facebook.posts import TAKEN, Post, change_author, change_id, post_of_change, post_of_row
from plugins.facebook.values import text_at

_MOST_TEXT = 50_000
OWN = Skip(reason="the page's own")
EMPTY = Skip(reason="neither words nor photos")
OVERTAKEN = Skip(reason="overtaken by a later change")


def read_item(item: Item, options: FacebookOptions, zone: ZoneInfo) -> Reading:
    """Read an item. Pure; raises ValueError for a wreck."""
    body = json.loads(item.body)
    if not isinstance(body, dict):
        raise ValueError("not an item of this channel")  # noqa: TRY004 - a wreck is a ValueError here
    if item.meta.get("overtaken"):
        return OVERTAKEN
    match body.get("is"):
        case "change":
            return _read_change(body["value"], options.page_id)
        case "post" | "comment" as kind:
            return _read_post(post_of_row(body["row"], body["post"] if kind == "comment" else ""), options.page_id)
        case "message":
            return _read_messages(body, options, zone)
        case "other":
            return Skip(reason=f"not a message or post: {text_at(body, 'what')}")
    raise ValueError("not an item of this channel")


def _read_change(value: Any, page: str) -> Reading:
    verb = text_at(value, "verb")
    if change_author(value)[0] == page:
        return OWN
    if verb == "remove":
        return Ended(native_id=change_id(value), why="erased")
    return _read_post(post_of_change(value), page) if verb in TAKEN else Skip(reason=f"unknown verb: {verb[:20]}")


def _read_post(post: Post, page: str) -> Reading:
    """A comment may continue what its author has said: the host checks that it is the same person."""
    if post.author == page:
        return OWN
    if not (post.text or post.files):
        return EMPTY
    complaint = Complaint(
        native_id=post.id,
        created_at=post.at,
        created_text=post.at.isoformat(),
        text=post.text[:_MOST_TEXT],
        address=post.address[:500],
        reporter=Reporter(handle=post.author, name=post.name) if post.author else None,
        reply_context={"way": "comment"},
        attachments=post.files,
    )
    if not (post.threads and post.author):
        return complaint
    return Addition(native_id=post.id, thread=" ".join(post.threads), complaint=complaint)


def _read_messages(body: Any, options: FacebookOptions, zone: ZoneInfo) -> Reading:
    """One person's messages of two minutes, as one."""
    parts = [message_of(raw) for raw in body["parts"]]
    if any(part.echo or part.sender == options.page_id for part in parts):
        return OWN
    complaint = _joined(parts, text_at(body, "start") or parts[0].mid, zone)
    if not (complaint.text or complaint.attachments):
        return EMPTY
    matter = text_at(body, "matter")
    if matter and matter == complaint.native_id:
        return complaint
    names = [part.answers for part in parts if part.answers]
    names += [matter] if matter else days(parts[0].at.astimezone(zone), options.conversation_days)
    return Addition(native_id=complaint.native_id, thread=" ".join(dict.fromkeys(names)), complaint=complaint)


def _joined(parts: Sequence[Message], name: str, zone: ZoneInfo) -> Complaint:
    first, last = parts[0], parts[-1]
    return Complaint(
        native_id=name,
        created_at=first.at,
        created_text=first.at.isoformat(),
        text="\n".join(part.text for part in parts if part.text)[:_MOST_TEXT],
        reporter=Reporter(handle=first.sender),
        thread=days(first.at.astimezone(zone), 0)[0],
        reply_context={"way": "message", "last": last.at.isoformat()},
        private=True,
        attachments=tuple(file for part in parts for file in part.files),
    )


def days(at: datetime, back: int) -> list[str]:
    """Name the conversations that a message may continue: that of its day and those of the days before.

    The host looks among this person's complaints only, so the name need not say who it is.
    """
    return [f"inbox:{(at - timedelta(days=count)).date().isoformat()}" for count in range(back + 1)]
