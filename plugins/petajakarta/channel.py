"""The channel: asks for the reports of a window of time and gives all of them; the host drops repeats."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from hub.plugin import Audience, BadOptions, Context, Item, Page, Reading, Skip, Source
from plugins.petajakarta.answer import Dialect, ask, features
from plugins.petajakarta.report import Report

PAGE = 500
LISTS = ("reports", "confirmed")
"""How the address of a list ends; any other address is that of the API."""
DUMPS = (".json", ".geojson")

Disaster = Literal["", "flood", "earthquake", "wind", "haze", "volcano", "fire", "typhoon"]


class PetaJakarta(Source):
    """Reports of the PetaBencana map, or of whatever still speaks the API of petajakarta.org."""

    kind: ClassVar[str] = "petajakarta"
    title: ClassVar[str] = "PetaJakarta"
    audience: ClassVar[Audience] = "public"
    attribution: ClassVar[str] = "PetaBencana.id"
    every: ClassVar[timedelta] = timedelta(minutes=3)
    silent_after: ClassVar[timedelta] = timedelta(days=14)

    class Options(BaseModel):
        """Which server, and what is asked of it. Checked here: the server itself takes a typo for "no reports"."""

        model_config = ConfigDict(hide_input_in_errors=True)

        url: str = Field(
            default="https://api.petabencana.id",
            description="Address of the API, of its list of reports, or of a file of the archive.",
        )
        dialect: Dialect = Field(
            default="v3", description="v3 (PetaBencana), or v2 (petajakarta.org, archive of 2017)."
        )
        admin: str = Field(
            default="ID-JK",
            pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$",
            description="ISO 3166-2 code of the province asked for, such as ID-JK, ID-JB or ID-BT (v3 only).",
        )
        disaster: Disaster = Field(default="flood", description="Kind of disaster asked for; empty: all (v3 only).")
        timeperiod: int = Field(
            default=3600, ge=60, le=604_800, description="Seconds back from now that each poll asks for (v3 only)."
        )
        qlue: Literal["take", "link", "skip"] = Field(
            default="take",
            description="Reports that the map has from Qlue: take them, take them without photo, or skip them.",
        )

    options: Options

    def __init__(self, options: BaseModel, context: Context) -> None:
        super().__init__(options, context)
        self._address = self._asked(_address(self.options.url))
        self._headers = {"accept": "application/json", "user-agent": f"aduan-hub (+{context.source_name})"}

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give every report of the window. The cursor stays as it is: the host knows what it has seen."""
        response = await ask(self.context.http, self._address, self._headers)
        now = self.context.clock()
        found = (Report(feature, self.options.dialect) for feature in features(response, self.options.dialect, now))
        items = unique(report.item(now) for report in found)
        for at in range(0, len(items), PAGE):
            yield Page(items[at : at + PAGE], cursor)

    def read(self, item: Item) -> Sequence[Reading]:
        """Give the complaint, or the reason why there is none. Raises ValueError for a wreck."""
        report = Report(json.loads(item.body), self.options.dialect)
        if report.is_drill:
            return [Skip(reason="drill")]
        theirs = report.source == "qlue"
        if theirs and self.options.qlue == "skip":
            return [Skip(reason="comes by Qlue")]
        polled = item.meta.get("polled")
        photos = not (theirs and self.options.qlue == "link")
        return [report.complaint(datetime.fromisoformat(polled) if polled else None, photos=photos)]

    def _asked(self, address: httpx2.URL) -> httpx2.URL:
        """Give the address of the list with documented parameters only: an unknown one is a 400 on some servers."""
        path = address.path.rstrip("/")
        if path.endswith(DUMPS):
            return address
        v3 = self.options.dialect == "v3"
        if path.rpartition("/")[2] not in LISTS:
            address = address.copy_with(path=f"{path}/reports" + ("" if v3 else "/confirmed"))
        if not v3:
            return address.copy_merge_params({"format": "geojson"})
        asked = {
            "geoformat": "geojson",
            "admin": self.options.admin,
            "timeperiod": str(self.options.timeperiod),
            "disaster": self.options.disaster,
        }
        return address.copy_merge_params({name: value for name, value in asked.items() if value})


def unique(items: Iterable[Item]) -> list[Item]:
    """Keep each report once, as it stands first: the list begins with the newest."""
    kept: dict[str, Item] = {}
    for item in items:
        kept.setdefault(item.native_id, item)
    return list(kept.values())


def _address(text: str) -> httpx2.URL:
    try:
        address = httpx2.URL(text)
    except httpx2.InvalidURL:
        address = httpx2.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise BadOptions("url is no http or https address")
    return address
