"""`aduan reprocess`: stored complaints understood again with the present rules."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.progress import track
from sqlalchemy import select

from hub.commands.screen import Misuse, to_people
from hub.host import Hub
from hub.store.tables import complaints


def read_since(text: str) -> datetime | None:
    """Read ISO 8601; a time without a zone is the city's."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Misuse("--since: write it like 2026-11-21 or 2026-11-21T06:00") from None


async def reprocess(hub: Hub, since: datetime | None, *, dry: bool) -> dict[str, int]:
    """Run the rules over every complaint received since; give how many there were and how many changed."""
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=ZoneInfo(hub.region.zone))
    start = (since or datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC)
    wanted = select(complaints.c.id).where(complaints.c.received_at >= start).order_by(complaints.c.id)
    keys = await hub.store.read(lambda connection: list(connection.execute(wanted).scalars()))
    changed = 0
    for key in track(keys, "understanding again", console=to_people(), transient=True):
        changed += await hub.again.understand(key, "reprocess", dry=dry)
    return {"complaints": len(keys), "changed": changed}
