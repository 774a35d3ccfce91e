"""For channels whose complaints come in through a page of the hub: numbers for receipts, items, tracking links."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.plugin import Item, TryAgain
from hub.store import receipts
from hub.store.engine import StoreBusy
from hub.store.storable import shorten_id
from hub.store.store import Store

MAX_NATIVE_ID = 512
ROOM_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class ChannelReception:
    """One channel's reception. See `hub.services.Reception`."""

    store: Store
    channel: str
    letters: str
    take: Callable[[str, Sequence[Item]], Awaitable[None]]
    """Stores items of a channel."""
    link: Callable[[str], str]
    """The address of a tracking page, by its code."""
    code: Callable[[str, str], str]

    async def reserve(self, count: int, holder: str = "") -> Sequence[str]:
        """Set report numbers aside for receipts."""
        now = self.store.now()
        return await self.store.write(
            lambda connection: receipts.reserve(
                connection, self.channel, count, letters=self.letters, holder=holder, now=now
            )
        )

    async def submit(self, items: Sequence[Item]) -> None:
        """Store items as if they had been pushed."""
        try:
            await self.take(self.channel, items)
        except StoreBusy:
            raise TryAgain("the hub has no room for a moment", ROOM_AFTER) from None

    def tracking_link(self, native_id: str) -> str:
        """Give the secret address of a complaint's tracking page."""
        return self.link(self.code(self.channel, shorten_id(native_id, MAX_NATIVE_ID)))
