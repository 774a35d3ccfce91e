"""`aduan hold` and `aduan release`: stop what goes out, look at it, let it go. Works beside a running hub."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.store import replies
from hub.store.audit import write_audit
from hub.store.store import Store
from hub.store.views_channels import Behind, behind

WHO = "console"


async def look(store: Store, name: str) -> dict[str, Any]:
    """Give what is held under a name, and what waits behind it."""

    def read(connection: Connection) -> dict[str, Any]:
        row = replies.held(connection).get(name)
        since = row.at.isoformat() if row is not None else None
        by = row.by if row is not None else None
        return {"name": name, "held": row is not None, "since": since, "by": by} | _spell(behind(connection, name))

    return await store.read(read)


def _spell(found: Behind) -> dict[str, Any]:
    counts = [{"channel": channel, "kind": kind, "count": count} for channel, kind, count in found.counts]
    samples = [{"channel": channel, "text": text} for channel, text in found.samples]
    return {"waiting": found.total, "counts": counts, "samples": samples}


async def hold(store: Store, name: str) -> bool:
    """Pull the brake; False where it was pulled before."""
    now = store.now()

    def work(connection: Connection) -> bool:
        pulled = replies.hold(connection, name, WHO, now)
        if pulled:
            write_audit(connection, now, WHO, "hold", name)
        return pulled

    return await store.write(work)


async def release(store: Store, name: str) -> bool:
    """Let go; False where nothing was held. A running hub sends within a second."""
    now = store.now()

    def work(connection: Connection) -> bool:
        released = replies.release(connection, name)
        if released:
            write_audit(connection, now, WHO, "release", name)
        return released

    return await store.write(work)


async def held_names(store: Store) -> list[str]:
    """List what is held."""
    return await store.read(lambda connection: sorted(replies.held(connection)))
