"""The channel behind the form: makes tickets, keeps submissions, reads them; its replies are the tracking page."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from hub.plugin import (
    Context,
    Delivery,
    Item,
    Manner,
    Notice,
    Reading,
    Receipt,
    Rejected,
    Reply,
    Sink,
    Source,
)
from plugins.balaiwarga.guard import Visits
from plugins.balaiwarga.submission import Submission, as_item, read_complaint
from plugins.balaiwarga.ticket import Stamp, Ticket

BLOCK = 20
"""Report numbers that are set aside at once."""
SHOWN = "shown on the tracking page"


class BalaiWarga(Source, Sink):
    """The city's form. Nothing is pulled or pushed: what comes in comes through the page."""

    kind: ClassVar[str] = "balaiwarga"
    title: ClassVar[str] = "Balai Warga"
    silent_after: ClassVar[timedelta] = timedelta(days=3)
    manner: ClassVar[Manner] = Manner(private=True)

    class Options(BaseModel):
        """What the form shows."""

        model_config = ConfigDict(extra="forbid")

        emergency: str = Field(
            default="112",
            max_length=20,
            pattern=r"^[0-9 +()-]*$",
            description="Telephone number for emergencies, shown above the form; empty: none",
        )

    options: Options

    def __init__(self, options: Options, context: Context) -> None:
        super().__init__(options, context)
        self.stamp = Stamp(context.reception.tracking_link)
        self.visits = Visits()
        self._numbers: deque[str] = deque()
        self._reserving = asyncio.Lock()

    async def new_ticket(self) -> Ticket:
        """Make the ticket of a form that is about to be shown."""
        return Ticket(secrets.token_urlsafe(16), await self._number(), int(self.context.clock().timestamp()))

    async def _number(self) -> str:
        async with self._reserving:
            if not self._numbers:
                self._numbers.extend(await self.context.reception.reserve(BLOCK, "formulir"))
            return self._numbers.popleft()

    async def keep(self, ticket: Ticket, submission: Submission) -> None:
        """Store what was sent; it is on disk when this returns. Sent again, it changes nothing."""
        await self.context.reception.submit([as_item(ticket, submission, self.context.clock())])

    def tracking_link(self, ticket: Ticket) -> str:
        """Give the private address where the citizen sees what becomes of it."""
        return self.context.reception.tracking_link(ticket.key)

    def read(self, item: Item) -> Sequence[Reading]:
        """Read a stored submission. Raises ValidationError for what is none."""
        return [read_complaint(item)]

    def wants(self, parcel: Notice | Reply) -> bool:
        """Every reply: its place is the tracking page."""
        return isinstance(parcel, Reply)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Nothing is sent: the page shows status and notes as they are in the store."""
        if not isinstance(delivery.parcel, Reply):
            raise Rejected("the form takes replies only")
        return Receipt(note=SHOWN)
