"""What officials did about one report: the rows of its history, read as follow-ups."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from hub.plugin import FollowUp, Item, Skip
from plugins.qlue.values import STATUSES, digest, link_of, text_of, time_of

MEMBER = "history_of"
"""Marks the body of such an item; no report of a feed has this member."""


def history_item(report: str, row: Any) -> Item:
    """Make the item. Rows have no id: report, time, status, user and words make one. A photo may come later."""
    body = json.dumps({MEMBER: report, "row": row}, separators=(",", ":")).encode()
    if not isinstance(row, dict):
        return Item(f"{report}/{digest(row)}", body, quarantine="not an object")
    same = [text_of(row.get(name)) for name in ("timestamp", "status", "username", "description")]
    return Item(f"{report}/{digest(same)}", body)


def read_history(item: Item, body: dict[str, Any], zone: ZoneInfo, ours: str) -> FollowUp | Skip:
    """Say what a row means. Raises ValueError for one without a readable time. `ours`: how our replies are signed."""
    row: dict[str, Any] = body["row"]
    unit, at = text_of(row.get("tl_by")), time_of(row.get("timestamp"), zone)
    if unit == ours:
        return Skip(reason="our own reply")
    if at is None:
        raise ValueError("no time")
    status = text_of(row.get("status")).lower()
    photo = link_of(row.get("file"))
    return FollowUp(
        native_id=item.native_id,
        about=text_of(body[MEMBER]),
        at=at,
        status=STATUSES.get(status, status),
        note=text_of(row.get("description")),
        photos=(photo,) if photo else (),
        unit=unit,
        officer=text_of(row.get("username")),
    )
