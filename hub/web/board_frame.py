"""What a page of the board looks at, read from its address, and the addresses of the lists behind its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request

from hub.spans import Span
from hub.store.cut import MARKS, NOBODY, Cut
from hub.store.views_sight import Sight
from hub.web.board_span import read_span
from hub.web.pages import hub_of
from hub.web.visitors import visitor_of
from hub.web.words import names_of
from normalizer.region import Region

LIST = "/papan/daftar"
DUTY = {"1": True, "semua": None}
FILTERS = {
    "wilayah": "area",
    "unit": "unit",
    "kategori": "category",
    "kanal": "channel",
    "status": "status",
    "alasan": "reason",
    "tanda": "mark",
}
"""Parameters of the address, and the member of the cut that each sets."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose eyes, which days, which area."""

    sight: Sight
    span: Span
    cut: Cut
    region: Region

    @property
    def zone(self) -> ZoneInfo:
        """The region's time zone."""
        return ZoneInfo(self.region.zone)

    @property
    def area(self) -> str:
        """The area that is looked at: the one chosen, else the reader's own. Empty: all, or no area at all."""
        return self.cut.area or (self.sight.area if self.sight.area in names_of(self.region) else "")

    def query(self, **others: str) -> str:
        """Spell this frame's parameters, with others."""
        area = {"wilayah": self.cut.area} if self.cut.area is not None else {}
        return urlencode(self.span.query() | area | others)

    def link(self, **filters: Any) -> str:
        """Give the address of the list behind a figure."""
        return f"{LIST}?{self.query(**{name: spell(value) for name, value in filters.items()})}"

    def day_link(self, first: date, last: date, **filters: Any) -> str:
        """Give the address of the list of some days of this frame."""
        days = Span(first, last)
        return replace(self, span=days).link(**filters)

    def narrowed(self, **members: Any) -> Cut:
        """Give the cut of a figure within this frame."""
        return replace(self.cut, **members)


def spell(value: Any) -> str:
    """Spell a code for an address; the empty one has a sign of its own."""
    if isinstance(value, tuple):
        return ".".join(str(part) for part in value)
    return str(value) if value != "" else NOBODY


def read_frame(request: Request) -> Frame:
    """Read the address: every filter that it names and that can be."""
    hub, asked = hub_of(request), request.query_params
    zone = ZoneInfo(hub.region.zone)
    span = read_span(asked, hub.store.now().astimezone(zone).date())
    members: dict[str, Any] = {
        member: "" if asked[name] == NOBODY else asked[name][:80]
        for name, member in FILTERS.items()
        if asked.get(name) and "\0" not in asked[name]
    }
    if members.get("mark") not in {None, *MARKS}:
        members.pop("mark")
    duty = DUTY.get(asked.get("tugas", ""), False)
    cut = Cut(*span.bounds(zone), **members, cell=_cell(asked.get("petak", "")), duty=duty)
    return Frame(visitor_of(request).sight, span, cut, hub.region)


def _cell(spelled: str) -> tuple[int, int] | None:
    row, _, column = spelled.partition(".")
    numbers = [int(part) for part in (row, column) if part.removeprefix("-").isdecimal() and len(part) < 8]
    return (numbers[0], numbers[1]) if len(numbers) == len(("row", "column")) else None
