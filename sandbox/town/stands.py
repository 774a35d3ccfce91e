"""All stand-ins of a town, and how what happens becomes visible in each."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Mount

from sandbox import crop, facebook, lapor, petajakarta, qlue, twitter, waze
from sandbox.day.desks import COLUMNS
from sandbox.day.letters import HUB
from sandbox.day.markers import with_photos
from sandbox.day.model import Day, Deed, Event
from sandbox.day.tweets import ACCOUNT, ACCOUNT_ID
from sandbox.mail import Mailbox, Outbox
from sandbox.town.wall import Wall

Door = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""Takes what came in at one of the hub's own doors: the channel's kind, and the plain fields."""
Ways = dict[Deed, Callable[[Event], object]]
WINDOW = timedelta(minutes=15)
PLACE_BOX = 0.04
"""Degrees: half the side of the box of a kecamatan."""


class Stands:
    """Every stand-in, by channel. Nothing listens yet."""

    def __init__(self, day: Day, token: str, clock: Callable[[], datetime], photo: Callable[[str], str]) -> None:
        """Open everything with what is made of this token; `photo` gives the address of a photo by its name."""
        self._day, self._token, self._clock, self._photo = day, token, clock, photo
        self.waze = waze.Feed(clock=clock, window=timedelta(seconds=1))
        self.qlue = qlue.Feed()
        self.mailbox = Mailbox(HUB, token)
        self.outbox = Outbox()
        self.x = twitter.Timeline(ACCOUNT, ACCOUNT_ID)
        self.x.clock = clock
        self.lapor = lapor.Stream()
        self.map = petajakarta.Reports()
        self.page = facebook.Page(token=f"page-{token}", app_secret=f"app-{token}", clock=clock)
        self.wall = Wall(self.page, day, photo)
        self.to_crop, self.from_crop = (crop.made_up_secret(f"{way} {token}") for way in ("to", "from"))
        self.crop = crop.Crop([self.to_crop])
        self.folder: Path | None = None
        """Where exports and spreadsheets are dropped; None: nowhere."""
        self.door: Door | None = None
        """Where forms and entries are handed in; None: nobody does."""
        self._window = 0
        self._ways = self._drive_and_pin() | self._write_and_file()

    def routes(self) -> list[BaseRoute]:
        """Give what speaks HTTP."""
        token = self._token
        keys = twitter.Keys(
            bearer=token,
            user=f"user-{token}",
            consumer_key=f"consumer-{token}",
            consumer_secret=f"consumer-secret-{token}",
            access_token=f"access-{token}",
            access_token_secret=f"access-secret-{token}",
        )
        return [
            Mount("/waze", waze.make_app({token: self.waze})),
            Mount("/qlue", qlue.make_app(self.qlue, token)),
            Mount("/x", twitter.make_app(self.x, keys)),
            Mount("/lapor", lapor.make_app(self.lapor, token)),
            Mount("/peta", petajakarta.make_app(self.map)),
            Mount("/facebook", facebook.make_app(self.page)),
            Mount("/crop", crop.make_app(self.crop)),
        ]

    def drop_into(self, folder: Path) -> None:
        """Make the folders into which exports and spreadsheets are dropped."""
        self.folder = folder
        for path in (self.exports, self.sheets):
            path.mkdir(parents=True, exist_ok=True)

    @property
    def exports(self) -> Path:
        """Folder of LAPOR!'s exports."""
        return (self.folder or Path()) / "lapor"

    @property
    def sheets(self) -> Path:
        """Folder of the kelurahan's spreadsheets."""
        return (self.folder or Path()) / "kelurahan"

    async def show(self, event: Event) -> None:
        """Let an event become visible."""
        match event.do:
            case "mail":
                await self.mailbox.add(event.raw, self._clock())
            case "wall":
                await self.wall.show(event)
            case "form" | "entry" if self.door is not None:
                await self.door("balaiwarga" if event.do == "form" else "posko", event.body)
            case _:
                self._show_plainly(event)

    def _show_plainly(self, event: Event) -> None:
        if (way := self._ways.get(event.do)) is not None:
            way(event)

    def _drive_and_pin(self) -> Ways:
        return {
            "alert": lambda event: self.waze.show(event.body),
            "gone": lambda event: self.waze.hide(event.name),
            "marker": lambda event: self.qlue.show(with_photos(dict(event.body), self._photo)),
            "progress": lambda event: self.qlue.progress(event.name, event.body["status"], event.body["entry"]),
            "card": lambda event: self._card(event.body),
            "uncard": lambda event: self.map.hide(event.name),
        }

    def _write_and_file(self) -> Ways:
        return {
            "tweet": self._tweet,
            "retype": lambda event: self.x.edit(event.name, event.body["text"]),
            "stream": lambda event: self.lapor.show(event.body),
            "disposition": lambda event: self.lapor.progress(event.name, event.body["status"], event.body["answer"]),
            "export": lambda event: self._drop(
                self.exports / f"ekspor-{event.name}.csv", list(event.body), [event.body]
            ),
            "sheet": lambda event: self._drop(self.sheets / event.name, COLUMNS, event.body["rows"]),
        }

    def _card(self, body: Mapping[str, Any]) -> None:
        picture = body.get("image_url")
        self.map.show({**body, "image_url": self._photo(picture) if picture else None})

    def _drop(self, file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        if self.folder is not None:
            _write(file, columns, rows)

    def _tweet(self, event: Event) -> None:
        """Show a post as X has it: photos and places stand apart from it."""
        body = dict(event.body)
        user, photo, place = body.pop("user", None), body.pop("photo", ""), body.pop("place", "")
        body |= {"id": event.name, "conversation_id": body.get("conversation_id", event.name)}
        media = [{"media_key": f"3_{event.name}", "type": "photo", "url": self._photo(photo)}] if photo else []
        if media:
            body["attachments"] = {"media_keys": [media[0]["media_key"]]}
        box = self._box(place) if place else None
        if box:
            body["geo"] = {"place_id": box["id"]}
        self.x.show(body, user=user, media=media, place=box)

    def _box(self, kecamatan: str) -> dict[str, Any]:
        name = f"{kecamatan}, Indonesia"
        west, south = 106.8 - PLACE_BOX, -6.2 - PLACE_BOX
        bbox = [west, south, west + 2 * PLACE_BOX, south + 2 * PLACE_BOX]
        shape = {"type": "Feature", "bbox": bbox, "properties": {}}
        return {
            "id": f"tempat-{kecamatan}",
            "name": kecamatan,
            "full_name": name,
            "place_type": "city",
            "country_code": "ID",
            "geo": shape,
        }

    def turn_windows(self, at: timedelta) -> None:
        """Begin X's rate windows anew every quarter of an hour of the day."""
        if at // WINDOW > self._window:
            self._window = at // WINDOW
            self.x.remaining.clear()

    def count(self) -> dict[str, int]:
        """Count the replies that reached citizens, by channel."""
        return {
            "email": len(self.outbox.mails),
            "qlue": len(self.qlue.replies),
            "twitter": len(self.x.replies),
            "lapor": len(self.lapor.statuses),
            "facebook": len(self.page.comments) + len(self.page.messages),
        }

    def count_twice(self) -> int:
        """Count the replies that came again: each has something of its own, a mail its id, a post its mark."""
        told = [
            *(message_from_bytes(caught.raw)["Message-ID"] for caught in self.outbox.mails),
            *((one["to"], one["text"]) for one in self.x.replies),
            *(one["referensi"] for one in self.lapor.statuses),
        ]
        return len(told) - len(set(told))


def _write(file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a table under another name, then give it its own: nobody reads half a file."""
    lines = io.StringIO()
    table = csv.DictWriter(lines, columns, delimiter=";")
    table.writeheader()
    table.writerows(rows)
    draft = file.with_suffix(".part")
    draft.write_text(lines.getvalue(), encoding="utf-8")
    draft.replace(file)
