"""What went past its deadline and up to the camat: a line over their queue, with the worst of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request

from hub.store import clocks
from hub.web.visitors import visitor_of

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Brought:
    """How many reports, at most `clocks.COUNTED`, and the longest late of them."""

    count: int
    rows: list[Any]

    @property
    def more(self) -> bool:
        """There are more than were counted."""
        return self.count >= clocks.COUNTED


def brought_before(request: Request, connection: Connection, unit: str) -> Brought | None:
    """Give what was brought before this reader as head of this kecamatan; None for anybody else, and for nothing."""
    visitor = visitor_of(request)
    mine = visitor.staff.role == "camat" and visitor.staff.area == unit
    if not mine or request.headers.get("hx-request") == "true":  # it stands over the list, not in it
        return None
    count, rows = clocks.brought_before(connection, visitor.sight, unit, SHOWN)
    return Brought(count, rows) if count else None
