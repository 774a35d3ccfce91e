"""What the host lends a channel beyond a connection and a clock. Part of the contract: import from `hub.plugin`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hub.plugin import Item


class QueueBoard(Protocol):
    """Work lists of the units, as a sink of reports may fill them."""

    async def place(self, report: str, unit: str, version: int) -> None:
        """Show a report in this unit's queue, and in no other. An older version than the shown one changes nothing."""

    async def remove(self, report: str, version: int) -> None:
        """Take a report out of every queue."""


class Reception(Protocol):
    """For channels whose complaints come in through a page of the hub itself: a form, a counter."""

    async def reserve(self, count: int, holder: str = "") -> Sequence[str]:
        """Set report numbers aside for receipts, before the complaints are understood. They are never given twice.

        A complaint of this channel that carries one (`Complaint.number`) is found by it for ever. `holder` names the
        desk or form that has them, for the books.
        """

    async def submit(self, items: Sequence[Item]) -> None:
        """Store items as if they had been pushed to the channel; they are on disk when it returns.

        Raises TryAgain where there is no room: ask again in half a minute.
        """

    def tracking_link(self, native_id: str) -> str:
        """Give the secret address at which the citizen of this complaint sees what becomes of it.

        Good before the complaint is stored. Only ever handed over on a private path.
        """
