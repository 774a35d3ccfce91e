"""What Facebook pushes to the page's one address: its set-up question, and signed batches of events."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from hub.plugin import Context, Item, Received, Rejected, Request, Secret, Unauthorized
from plugins.facebook.items import change_item, message_item
from plugins.facebook.memory import Memory
from plugins.facebook.options import FacebookOptions
from plugins.facebook.values import instant, rows_at, text_at


def answer_challenge(request: Request, verify_token: Secret) -> Received:
    """Give the challenge back to who knows our word; 403 to anybody else."""
    given, ours = request.query.get("hub.verify_token", ""), verify_token.get_secret_value()
    known = hmac.compare_digest(given.encode(errors="replace"), ours.encode())
    if not (ours and known and request.query.get("hub.mode") == "subscribe"):
        return Received(status=403)
    challenge = request.query.get("hub.challenge", "")
    return Received(status=200, body=challenge.encode(errors="replace"), media_type="text/plain; charset=utf-8")


def is_signed(secret: Secret, header: str, body: bytes) -> bool:
    """Check `X-Hub-Signature-256` over the body as it came. Hex digits count in either case."""
    key = secret.get_secret_value()
    try:
        given = bytes.fromhex(header.removeprefix("sha256=")) if header.startswith("sha256=") else b""
    except ValueError:
        return False
    return bool(key) and hmac.compare_digest(given, hmac.digest(key.encode(), body, sha256))


def take(request: Request, options: FacebookOptions, context: Context, memory: Memory) -> Received:
    """Give an item for each event of a batch.

    Raises Unauthorized for what Facebook has not signed or signed too long ago, Rejected for what is no batch.
    """
    if not is_signed(options.app_secret, request.headers.get("x-hub-signature-256", ""), request.body):
        raise refused(context, "the signature is missing or wrong", request)
    try:
        batch = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Rejected("not JSON") from None
    entries = list(rows_at(batch, "entry"))
    oldest = context.clock() - timedelta(hours=options.max_age_hours)
    fresh = [entry for entry in entries if not _is_old(entry, oldest)]
    if entries and not fresh:
        raise refused(context, "a replay: too long ago", request)
    ours = [entry for entry in fresh if text_at(entry, "id") == options.page_id]
    if len(ours) < len(entries):
        context.log.warning("facebook_entries_left_out", old=len(entries) - len(fresh), others=len(fresh) - len(ours))
    items = [item for entry in ours for item in _items(entry, memory, options.page_id)]
    return Received(items, status=200, body=b"EVENT_RECEIVED", media_type="text/plain")


def refused(context: Context, reason: str, request: Request) -> Unauthorized:
    """Log a refusal without what was pushed."""
    context.log.warning("facebook_push_refused", reason=reason, bytes=len(request.body))
    return Unauthorized(reason)


def _is_old(entry: Any, oldest: datetime) -> bool:
    try:
        return instant(entry.get("time")) < oldest
    except ValueError:
        return False


def _items(entry: Any, memory: Memory, page: str) -> Iterator[Item]:
    """Go through an entry in its order. Another app may have the conversation: then events stand by."""
    for change in rows_at(entry, "changes"):
        yield change_item(entry, change, memory)
    for name in ("messaging", "standby"):
        for event in rows_at(entry, name):
            if (item := message_item(event, memory, page)) is not None:
                yield item
