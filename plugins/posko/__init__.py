"""The posko: puts each report into the work list of the unit whose queue it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import ConfigDict

from hub.plugin import Channel, Delivery, Notice, Receipt, Rejected, Reply, Sink, hookimpl

__all__ = ["Posko", "register_channels"]


class Posko(Sink):
    """A sink of reports inside the hub: a report stands in the list of one unit, or in none."""

    kind: ClassVar[str] = "posko"
    title: ClassVar[str] = "Posko"

    class Options(Channel.Options):
        """Nothing to set."""

        model_config = ConfigDict(extra="forbid")

    def wants(self, parcel: Notice | Reply) -> bool:
        """Every report; a sealed one too, since its queue is the integrity unit's."""
        return isinstance(parcel, Notice)

    def tells(self, notice: Notice) -> str:
        """Where it stands, and which report has taken it in."""
        return f"{_list_of(notice)} {notice.report.merged_into}"

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Move the report to its list; the board passes over what is older than what it shows."""
        notice = delivery.parcel
        if not isinstance(notice, Notice):
            raise Rejected("nobody reads replies at the posko")
        report, unit = notice.report, _list_of(notice)
        if unit:
            await self.context.board.place(report.number, unit, report.version)
        else:
            await self.context.board.remove(report.number, report.version)
        return Receipt(remote_id=unit)


def _list_of(notice: Notice) -> str:
    """Give the unit in whose list the report stands; empty once it was merged away or withdrawn."""
    gone = notice.report.merged_into or notice.event == "report.withdrawn"
    return "" if gone else notice.report.queue


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Offer the kind `posko`."""
    register(Posko)
