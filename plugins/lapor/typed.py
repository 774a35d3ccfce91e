"""A status that staff typed in, on the hub's page or in a small table: the realistic way without an interface.

Columns `tracking_id, status, note`; also `note_internal`, which no citizen sees, and a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.plugin import FollowUp, Item
from plugins.lapor.fields import Fields
from plugins.lapor.statuses import status_of
from plugins.lapor.times import absolute
from plugins.lapor.values import tracking_id

MEMBER = "typed_status"
"""Marks the body of such an item; no report has this member."""
MEANINGS = ("status", "note", "note_internal")


def is_status_table(header: list[str], fields: Fields) -> bool:
    """Say whether a table holds statuses of known reports, not reports: neither title nor text has a column."""
    return fields.has(header, "status") and not (fields.has(header, "text") or fields.has(header, "title"))


def typed_item(cells: Mapping[str, Any], fields: Fields, at: datetime, origin: str) -> Item:
    """Make the item; it is quarantined where its tracking id is none or it says nothing.

    `origin` tells one typing of the same words from another: the page and its minute, or a file and its version.
    """
    row = fields.row(cells)
    said = {"tracking_id": row.label("id")} | {meaning: row.text(meaning) for meaning in MEANINGS}
    said["at"] = row.label("updated") or row.label("time")
    body = json.dumps({MEMBER: said}, ensure_ascii=False).encode("utf-8", "replace")
    digest = hashlib.sha256(f"{origin}\0".encode() + body).hexdigest()[:24]
    name = tracking_id(said["tracking_id"])
    problem = "no tracking id" if not name else "" if any(said[one] for one in MEANINGS) else "neither status nor note"
    return Item(f"status/{name or 'unusable'}/{digest}", body, meta={"collected": at.isoformat()}, quarantine=problem)


def read_typed(item: Item, said: Any, zone: ZoneInfo, statuses: Mapping[str, str]) -> FollowUp:
    """Say what was typed. Raises ValueError for a wreck."""
    collected = datetime.fromisoformat(item.meta["collected"])
    return FollowUp(
        native_id=item.native_id,
        about=tracking_id(said["tracking_id"]),
        at=absolute(said["at"], collected, zone) or collected,
        status=status_of(said["status"], statuses),
        note=said["note"],
        note_internal=said["note_internal"],
    )
