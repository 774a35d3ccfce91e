"""A host for sources that are polled: it drops repeats and keeps the cursor, as the hub does."""

from __future__ import annotations

import json
from typing import Any

from hub.plugin import Item, PluginError, Reading, Source


class Host:
    """Drops repeats and keeps the cursor, as the hub does."""

    def __init__(self, channel: Source) -> None:
        self.channel = channel
        self.cursor: Any = None
        self.marks: dict[str, str] = {}
        self.error: PluginError | None = None

    async def pull(self) -> list[Reading]:
        """Pull once; give what the new and changed items mean."""
        news: list[Item] = []
        self.error = None
        try:
            async for page in self.channel.pull(self.cursor):
                news += [item for item in page.items if self.marks.get(item.native_id) != item.mark]
                self.marks |= {item.native_id: item.mark for item in page.items}
                self.cursor = json.loads(json.dumps(page.cursor))
        except PluginError as error:
            self.error = error
        return [reading for item in news if not item.quarantine for reading in self.channel.read(item)]
