"""Raw items of what Facebook pushes or is asked for. The same thing has the same id by either way, at every repeat.

An item is one state of a post or comment: its id with a sum of what can be edited, or with the edit's time. So a replay
of whatever was taken before is a repeat for the host, also after later edits and restarts.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from hub.plugin import Item
from plugins.facebook.memory import Memory
from plugins.facebook.messages import RECEIPTS, message_id, message_of, subject
from plugins.facebook.posts import POSTS, change_id, post_of_change, post_of_row
from plugins.facebook.values import digest, instant, text_at

ONCE = "once"
"""Fingerprint of every item: whatever changes has another id."""
OVERTAKEN = {"overtaken": "yes"}
_FRESH = re.compile(
    r"(?i)^\W*(?:\w+\W+){0,3}?(?:lapor(?:an|kan)?|(?:peng)?aduan|mengadu)\W+(?:yang\W+)?(?:baru|lain)\b"
)
"""“Laporan baru: …”, “mau lapor yang lain …”: the citizen says that another matter begins."""


def change_item(entry: Any, change: Any, memory: Memory) -> Item:
    """Wrap a change of an entry."""
    value, field = change.get("value"), text_at(change, "field")
    kind = text_at(value, "item")
    if field != "feed" or not isinstance(value, dict) or kind not in {*POSTS, "comment"}:
        what = kind or "a change without a value" if field == "feed" else field
        return _item(f"{field}#{digest(change)}", {"is": "other", "what": what[:40], "raw": change})
    body = {"is": "change", "page": text_at(entry, "id"), "time": entry.get("time"), "value": value}
    try:
        return _stated(body, memory)
    except ValueError as wreck:
        return _item(f"wreck#{digest(body)}", body, quarantine=str(wreck))


def _stated(body: dict[str, Any], memory: Memory) -> Item:
    """Name the state of a post or comment that a change tells of. Raises ValueError for a wreck."""
    value, name = body["value"], change_id(body["value"])
    if not name:
        raise ValueError("a change without an id")
    at = instant(body["time"] if body["time"] is not None else value.get("created_time"))
    match text_at(value, "verb"):
        case "add":
            overtaken = memory.is_overtaken(name, at)
            return _item(f"{name}#{post_of_change(value).mark}", body, OVERTAKEN if overtaken else None)
        case "edited":
            overtaken = memory.is_overtaken(name, at, edit=True)
            memory.change(name, at)
            state = f"{name}#{int(at.timestamp())}:{post_of_change(value).mark}"
            return _item(state, body, OVERTAKEN if overtaken else None)
        case "remove":
            memory.remove(name)
            return _item(f"{name}#removed", body)
        case verb:
            return _item(f"{name}#{verb[:20]}:{digest(body)}", body)


def post_item(row: Any, asked_at: datetime, memory: Memory, post: str = "") -> Item | None:
    """Wrap a row of the Graph API; None where something newer is known than when it was asked for."""
    name = text_at(row, "id")
    body = {"is": "comment" if post else "post", "post": post, "row": row}
    if name and memory.is_overtaken(name, asked_at):
        return None
    try:
        if not name:
            raise ValueError("a row without an id")  # noqa: TRY301 - told like the other wrecks
        return _item(f"{name}#{post_of_row(row, post).mark}", body)
    except ValueError as wreck:
        return _item(f"wreck#{digest(row)}", body, quarantine=str(wreck))


def message_item(raw: Any, memory: Memory, page: str) -> Item | None:
    """Wrap a messaging event or a row of a conversation; None for receipts."""
    if "sender" in raw and not message_id(raw):
        what = subject(raw)
        return None if what in RECEIPTS else _item(f"event#{digest(raw)}", {"is": "other", "what": what, "raw": raw})
    try:
        message = message_of(raw)
        if not (message.mid and message.sender):
            raise ValueError("a message without an id or a sender")  # noqa: TRY301 - told like the other wrecks
    except ValueError as wreck:
        return _item(f"wreck#{digest(raw)}", {"is": "message", "parts": [raw]}, quarantine=str(wreck))
    edited = f"#{digest(raw)}" if "message_edit" in raw else ""
    if message.sender == page or message.echo or not (message.text or message.files):
        return _item(message.mid + edited, {"is": "message", "parts": [raw]})
    fresh = _FRESH.match(message.text) is not None
    burst = memory.join(message.sender, message.mid, message.at, raw, fresh=fresh)
    body = {"is": "message", "start": burst.start, "matter": burst.matter, "parts": burst.told}
    return _item(message.mid + edited, body)


def _item(name: str, body: Any, meta: dict[str, str] | None = None, *, quarantine: str = "") -> Item:
    spelled = json.dumps(body, ensure_ascii=True).encode()
    return Item(name, spelled, ONCE, meta or {}, quarantine)
