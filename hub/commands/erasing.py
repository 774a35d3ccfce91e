"""`aduan erase`: a citizen's words, photos and identity, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from hub.commands.screen import Misuse
from hub.host import Hub
from hub.pipeline.erasing import Sweeper, erase, look
from hub.store.audit import write_audit

Find = Callable[[Connection], list[int]]


async def erase_found(hub: Hub, find: Find, *, dry: bool) -> dict[str, Any]:
    """Erase what is found, or say what would be. Raises Misuse where there is nothing."""
    now = hub.store.now()

    def work(connection: Connection) -> Any:
        ids = find(connection)
        if not ids:
            raise Misuse("there is no such complaint, or it is erased already")
        if dry:
            return look(connection, ids)
        done = erase(connection, hub.house, ids, "console", now)
        write_audit(connection, now, "console", "erase", str(len(ids)), reports=list(done.reports))
        return done

    done = await (hub.store.read(work) if dry else hub.store.write(work))
    if not dry:
        await Sweeper(hub.store).run_once()
    return {"dry_run": dry, **asdict(done)}
