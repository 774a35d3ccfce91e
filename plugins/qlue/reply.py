"""A reply in the six fields of Qlue's own history: our proposal to whoever opens a way back.

POST {reply_url}?pid={report id}, `Idempotency-Key: "{key}"`, JSON of `tl_by`, `username`, `timestamp` (region's time,
no zone), `status`, `description`, `file`. See README.md.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hub.plugin import Reply

STATUSES = {
    "menunggu": "wait",
    "koordinasi": "wait",
    "disposisi": "process",
    "proses": "process",
    "selesai": "complete",
    "ditolak": "complete",
    "berakhir": "complete",
}
"""The hub's status and the nearest of Qlue's three; the words of the reply say the rest."""


def reply_body(reply: Reply, zone: ZoneInfo, ours: str) -> dict[str, str]:
    """Spell a reply as a row of the history. The same reply gives the same body at every try."""
    return {
        "tl_by": ours,
        "username": "",
        "timestamp": reply.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        "status": STATUSES[reply.status],
        "description": reply.text,
        "file": reply.photos[0] if reply.photos else "",
    }
