"""Tells plugins of changed reports: from the outbox like every sink, so that a crash between changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Change, Context, Delivery, Notice, Receipt, Reply, Sink

NAME = "hooks"


class ChangeHooks(Sink):
    """A sink inside the house: what is delivered to it goes to the plugins' `report_changed`."""

    kind = NAME

    def __init__(self, context: Context, tell: Callable[[Change], None]) -> None:
        super().__init__(self.Options(), context)
        self._tell = tell

    def wants(self, parcel: Notice | Reply) -> bool:
        """Every change; it holds ids and codes only, so sealed reports too."""
        return isinstance(parcel, Notice)

    def tells(self, notice: Notice) -> str:
        """Each version is news."""
        return str(notice.report.version)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Call the hook."""
        parcel = delivery.parcel
        if isinstance(parcel, Notice):
            self._tell(Change(parcel.report.number, parcel.report.version, parcel.cause, parcel.at))
        return Receipt()
