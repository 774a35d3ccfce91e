"""Photos that staff add to what they did: drawn anew before they are stored, so that they tell only what they show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from hub.images import examine
from hub.store.blobs import Blobs
from hub.store.erasure import orphan
from hub.store.keys import random_key
from hub.store.store import Store
from hub.store.tables import photos

NO_ITEM = 0
"""They came with no raw item."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored copy under a random name."""

    name: str
    content: str
    media_type: str
    width: int
    height: int


@asynccontextmanager
async def keep_pictures(store: Store, files: Sequence[bytes]) -> AsyncIterator[tuple[Picture, ...]]:
    """Store copies for the block; where it fails, their files are put down for removal. Raises ImageError."""
    kept = tuple([await asyncio.to_thread(_keep, store.blobs, data) for data in files])
    try:
        yield kept
    except Exception:
        if kept:
            await store.write(lambda connection: orphan(connection, [one.content for one in kept], store.now()))
        raise


def _keep(blobs: Blobs, data: bytes) -> Picture:
    found = examine(data)
    return Picture(random_key(), blobs.put(found.clean), found.media_type, found.width, found.height)


def add_pictures(connection: Connection, followup: int, pictures: Sequence[Picture]) -> None:
    """Put them to a follow-up."""
    rows = [
        {
            "id": one.name,
            "followup": followup,
            "raw_item": NO_ITEM,
            "position": position,
            "kind": "photo",
            "url": "",
            "state": "ready",
            "content": one.content,
            "media_type": one.media_type,
            "width": one.width,
            "height": one.height,
        }
        for position, one in enumerate(pictures)
    ]
    if rows:
        connection.execute(insert(photos), rows)
