"""`aduan audit`: whether the audit is as it was written."""

from __future__ import annotations

from typing import Any

from hub.store.audit import holds, verify
from hub.store.store import Store


async def check(store: Store, head: str = "") -> dict[str, Any]:
    """Follow the chain, and look for the hash that an earlier run ended with."""
    verdict = await store.read(verify)
    missing = bool(head) and not await store.read(lambda connection: holds(connection, head))
    if verdict.broken:
        says = f"Row {verdict.broken} does not fit the rows before it: it was changed, or rows before it are gone."
    elif missing:
        says = f"The {verdict.rows} rows fit each other, but none has the hash {head}: rows at the end are gone."
    else:
        says = f"{verdict.rows} rows, none changed. Last hash: {verdict.head or 'none'}"
    found = {"rows": verdict.rows, "head": verdict.head, "broken": verdict.broken, "head_missing": missing}
    return found | {"says": says}
