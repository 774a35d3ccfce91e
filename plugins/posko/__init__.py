"""The posko: puts each report into its unit's work list, and takes in what staff write down at the counter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ClassVar

from pydantic import ConfigDict

from hub.desk_entry import DeskEntry
from hub.plugin import (
    Attachment,
    Channel,
    Complaint,
    Delivery,
    Item,
    Manner,
    Notice,
    Reading,
    Receipt,
    Reply,
    Reporter,
    Sink,
    Source,
    hookimpl,
)
from normalizer.taxonomy import BY_CODE

__all__ = ["Posko", "register_channels"]

ANSWERED = "on the tracking page and at the desk"


class Posko(Source, Sink):
    """A counter and a board inside the hub: words come in at the desk, reports stand in the list of one unit."""

    kind: ClassVar[str] = "posko"
    title: ClassVar[str] = "Posko"
    counter: ClassVar[bool] = True
    silent_after: ClassVar[timedelta] = timedelta(days=7)
    manner: ClassVar[Manner] = Manner(private=True)

    class Options(Channel.Options):
        """Nothing to set."""

        model_config = ConfigDict(extra="forbid")

    def read(self, item: Item) -> Sequence[Reading]:
        """Turn a desk entry into a complaint. Raises ValidationError for what is none."""
        entry = DeskEntry.model_validate_json(item.body)
        known = entry.category in BY_CODE
        pinned = entry.lat is not None and entry.lon is not None
        return [
            Complaint(
                native_id=item.native_id,
                created_at=entry.at,
                text=entry.text,
                lat=entry.lat if pinned else None,
                lon=entry.lon if pinned else None,
                address=entry.address,
                kelurahan_reported=entry.kelurahan,
                category_hint=entry.category if known else "",
                category_reported="" if known else entry.category,
                reporter=Reporter(handle=entry.phone.strip() or entry.id, name=entry.name, role=entry.role),
                anonim=entry.anonim,
                rahasia=entry.rahasia,
                number=entry.number,
                belongs_to=entry.belongs_to,
                attachments=tuple(
                    Attachment(kind=file.kind, data=file.data, name=file.name, media_type=file.media_type)
                    for file in entry.files
                ),
            )
        ]

    def wants(self, parcel: Notice | Reply) -> bool:
        """Every report, a sealed one too, since its queue is the integrity unit's; and answers to its own citizens."""
        return True

    def tells(self, notice: Notice) -> str:
        """Where it stands, and which report has taken it in."""
        return f"{_list_of(notice)} {notice.report.merged_into}"

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Move a report to its list; the board passes over what is older than what it shows.

        An answer is delivered by being there: on the tracking page of the printed receipt, and when the citizen asks.
        """
        notice = delivery.parcel
        if not isinstance(notice, Notice):
            return Receipt(note=ANSWERED)
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
