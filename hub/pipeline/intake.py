"""Takes pages in: large bodies to the blob folder, then items and cursor in one transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from hub.plugin import Item, Page, PluginError
from hub.store.intake import Appended, NewItem, append_page
from hub.store.storable import shorten_id, storable
from hub.store.store import Store

LARGE = 64_000
MAX_ITEMS = 500
MAX_CURSOR = 256_000
MAX_NATIVE_ID = 512
MAX_MARK = 128


class BadPage(PluginError):
    """A source broke the contract: its page or cursor is too large, or no JSON."""


async def take_page(store: Store, channel: str, page: Page) -> Appended:
    """Store a page and the cursor behind it; both or neither."""
    if len(page.items) > MAX_ITEMS:
        raise BadPage(f"a page of {len(page.items)} items; at most {MAX_ITEMS} are allowed")
    try:
        cursor = json.dumps(page.cursor)
    except (TypeError, ValueError):
        raise BadPage("the cursor is no JSON") from None
    if len(cursor) > MAX_CURSOR:
        raise BadPage(f"a cursor of {len(cursor)} bytes; at most {MAX_CURSOR} are allowed")
    return await take_items(store, channel, page.items, page.cursor, keep_cursor=False)


async def take_items(
    store: Store, channel: str, items: Sequence[Item], cursor: Any = None, *, keep_cursor: bool = True
) -> Appended:
    """Store items that were pushed, or a page's."""
    rows = [await _row(store, item) for item in items]
    now = store.now()
    return await store.write(
        lambda connection: append_page(connection, channel, rows, cursor, now, keep_cursor=keep_cursor)
    )


async def _row(store: Store, item: Item) -> NewItem:
    blob = await asyncio.to_thread(store.blobs.put, item.body) if len(item.body) > LARGE else ""
    meta = {storable(name): storable(value) for name, value in item.meta.items()}
    native_id, mark = shorten_id(item.native_id, MAX_NATIVE_ID), shorten_id(item.mark, MAX_MARK)
    return NewItem(native_id, mark, item.body, blob, meta, storable(item.quarantine))
