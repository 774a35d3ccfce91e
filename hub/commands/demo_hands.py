"""Hands in at a hub's own doors what citizens of the demo bring there: the form's fields, the clerk's entries."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from hub.host import Hub
from hub.plugin import Item

BLOCK = 20
"""Report numbers that a form or a desk has set aside at once."""


class Hands:
    """Submits as the pages do: each form or entry has a key of its own, and one number however often it is sent."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._reserved: dict[str, deque[str]] = {}
        self._numbers: dict[str, str] = {}

    async def take(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Store a form or an entry, given by its plain fields, in the channel of this kind."""
        body = dict(fields)
        key = str(body.pop("key", "") or body["id"])
        if key not in self._numbers:
            self._numbers[key] = await self._number(kind, str(body.get("desk", "formulir")))
        item = Item(key, json.dumps({**body, "number": self._numbers[key]}).encode())
        await self._hub.channels[kind].instance.context.reception.submit([item])

    async def _number(self, kind: str, holder: str) -> str:
        block = self._reserved.setdefault(holder, deque())
        if not block:
            reception = self._hub.channels[kind].instance.context.reception
            block.extend(await reception.reserve(BLOCK, holder))
        return block.popleft()
