"""One line of everything: what citizens said, what officials did, what the hub did, how each reply stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import Connection, Row

from hub.store import views_dialogue
from hub.store import views_report as views
from hub.store.keys import derive_key
from hub.web.story import TOLD_ELSEWHERE

Who = Literal["warga", "petugas", "sistem"]
WHO: tuple[Who, ...] = ("warga", "petugas", "sistem")
BY_CITIZENS = frozenset({"revised", "vanished", "withdrawn", "answered", "doubted", "disputed", "photo"})
"""Lines of history that a citizen's deed made."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: the piece of the page that shows it, and what it shows."""

    at: datetime
    who: Who
    kind: str
    row: Any
    replies: Sequence[Any] = field(default=())
    """How the replies to it stand, counted."""


def read_timeline(connection: Connection, report: Row[Any], shown: Mapping[str, Any]) -> list[Moment]:
    """Put together what happened, newest first; `shown` is what the page has read already."""
    replies = views_dialogue.replies_by_act(connection, report.id)
    spoken = views_dialogue.words_to_citizens(connection, report.id)
    found = [
        *_said(connection, report),
        *(_deed(report, row, replies) for row in shown["followups"]),
        *(_spoken(report, row, replies) for row in spoken),
        *(Moment(line.at, _who(line), "history", line) for line in shown["history"] if not _elsewhere(line)),
        *(Moment(row.settled_at or row.created_at, "sistem", "notice", row) for row in shown["deliveries"]),
    ]
    found += [Moment(rows[0].created_at, "sistem", "reply", rows[0], rows) for rows in replies.values() if rows]
    return sorted(found, key=attrgetter("at"), reverse=True)


def _said(connection: Connection, report: Row[Any]) -> Iterator[Moment]:
    """When citizens said something: their words stand with their complaints."""
    for row in views.times_of(connection, report.id):
        yield Moment(row.created_at, "warga", "said", row)
    for row in views.times_of_additions(connection, report.id):
        yield Moment(row.created_at, "warga", "added", row)


def _deed(report: Row[Any], row: Row[Any], replies: dict[str, list[Any]]) -> Moment:
    """Take the replies to a follow-up with it: those of staff and of other systems are filed under different names."""
    names = (row.native_id, f"{row.channel}:{row.native_id}")
    taken = [one for name in names for one in replies.pop(derive_key(report.number, f"tl:{name}"), ())]
    return Moment(row.at, "petugas", "deed", row, taken)


def _spoken(report: Row[Any], row: Row[Any], replies: dict[str, list[Any]]) -> Moment:
    cause = f"{'warga' if row.state == 'told' else 'tanya'}:{row.id}"
    return Moment(row.at, "petugas", "spoken", row, replies.pop(derive_key(report.number, cause), ()))


def _who(line: Row[Any]) -> Who:
    if line.kind in BY_CITIZENS:
        return "warga"
    return "sistem" if line.actor == "machine" else "petugas"


def _elsewhere(line: Row[Any]) -> bool:
    """Say whether something else on the line tells the same in more words."""
    told = line.kind in TOLD_ELSEWHERE
    return told and (line.kind != "status" or line.actor != "machine") and "decision" not in line.data
